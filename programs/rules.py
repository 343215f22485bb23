"""Earning rules beside the base rate: their shape, when they match, what they give. Pure.

Rule: docs/rules.md, "Rules"; docs/rules/points.md, "Challenges".
"""

from datetime import time
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from programs.limits import trim
from programs.shapes import Shape

Positive = Annotated[int, Field(ge=1, le=10**9)]


# What a purchase can be an occasion of; the others are given without one.
OF_PURCHASES = frozenset({"purchase", "visit", "item", "referral", "challenge"})


class When(Shape):
    """What a rule waits for.

    challenge: so many `visits` within so many days, this one included. custom: what the till calls it (`name`).
    anniversary: of joining, or of the first purchase.
    """

    event: Literal[
        "purchase", "visit", "item", "joined", "birthday", "anniversary", "referral", "code", "challenge", "custom"
    ]  # fmt: skip
    visits: Annotated[int, Field(ge=2, le=1000)] | None = None
    within_days: Annotated[int, Field(ge=1, le=366)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    of: Literal["joining", "first_purchase"] | None = None

    @model_validator(mode="after")
    def each_event_has_what_it_needs(self):
        if (self.event == "challenge") != (self.visits is not None and self.within_days is not None):
            raise ValueError("a challenge, and nothing else, has visits and within_days")
        if (self.event == "custom") != (self.name is not None):
            raise ValueError("a custom event, and nothing else, has a name")
        if self.of is not None and self.event != "anniversary":
            raise ValueError("only an anniversary is of something")
        return self


class If(Shape):
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    from_: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = Field(
        default=None, alias="from"
    )
    to: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")] | None = None
    locations: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    min_minor: Annotated[int, Field(ge=0)] | None = None
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    first_purchase: bool | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class Gives(Shape):
    """Exactly one of: a fixed amount, a multiplier of the base rate, points per item, a rate of its own, or, for a
    referral, an amount for each side."""

    amount: Positive | None = None
    multiplier: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?$")] | None = None
    per_item: Positive | None = None
    points: Positive | None = None
    per_minor: Positive | None = None
    referrer: Positive | None = None
    referred: Positive | None = None

    @model_validator(mode="after")
    def one_way_of_giving(self):
        ways = [self.amount, self.multiplier, self.per_item, self.points, self.referrer]
        pairs = [(self.points, self.per_minor), (self.referrer, self.referred)]
        if sum(way is not None for way in ways) != 1 or any(
            (one is None) != (other is None) for one, other in pairs
        ):
            raise ValueError(
                "give exactly one of amount, multiplier, per_item, points with per_minor, or referrer with referred"
            )
        return self


class Limit(Shape):
    """total: for all members together, the rule's whole budget; the others are one member's."""

    per_purchase: Positive | None = None
    per_member: Positive | None = None
    per_day: Positive | None = None
    per_month: Positive | None = None
    total: Positive | None = None


class Rule(Shape):
    """One earning rule, as the API takes it. `id` is the public id under which it stands in `because`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    id: str = ""
    name: Annotated[str, Field(min_length=1, max_length=120)]
    when: When
    if_: If = Field(default=If(), alias="if")
    gives: Gives
    limit: Limit = Limit()
    stacking: Literal["sum", "best"] = "sum"

    @model_validator(mode="after")
    def gives_what_its_event_can_give(self):
        if self.gives.referrer is not None and self.when.event != "referral":
            raise ValueError("only a referral has two sides to give to")
        gives_an_amount = self.gives.amount is not None or self.gives.referrer is not None
        if self.when.event not in ("purchase", "visit", "item") and not gives_an_amount:
            raise ValueError("a rule for anything but a purchase can only give an amount")
        return self

    @property
    def key(self):
        """Under which name its amounts are counted."""
        return self.id or self.name

    @property
    def is_for_purchases(self):
        return self.when.event in OF_PURCHASES

    @property
    def selects_lines(self):
        return bool(self.if_.skus or self.if_.categories or self.if_.brands)

    def matches_line(self, line):
        return not self.selects_lines or (
            line.sku in self.if_.skus or line.category in self.if_.categories or line.brand in self.if_.brands
        )

    def misses(self, basket, facts):
        """Why the rule does not apply: a code and facts for `because`, or None when it does."""
        return (
            self._time_misses(basket.at)
            or self._member_misses(facts)
            or self._basket_misses(basket, facts)
            or self._event_misses(facts)
        )

    def bonus(self, at, facts):
        """Its row in `because` for an occasion without a purchase, at the merchant's local time."""
        row = {"rule": self.key, "name": self.name, "code": "rule", "amount": 0}
        if missed := self._time_misses(at) or self._member_misses(facts):
            return row | missed
        amount, reason = self.trimmed(self.gives.amount or 0, facts)
        return row | reason | {"amount": amount}

    def row(self, basket, facts):
        """The rule's row in `because`: what it gave, or why it gave nothing."""
        row = {"rule": self.key, "name": self.name, "code": "rule", "amount": 0}
        if missed := self.misses(basket, facts):
            return row | missed
        if self.gives.multiplier is not None:
            return row | {"code": "multiplied", "multiplier": self.gives.multiplier}
        amount, reason = self.trimmed(self._worth(basket), facts)
        return row | reason | {"amount": amount}

    @property
    def limits_something(self):
        return any(most is not None for most in self._most.values())

    def trimmed(self, amount, facts):
        """What the rule's limits leave of an amount: (amount, facts of the limit that trimmed it)."""
        return trim(amount, self._most, facts.had.get(self.key, {}))

    def _worth(self, basket):
        lines = [line for line in basket.lines if self.matches_line(line)]
        if self.gives.per_item is not None:
            return self.gives.per_item * int(sum(line.quantity for line in lines))
        if self.gives.points is not None:
            net = sum(line.net_minor for line in lines) if self.selects_lines else basket.net_minor
            return int(Fraction(self.gives.points) * net // self.gives.per_minor)
        return self.gives.amount or self.gives.referred

    @property
    def _most(self):
        limit = self.limit
        return {
            "purchase": limit.per_purchase,
            "day": limit.per_day,
            "month": limit.per_month,
            "ever": limit.per_member,
            "total": limit.total,
        }

    def _time_misses(self, at):
        when = self.if_
        if when.weekdays and at.isoweekday() not in when.weekdays:
            return {"code": "other_weekday", "weekdays": list(when.weekdays)}
        if not _in_hours(at.time(), when.from_, when.to):
            return {"code": "other_time", "from": when.from_, "to": when.to}
        if (when.starts_at and at < when.starts_at) or (when.ends_at and at >= when.ends_at):
            return {"code": "other_period"}
        return None

    def _member_misses(self, facts):
        when = self.if_
        if when.tiers and not set(when.tiers) & set(facts.levels):
            return {"code": "other_tier", "tiers": list(when.tiers)}
        if when.segments and not set(when.segments) & set(facts.segments):
            return {"code": "other_segment"}
        return None

    def _event_misses(self, facts):
        if self.when.event == "referral":
            if not facts.is_referred:
                return {"code": "not_referred"}
            return None if facts.is_first else {"code": "not_first_purchase"}
        if self.when.event == "challenge":
            done = facts.visits.get(self.key, 0) + 1
            if done < self.when.visits:
                return {
                    "code": "challenge_open", "done": done, "visits": self.when.visits,
                    "within_days": self.when.within_days,
                }  # fmt: skip
        return None

    def _basket_misses(self, basket, facts):
        when = self.if_
        if not basket.is_visit:
            return {"code": "returned"}
        if when.locations and basket.location not in when.locations:
            return {"code": "other_location"}
        if when.min_minor is not None and basket.net_minor < when.min_minor:
            return {"code": "below_minimum", "min_minor": when.min_minor}
        needs_lines = self.selects_lines or self.when.event == "item"
        if needs_lines and not any(self.matches_line(line) and line.quantity for line in basket.lines):
            return {"code": "other_items"}
        if when.first_purchase is not None and when.first_purchase != facts.is_first:
            return {"code": "not_first_purchase"}
        return None


def _in_hours(at, first, end):
    """Whether a time lies in from–to; "22:00" to "02:00" goes over midnight. `end` itself is outside."""
    first = time.fromisoformat(first or "00:00")
    if end is None or end == "24:00":
        return at >= first
    end = time.fromisoformat(end)
    return first <= at < end if first <= end else at >= first or at < end
