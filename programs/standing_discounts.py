"""Standing discounts of tiers, paid clubs and discount cards: the best one for each line; they do not add up. Pure.

Rule: docs/rules/tiers.md, "Standing discounts".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from loyalty.money import half_up
from programs.earning import Matching


@dataclass(frozen=True, slots=True)
class Standing:
    """What one program offers a member. program: its public id; name: of the level, or of the program."""

    program: str
    name: str
    percent: Decimal
    on: Matching
    min_minor: int = 0


@dataclass(frozen=True, slots=True)
class Off:
    """Money off one line (its index), or off the whole purchase (None), by which offer."""

    standing: Standing
    amount_minor: int
    line: int | None


def take_off(offers: Sequence[Standing], amount_minor: int, items: Sequence) -> list[Off]:
    """What standing discounts take off a purchase with these items (sku, category, brand, amount_minor).

    Of several for the same line the highest counts, of equals the first. What no item names gets the best offer for
    everything. Half up to the cent.
    """
    offers = [offer for offer in offers if amount_minor >= offer.min_minor and offer.percent > 0]
    if not offers:
        return []
    whole = _best([offer for offer in offers if not offer.on])
    if not any(offer.on for offer in offers):
        return _off(whole, amount_minor, None)
    found = []
    for place, item in enumerate(items):
        found += _off(
            _best([one for one in offers if not one.on or item in one.on]), item.amount_minor, place
        )
    rest = amount_minor - sum(item.amount_minor for item in items)
    return found + _off(whole, rest, None)


def _best(offers):
    return max(offers, key=lambda offer: offer.percent, default=None)


def _off(offer, amount_minor, line):
    amount = half_up(amount_minor * Fraction(offer.percent) / 100) if offer else 0
    return [Off(offer, amount, line)] if amount else []
