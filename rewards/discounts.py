"""What vouchers take off a purchase. Pure. Rule: docs/rules.md, "Discounts".

Amounts before percents on items, items before the whole purchase, in the order given; each percent from what is
left; half up to the cent; never below zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from loyalty.money import half_up


@dataclass(frozen=True, slots=True)
class Offer:
    """What one voucher gives: an amount or a percentage; on lines with these SKUs, or on the whole (none named)."""

    label: str
    value_minor: int | None = None
    percent: Decimal | None = None
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """Money taken off by an offer: off one line (its index), or off the whole purchase (None)."""

    label: str
    amount_minor: int
    line: int | None


def take_off(offers: Sequence[Offer], amount_minor: int, lines: Sequence[tuple[str, int]]) -> list[Taken]:
    """Apply offers to a purchase of `amount_minor` with lines (sku, minor units), in the order of the rule."""
    left = [amount for _sku, amount in lines]
    rest = amount_minor
    taken = []
    for offer in sorted(offers, key=_place):
        if offer.skus:
            places = [place for place, (sku, _amount) in enumerate(lines) if sku in offer.skus]
            for place, off in _off_lines(offer, left, places):
                left[place] -= off
                rest -= off
                taken.append(Taken(offer.label, off, place))
        else:
            off = min(rest, _off(offer, rest))
            rest -= off
            taken.append(Taken(offer.label, off, None))
    return taken


def _place(offer):
    """On items: amounts, then percents. On the whole: as they were given."""
    return (0 if offer.percent is None else 1) if offer.skus else 2


def _off_lines(offer, left, places):
    """An amount is used up over the lines one after the other; a percentage is taken from each."""
    budget = offer.value_minor
    for place in places:
        off = min(left[place], budget) if budget is not None else _off(offer, left[place])
        budget = budget - off if budget is not None else None
        yield place, off


def _off(offer, amount):
    if offer.percent is None:
        return min(offer.value_minor, amount)
    return half_up(Fraction(offer.percent) * amount / 100)
