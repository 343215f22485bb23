"""What a purchase deserves in one program. Pure: settings, rules, basket and history in; an amount and reasons out.

The same function answers for a preview, a purchase and a refund: a refund asks again with what is left of the
basket and the facts of that time. Rule: docs/rules.md, "Earning".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from math import prod
from typing import Annotated, Literal

from pydantic import Field

from loyalty.money import half_up
from programs.limits import trim
from programs.rules import Rule
from programs.shapes import Shape


class EarnLimit(Shape):
    per_purchase: Annotated[int, Field(ge=0)] | None = None
    per_day: Annotated[int, Field(ge=0)] | None = None
    per_month: Annotated[int, Field(ge=0)] | None = None


class Matching(Shape):
    """Lines of a basket, by what they are. Empty matches nothing."""

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()

    def __contains__(self, line):
        return line.sku in self.skus or line.category in self.categories or line.brand in self.brands

    def __bool__(self):
        return bool(self.skus or self.categories or self.brands)


class Earn(Shape):
    """`points` for each `per_minor` of net spend. Rounded once, after the multipliers."""

    points: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_minor: Annotated[int, Field(ge=1, le=10**12)] = 100
    rounding: Literal["down", "half_up", "up"] = "down"
    accumulate: bool = False
    min_minor: Annotated[int, Field(ge=0)] = 0
    exclude: Matching = Matching()
    limit: EarnLimit = EarnLimit()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the basket: what is left of it. `net_minor`: after discounts and refunds, may be a fraction."""

    sku: str
    category: str
    brand: str
    quantity: Fraction
    net_minor: Fraction


@dataclass(frozen=True, slots=True)
class Basket:
    """What is left of a purchase. `is_visit` is False once all of it was returned. `at`: the merchant's local time."""

    net_minor: Fraction
    lines: tuple[Line, ...]
    at: datetime
    is_visit: bool = True
    location: str | None = None

    def net_of(self, matching):
        return sum((line.net_minor for line in self.lines if line in matching), Fraction(0))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at besides the basket. Kept with the credit, so that a refund can ask again.

    had: given before by a rule or by the base ("earn"), e.g. {"earn": {"day": 80, "month": 300, "ever": 900}}; a rule
    with a budget also has what all members together had ("total").
    seconds_since: to the nearest credit that gave something, None if there is none. is_first: the first purchase.
    is_referred: somebody brought this member. visits: for each challenge, how many count so far.
    level: in this program; levels: in all of them. segments: those of the rules' segments that the member is in.
    boosts: [(name, multiplier as text)] of the base, by levels. discounts: rows about standing discounts given.
    """

    had: dict = field(default_factory=dict)
    seconds_since: int | None = None
    is_first: bool = False
    is_referred: bool = False
    visits: dict = field(default_factory=dict)
    level: str = ""
    levels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    boosts: tuple[tuple[str, str], ...] = ()
    discounts: tuple[dict, ...] = ()

    def kept(self):
        """As it is stored with a credit, without what is as usual; `Facts.from_kept` is the way back."""
        kept = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return kept | {"seconds_since": self.seconds_since}

    @classmethod
    def from_kept(cls, kept):
        facts = {name: value for name, value in kept.items() if name in cls.__slots__}
        for name in ("levels", "segments", "discounts"):
            facts[name] = tuple(facts.get(name, ()))
        return cls(**facts | {"boosts": tuple((name, by) for name, by in facts.get("boosts", ()))})


@dataclass(frozen=True, slots=True)
class Deserved:
    """fraction: exact, before rounding (what `accumulate` carries on). because: one row for each rule."""

    fraction: Fraction
    amount: int
    because: list[dict]


def rounded(value: Fraction, rounding: str) -> int:
    """Whole points: down = every full point, half_up, or up."""
    if rounding == "half_up":
        return half_up(value)
    return (
        -((-value.numerator) // value.denominator)
        if rounding == "up"
        else value.numerator // value.denominator
    )


def by_spend(
    earn: Earn, rules: Sequence[Rule], basket: Basket, facts: Facts, carry: Fraction = Fraction(0)
) -> Deserved:
    """What the spend deserves at a base rate; see `deserve`. carry: the fraction kept from earlier purchases."""
    counted = basket.net_minor - basket.net_of(earn.exclude)
    rate = Fraction(earn.points, earn.per_minor)
    row = {"code": "earned", "points": earn.points, "per_minor": earn.per_minor}
    if counted < basket.net_minor:
        row["excluded_minor"] = int(basket.net_minor - counted)
        row["code"] = "earned" if counted else "excluded"
    if basket.net_minor < earn.min_minor:
        rate, row = Fraction(0), row | {"code": "below_minimum", "min_minor": earn.min_minor}
    base = Base(
        rate * counted, row, earn.rounding, earn.accumulate, Fraction(earn.per_minor, earn.points), earn.limit,
        by_line=lambda line: Fraction(0) if line in earn.exclude else rate * line.net_minor,
    )  # fmt: skip
    return deserve(base, rules, basket, facts, carry)


@dataclass(frozen=True, slots=True)
class Base:
    """What a program gives before its rules: exact, with the row that explains it and how it is rounded.

    minor_per_point: what a point costs, to tell a carried fraction as money; None where it is not one.
    by_line: what of `exact` a line gives, for multipliers of some lines; None where it is not counted by lines.
    """

    exact: Fraction
    row: dict
    rounding: str = "down"
    accumulate: bool = False
    minor_per_point: Fraction | None = None
    limit: EarnLimit = field(default_factory=EarnLimit)
    by_line: Callable[[Line], Fraction] | None = None

    def boosted(self, boosts):
        """The same with the multipliers that a level brings."""
        by = prod(Fraction(multiplier) for _name, multiplier in boosts)
        if by == 1:
            return self
        plain = self.by_line
        by_line = (lambda line: by * plain(line)) if plain else None
        return replace(self, exact=by * self.exact, by_line=by_line)

    def rounded(self, exact, carry=Fraction(0)):
        return rounded(exact + carry, "down") if self.accumulate else rounded(exact, self.rounding)


def deserve(
    base: Base, rules: Sequence[Rule], basket: Basket, facts: Facts, carry: Fraction = Fraction(0)
) -> Deserved:
    """Base × multipliers of levels and of rules, rounded once, trimmed by the base's limits; then what each rule adds.

    With `accumulate` whole points are given and the fraction is kept: `fraction` says what came in exactly.
    """
    base = base.boosted(facts.boosts)
    rules = [rule for rule in rules if rule.is_for_purchases]
    rows = [rule.row(basket, facts) for rule in rules]
    multipliers = [(rule, row) for rule, row in zip(rules, rows, strict=True) if row["code"] == "multiplied"]

    def whole(chosen):
        return base.rounded(_raised(base, basket, [rule for rule, _row in chosen]), carry)

    _only_the_best(list(zip(rules, rows, strict=True)), multipliers, whole)
    multipliers = [(rule, row) for rule, row in multipliers if row["code"] == "multiplied"]
    too_much = _beyond_limits(multipliers, facts, whole)
    exact = _raised(base, basket, [rule for rule, _row in multipliers])
    points = base.rounded(exact, carry)
    most = {"purchase": base.limit.per_purchase, "day": base.limit.per_day, "month": base.limit.per_month}
    amount, limited = trim(points - too_much, most, facts.had.get("earn", {}))
    row = {"rule": "earn", **base.row, **_rounding(base, exact, carry, points), **limited, "amount": amount}
    given = amount + sum(extra["amount"] for extra in rows)
    return Deserved(exact, given, [row, *of_levels(facts, is_raised=bool(base.exact)), *rows])


def of_levels(facts, *, is_raised=True):
    """Rows about what the member's levels did: multipliers of the base, and discounts."""
    boosts = [
        {"rule": "level", "name": name, "code": "multiplied", "multiplier": by, "amount": 0}
        for name, by in facts.boosts
    ]
    return [*(boosts if is_raised else ()), *facts.discounts]


