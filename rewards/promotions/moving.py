"""Uses and letters move with their member. Rule: docs/rules/promotions.md, "Using a promotion"."""

from rewards.promotions.models import Letter, PromotionUse


def move(from_id, into_id):
    """What one member used counts for another, as in a merge. The caller has locked both."""
    PromotionUse.objects.filter(member_id=from_id).update(member_id=into_id)
    Letter.objects.filter(member_id=from_id).update(member_id=into_id)
