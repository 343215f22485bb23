"""Tiers: which one a figure reaches, when a purchase stops counting, when a tier is lost. Pure.

Rule: docs/rules/tiers.md, "Tiers".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from programs.expiry import add_months, midnight
from programs.shapes import Shape

# Of an account that has no tier: nothing is spent yet, and the lowest one wants something.
NONE = -1


class Rolling(Shape):
    """The last so many months: a purchase counts until the end of the same day, so many months later."""

    kind: Literal["rolling"]
    months: Annotated[int, Field(ge=1, le=120)] = 12


class CalendarYear(Shape):
    kind: Literal["calendar_year"]


class Lifetime(Shape):
    kind: Literal["lifetime"]


Window = Annotated[Rolling | CalendarYear | Lifetime, Field(discriminator="kind")]


class Downgrade(Shape):
    """What happens when a tier is not reached any more: never lost, one step down, or down to what is reached.

    grace_days: for so many days more it is kept, counted in days of the merchant's calendar.
    """

    policy: Literal["never", "one_step", "full"] = "one_step"
    grace_days: Annotated[int, Field(ge=0, le=366)] = 30


@dataclass(frozen=True, slots=True)
class Holding:
    """The tier an account holds (its index, NONE for none). grace_until: it is lost then, unless reached again."""

    tier: int
    grace_until: datetime | None = None


def reached(thresholds: Sequence[int], value: int) -> int:
    """The highest tier whose threshold is reached, as an index; NONE below the lowest. Thresholds ascend."""
    return sum(threshold <= value for threshold in thresholds) - 1


def counts_until(window, occurred_at: datetime, timezone: str) -> datetime | None:
    """When what happened at a moment stops counting; None where it always does."""
    return _end(window, occurred_at.astimezone(ZoneInfo(timezone)).date(), timezone)


@lru_cache(maxsize=4096)
def _end(window, day, timezone):
    match window:
        case Rolling(months=months):
            return midnight(add_months(day, months) + timedelta(days=1), timezone)
        case CalendarYear():
            return midnight(date(day.year + 1, 1, 1), timezone)
    return None


def look(scheme: "Scheme", held: Holding, value: int, at: datetime) -> Holding:
    """What is held after a look at a moment. Looking twice changes nothing.

    Up at once, as far as it is reached. Below the tier held a grace begins; at its end the tier is lost. By one step
    at a time the lower tier is kept for a new period, even where it is not reached.
    """
    target = reached(scheme.thresholds, value)
    if target >= held.tier:
        return Holding(target)
    if scheme.downgrade.policy == "never":
        return Holding(held.tier)
    until = held.grace_until or scheme.end_of_grace(at)
    if until > at:
        return Holding(held.tier, until)
    lower = held.tier - 1
    if scheme.downgrade.policy == "full" or lower <= target:
        return Holding(target)
    period_ends_at = counts_until(scheme.window, at, scheme.timezone)
    return Holding(lower, scheme.end_of_grace(period_ends_at or at))


@dataclass(frozen=True, slots=True)
class Scheme:
    """What decides about tiers: ascending thresholds, the window, the way down; and in whose calendar."""

    thresholds: tuple[int, ...]
    window: Window
    downgrade: Downgrade
    timezone: str

    def end_of_grace(self, at: datetime) -> datetime:
        """A grace that begins in the course of a day ends at 0:00 so many days later."""
        if not self.downgrade.grace_days:
            return at
        day = at.astimezone(ZoneInfo(self.timezone)).date()
        return midnight(day + timedelta(days=self.downgrade.grace_days), self.timezone)

    def counts_until(self, occurred_at: datetime) -> datetime | None:
        return counts_until(self.window, occurred_at, self.timezone)

    def lasts_until(self, tier: int, counted: Sequence[tuple[datetime | None, int]]) -> datetime | None:
        """When a tier is not reached any more if nothing is added; None if it stays.

        counted: (until when it counts, how much) of everything that counts now.
        """
        if tier == NONE or self.downgrade.policy == "never":
            return None
        value = sum(n for _until, n in counted)
        leaving = sorted((until, n) for until, n in counted if until is not None)
        for until, n in leaving:
            value -= n
            if value < self.thresholds[tier]:
                return until
        return None
