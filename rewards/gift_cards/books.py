"""The one writer of the books of gift cards: a card is locked, then an entry and its new balance are written together.

Rule: docs/rules/gift-cards.md, "The books of gift cards".
"""

from loyalty import clock
from rewards.gift_cards.models import GiftCard, GiftCardEntry


def lock(card_ids) -> dict:
    """Lock gift cards in the order of their ids until the transaction ends: {id: GiftCard} as they are then."""
    rows = GiftCard.objects.filter(id__in=list(card_ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def write(card, kind, amount_minor, *, purchase=None, refund=None, actor="") -> GiftCardEntry:
    """Write an entry and the balance that it leaves. The card is new, or locked by the caller.

    amount_minor: negative for what leaves the card; the caller has seen that it is there.
    """
    card.balance_minor += amount_minor
    card.entries += 1
    card.save(update_fields=["balance_minor", "entries"])
    return GiftCardEntry.objects.create(
        gift_card=card, number=card.entries, kind=kind, amount_minor=amount_minor, at=clock.now(),
        balance_after_minor=card.balance_minor, purchase=purchase, refund=refund, actor=actor,
    )  # fmt: skip
