"""What vouchers take off a purchase, in which order, and which do not go together. Pure.

Rule: docs/rules.md, "Discounts", and docs/rules/rewards.md, "What is taken off".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from loyalty.money import half_up, spread

PURCHASE, ITEMS, CHEAPEST_ITEM = "purchase", "items", "cheapest_item"
# Why an offer took off what it did: all that it says, at most what it says, or no more than there was left.
WHOLE, MOST, LEFT = "whole", "most_reached", "nothing_left"


class Line(NamedTuple):
    """A line of the receipt: what is left of its amount, in minor units, and how many pieces it is."""

    sku: str
    amount_minor: int
    category: str = ""
    brand: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """What one voucher gives: an amount or a percentage, of which it takes off at most `most_minor`; neither gives
    nothing (free shipping).

    skus, categories, brands: of the lines that it is for; none named: all. on: "purchase", "items" or "cheapest_item";
    "" is the items that are named, or else the purchase. is_exclusive: not together with others.
    """

    label: str
    value_minor: int | None = None
    percent: Decimal | None = None
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    on: str = ""
    most_minor: int | None = None
    is_exclusive: bool = False

    @property
    def names_items(self) -> bool:
        return bool(self.skus or self.categories or self.brands)

    @property
    def applies_to(self) -> str:
        return self.on or (ITEMS if self.names_items else PURCHASE)

    def is_for(self, line: Line) -> bool:
        if not self.names_items:
            return True
        return line.sku in self.skus or line.category in self.categories or line.brand in self.brands


@dataclass(frozen=True, slots=True)
class Taken:
    """Money taken off by an offer: off one line (its index), or off the whole purchase (None). why: see above."""

    label: str
    amount_minor: int
    line: int | None
    why: str = WHOLE


def not_combinable(offers: Sequence[Offer]) -> Offer | None:
    """The first offer that does not go together with the others; None where all go together."""
    return next((offer for offer in offers if offer.is_exclusive), None) if len(offers) > 1 else None


def take_off(offers: Sequence[Offer], amount_minor: int, lines: Iterable[Line]) -> list[Taken]:
    """Apply offers to a purchase of `amount_minor`, in the order of the rule: amounts on items, percents on items, one
    piece of the cheapest item, the whole purchase; each in the order given. Each is of what the others have left.

    On items every line has a row for each offer that is for it; no line and no purchase goes below zero.
    """
    lines = [Line(*line) for line in lines]
    amounts, pieces = [line.amount_minor for line in lines], [line.quantity for line in lines]
    left = _Left(amount_minor, amounts, pieces)
    taken: list[Taken] = []
    for offer in sorted(offers, key=_place):
        found: Sequence[tuple[int | None, int, str]]
        match offer.applies_to:
            case "items":
                found = _off_items(offer, lines, left)
            case "cheapest_item":
                found = _off_cheapest(offer, lines, left)
            case _:
                found = [(None, *_off(offer, left.amount, left.amount))]
        for line, off, why in found:
            left.take(off, line)
            taken.append(Taken(offer.label, off, line, why))
    return taken


@dataclass(slots=True)
class _Left:
    """What is left of the purchase and of its lines. pieces: how many of each line no offer had as the cheapest yet;
    untouched: what these cost, from the first such offer on.
    """

    amount: int
    lines: list[int]
    pieces: list[int]
    untouched: list[int] | None = None

    def take(self, off: int, line: int | None) -> None:
        self.amount -= off
        if line is not None:
            self.lines[line] -= off


def _place(offer):
    """On items: amounts, then percents. Then one piece. On the whole: as they were given."""
    if offer.applies_to == ITEMS:
        return 0 if offer.percent is None else 1
    return 2 if offer.applies_to == CHEAPEST_ITEM else 3


def _off_items(offer, lines, left) -> list[tuple[int, int, str]]:
    """An amount is used up over the lines one after the other; a percentage is taken from each.

    Where that is more than it may be, what it may be falls on them in proportion.
    """
    places = [place for place, line in enumerate(lines) if offer.is_for(line)]
    if offer.percent is None:
        return list(_used_up(offer.value_minor or 0, left.lines, places))
    offs = [_percent(offer, left.lines[place]) for place in places]
    if offer.most_minor is None or sum(offs) <= offer.most_minor:
        return [(place, off, WHOLE) for place, off in zip(places, offs, strict=True)]
    shares = spread(offer.most_minor, offs)
    return [(place, off, MOST) for place, off in zip(places, shares, strict=True)]


def _used_up(budget, left, places) -> Iterator[tuple[int, int, str]]:
    is_enough = sum(left[place] for place in places) >= budget
    for place in places:
        off = min(left[place], budget)
        budget -= off
        yield place, off, WHOLE if is_enough else LEFT


def _off_cheapest(offer, lines, left) -> list[tuple[int, int, str]]:
    """Off one piece of the line with the cheapest pieces, which no other offer had before."""
    if left.untouched is None:
        left.untouched = list(left.lines)
    prices = {
        place: half_up(Fraction(left.untouched[place], left.pieces[place]))
        for place, line in enumerate(lines)
        if offer.is_for(line) and left.pieces[place] > 0 and left.untouched[place] > 0
    }
    if not prices:
        return []
    place = min(prices, key=lambda one: (prices[one], one))
    off, why = _off(offer, prices[place], left.lines[place])
    # What is left of this piece is no other offer's.
    left.pieces[place] -= 1
    left.untouched[place] -= prices[place]
    return [(place, off, why)]


def _off(offer, base, most) -> tuple[int, str]:
    """What an offer takes off `base`, where `most` is left."""
    if offer.percent is None and offer.value_minor is None:
        return 0, WHOLE
    wanted = offer.value_minor if offer.percent is None else _percent(offer, base)
    capped = wanted if offer.most_minor is None else min(wanted, offer.most_minor)
    off = min(capped, base, most)
    return off, LEFT if off < capped else MOST if off < wanted else WHOLE


def _percent(offer, amount):
    return half_up(Fraction(offer.percent) * amount / 100)
