"""Tiers by spend, points or visits, with what they bring. Rule: docs/rules/tiers.md, "Tiers"."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field, model_validator

from programs import tiers
from programs.earning import Base, Earn, EarnLimit, by_spend, deserve
from programs.shapes import Shape
from programs.types.base import NO_BENEFITS, Benefits, Grant, Keeping, Percent, ProgramType, Times


class Tier(Shape):
    """threshold: reached with exactly that; in minor units, points or visits. entry_reward: of this public id."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    threshold: Annotated[int, Field(ge=0, le=10**15)]
    multiplier: Times = "1"
    discount_percent: Percent | None = None
    perks: Annotated[tuple[Annotated[str, Field(max_length=240)], ...], Field(max_length=20)] = ()
    entry_reward: str | None = None


class Settings(Keeping):
    """earn: the program's own points, if it gives any."""

    earn: Earn | None = None
    qualify_by: Literal["spend", "points", "visits"] = "spend"
    window: tiers.Window = tiers.Rolling(kind="rolling", months=12)
    downgrade: tiers.Downgrade = tiers.Downgrade()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def tiers_ascend(self):
        thresholds = [tier.threshold for tier in self.tiers]
        if thresholds != sorted(set(thresholds)):
            raise ValueError("tiers are listed from the lowest to the highest, each with a higher threshold")
        if len({tier.name for tier in self.tiers}) != len(self.tiers):
            raise ValueError("each tier needs a name of its own")
        return self

    @property
    def rate(self):
        """How points are given: by `earn`, for tiers by points in the usual way if nothing is said, or not at all."""
        return self.earn or (Earn() if self.qualify_by == "points" else None)


class Tiered(ProgramType):
    name = "tiered"
    Settings = Settings
    unit = ("point", "points")
    has_tiers = True
    rewards_at = ("tiers.*.entry_reward",)

    def sentences(self, settings, words):
        if settings.rate is not None:
            yield from words.earning(settings.rate)
        for tier in settings.tiers:
            yield _("%(tier)s from %(threshold)s.") % {
                "tier": tier.name, "threshold": _threshold(settings.qualify_by, tier.threshold, words),
            }  # fmt: skip
            if tier.discount_percent:
                yield _("%(tier)s: %(percent)s %% off every purchase.") % {
                    "tier": tier.name, "percent": words.percent(tier.discount_percent),
                }  # fmt: skip
            if Fraction(tier.multiplier) != 1:
                yield _("%(tier)s: points times %(multiplier)s.") % {
                    "tier": tier.name, "multiplier": words.percent(tier.multiplier),
                }  # fmt: skip
            yield from (f"{tier.name}: {perk}" for perk in tier.perks)
        yield from _window(settings.window)

    def keeps_value(self, settings):
        return settings.rate is not None

    def deserve(self, settings, rules, basket, facts, carry=Fraction(0)):
        if settings.rate is None:
            nothing = Base(Fraction(0), {"code": "counted", "qualify_by": settings.qualify_by})
            return deserve(nothing, rules, basket, facts, carry)
        return by_spend(settings.rate, rules, basket, facts, carry)

    def accumulates(self, settings):
        return settings.rate is not None and settings.rate.accumulate

    def limits(self, settings):
        return [settings.rate.limit if settings.rate else EarnLimit()]

    def scheme(self, settings, timezone):
        thresholds = tuple(tier.threshold for tier in settings.tiers)
        return tiers.Scheme(thresholds, settings.window, settings.downgrade, timezone)

    def place(self, settings, level):
        """The tier of a name as an index; tiers.NONE for none, or for a name there is no more."""
        names = [tier.name for tier in settings.tiers]
        return names.index(level) if level in names else tiers.NONE

    def level(self, settings, place):
        return settings.tiers[place].name if place != tiers.NONE else ""

    def held_level(self, settings, level):
        if self.place(settings, level) != tiers.NONE:
            return level
        # A tier that wants nothing is held from the beginning, before anything is counted.
        return self.level(settings, tiers.reached([tier.threshold for tier in settings.tiers], 0))

    def benefits(self, settings, level):
        place = self.place(settings, self.held_level(settings, level))
        if place == tiers.NONE:
            return NO_BENEFITS
        tier = settings.tiers[place]
        percent = Decimal(tier.discount_percent) if tier.discount_percent else None
        return Benefits(Decimal(tier.multiplier), percent)

    def qualifies(self, settings, basket, amount):
        if not basket.is_visit:
            return 0
        match settings.qualify_by:
            case "spend":
                return int(basket.net_minor)
            case "points":
                return amount
        return 1

    def entry_grants(self, settings, before, after):
        """The entry rewards of every tier passed on the way up, from one place to another."""
        return [
            Grant(tier.entry_reward, 0, as_voucher=True, level=tier.name)
            for tier in settings.tiers[before + 1 : after + 1]
            if tier.entry_reward
        ]


def _threshold(qualify_by, threshold, words):
    match qualify_by:
        case "spend":
            return _("a spend of %(money)s") % {"money": words.money(threshold)}
        case "points":
            return words.count(threshold)
    return ngettext("%(count)s visit", "%(count)s visits", threshold) % {"count": threshold}


def _window(window):
    match window:
        case tiers.Rolling(months=months):
            yield ngettext(
                "What counts is the last %(count)s month.",
                "What counts is the last %(count)s months.",
                months,
            ) % {"count": months}
        case tiers.CalendarYear():
            yield _("What counts is the calendar year.")


TYPE = Tiered()
