"""Recomputes the books of gift cards from their entries and reports what does not fit. Never repairs.

Rule: docs/rules/gift-cards.md, "The books of gift cards".
"""

from programs.checking import Problem
from rewards.gift_cards.models import GiftCard, GiftCardEntry

Kind = GiftCardEntry.Kind


def check(*, chunk=2000) -> list[Problem]:
    """Check every gift card of the merchant in scope: balance, numbering, what each entry left, what came back."""
    problems: list[Problem] = []
    after = None
    while True:
        rows = GiftCard.objects.order_by("id")
        batch = list((rows.filter(id__gt=after) if after else rows)[:chunk])
        if not batch:
            return problems
        problems += _check_batch(batch)
        after = batch[-1].id


def _check_batch(cards):
    entries = {card.id: [] for card in cards}
    for entry in GiftCardEntry.objects.filter(gift_card_id__in=entries).order_by("gift_card_id", "number"):
        entries[entry.gift_card_id].append(entry)
    return [
        problem
        for card in cards
        for problem in (*_figures(card, entries[card.id]), *_lines(entries[card.id]))
    ]


def _figures(card, entries):
    by_kind = {kind: sum(one.amount_minor for one in entries if one.kind == kind) for kind in Kind.values}
    expected = {
        "gift_card_balance": (card.balance_minor, sum(by_kind.values())),
        "gift_card_entry_count": (card.entries, len(entries)),
        "gift_card_issued": (card.initial_minor, by_kind[Kind.ISSUE]),
        # What comes back was paid before: nobody makes money by returning.
        "gift_card_refunded": (by_kind[Kind.REFUND], min(by_kind[Kind.REFUND], -by_kind[Kind.CHARGE])),
        "gift_card_void": (card.is_void, any(one.kind == Kind.VOID for one in entries)),
    }
    for code, (found, right) in expected.items():
        if found != right:
            yield Problem(code, card.public_id, found, right)


def _lines(entries):
    balance = 0
    for place, entry in enumerate(entries, start=1):
        balance += entry.amount_minor
        if entry.number != place:
            yield Problem("gift_card_entry_number", entry.public_id, entry.number, place)
        if entry.balance_after_minor != balance:
            yield Problem("gift_card_balance_after", entry.public_id, entry.balance_after_minor, balance)
