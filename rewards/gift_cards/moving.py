"""Gift cards move with the member they were given to. Rule: docs/rules/gift-cards.md, "Gift cards"."""

from rewards.gift_cards import books
from rewards.gift_cards.models import GiftCard


def move(from_id, into_id) -> int:
    """Give the gift cards of one member to another, as in a merge: their codes, money and ends stay.

    The caller has locked both members. Locks the cards in id order. Returns how many there were.
    """
    held = GiftCard.objects.filter(member_id=from_id)
    books.lock(held.values_list("id", flat=True))
    return held.update(member_id=into_id)
