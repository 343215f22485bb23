"""Gifts move with who gave and who accepted them. Rule: docs/rules/vouchers.md, "Giving a voucher on"."""

from rewards.gifts.models import VoucherGift


def move(from_id, into_id):
    """What one member offered and accepted is another's, as in a merge. The caller has locked both."""
    VoucherGift.objects.filter(giver_id=from_id).update(giver_id=into_id)
    VoucherGift.objects.filter(receiver_id=from_id).update(receiver_id=into_id)