def _raised(base, basket, multipliers):
    """The base with multipliers: each works on its own lines alone, or on everything if it names none."""
    of_lines = [rule for rule in multipliers if rule.selects_lines and base.by_line]
    of_all = prod(Fraction(rule.gives.multiplier) for rule in multipliers if rule not in of_lines)
    if not of_lines:
        return base.exact * of_all
    more = Fraction(0)
    for line in basket.lines:
        of_line = prod(Fraction(rule.gives.multiplier) for rule in of_lines if rule.matches_line(line))
        more += base.by_line(line) * (of_line - 1)
    return (base.exact + more) * of_all


def _only_the_best(rules, multipliers, whole):
    """Of the rules that stack as "best" only the one that gives most counts, the first of equals.

    rules, multipliers: (rule, its row). What a multiplier gives is by how much it raises the base.
    """
    always = [(rule, row) for rule, row in multipliers if rule.stacking == "sum"]
    plain = whole(always)
    rivals = []
    for rule, row in rules:
        if rule.stacking == "best":
            is_multiplier = row["code"] == "multiplied"
            gives = whole([*always, (rule, row)]) - plain if is_multiplier else row["amount"]
            rivals += [(gives, row)] if gives or is_multiplier else []
    winner = max(rivals, key=lambda rival: rival[0], default=(0, None))[1]
    for _gives, row in rivals:
        if row is not winner:
            row |= {"amount": 0, "code": "another_was_better"}


def _beyond_limits(multipliers, facts, whole):
    """How much of what multipliers add lies beyond their own limits. A limited rule's row says what it `added`.

    Each adds to what those before it have made of the base, so that together they add what the raise is, and no more.
    """
    limited = [(rule, row) for rule, row in multipliers if rule.limits_something]
    before = [(rule, row) for rule, row in multipliers if not rule.limits_something]
    beyond = 0
    for rule, row in limited:
        added = whole([*before, (rule, row)]) - whole(before)
        before.append((rule, row))
        row["added"], reason = rule.trimmed(added, facts)
        row |= {key: value for key, value in reason.items() if key != "code"}
        beyond += added - row["added"]
    return beyond


def _rounding(base, exact, carry, whole):
    """Facts about what rounding did: kept for the next purchase, or too little for a point."""
    if base.accumulate and base.minor_per_point:
        kept = int((exact + carry - whole) * base.minor_per_point)
        return {"carried_minor": kept} | ({"code": "carried"} if whole == 0 and exact else {})
    return {"code": "too_little"} if whole == 0 and exact else {}
