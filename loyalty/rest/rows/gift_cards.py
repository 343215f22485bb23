"""Gift cards and their entries as the API tells them."""

from loyalty import ids
from loyalty.rest.shapes import gift_cards as shapes
from rewards.gift_cards import finding


def gift_card(row):
    return shapes.GiftCard(**_gift_card(row))


def moved(entry):
    """An entry that was just written, with its card as it is now."""
    return shapes.MovedGiftCard(**_gift_card(entry.gift_card), entry=gift_card_entry(entry))


def gift_card_entry(row):
    return shapes.GiftCardEntry(
        id=row.public_id, number=row.number, kind=row.kind, amount_minor=row.amount_minor,
        balance_after_minor=row.balance_after_minor, at=row.at, purchase=ids.public("pur", row.purchase_id),
        refund=ids.public("rfd", row.refund_id), actor=row.actor,
    )  # fmt: skip


def _gift_card(row):
    return {
        "id": row.public_id, "code": row.code, "balance_minor": row.balance_minor, "initial_minor": row.initial_minor,
        "currency": row.currency, "status": finding.status(row), "expires_at": row.expires_at,
        "member": ids.public("mem", row.member_id), "reward": ids.public("rwd", row.reward_id),
        "redemption": ids.public("red", row.redemption_id), "created_at": row.created_at,
    }  # fmt: skip
