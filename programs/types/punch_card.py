"""Punch card: buy so many, get one. Rule: docs/rules.md, "Punch card"."""

from datetime import timedelta
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field, model_validator

from programs.earning import Base, Deserved, EarnLimit, Matching, deserve
from programs.shapes import Shape
from programs.types.base import Grant, Keeping, ProgramType


class Interim(Shape):
    """A reward on the way: at so many stamps of the card, the reward of this public id."""

    at: Annotated[int, Field(ge=1)]
    reward: str


class Settings(Keeping):
    stamps_required: Annotated[int, Field(ge=1, le=1000)] = 10
    stamp_per: Literal["visit", "item", "amount"] = "visit"
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    per_minor: Annotated[int, Field(ge=1, le=10**12)] | None = None
    min_minor: Annotated[int, Field(ge=0)] = 0
    accumulate: bool = False
    welcome_stamps: Annotated[int, Field(ge=0, le=1000)] = 0
    max_stamps_per_day: Annotated[int, Field(ge=1)] | None = None
    cooldown_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 31)] = 0
    overflow: Literal["carry", "cap"] = "carry"
    reward: str | None = None
    interim: tuple[Interim, ...] = ()

    @model_validator(mode="after")
    def amounts_need_a_rate(self):
        if self.stamp_per == "amount" and self.per_minor is None:
            raise ValueError("per_minor is needed when a stamp is given per amount")
        if any(step.at >= self.stamps_required for step in self.interim):
            raise ValueError("a reward on the way comes before the card is full")
        if self.overflow == "cap" and self.welcome_stamps > self.stamps_required:
            raise ValueError("there are more welcome_stamps than the card has places")
        return self


class PunchCard(ProgramType):
    name = "punch_card"
    Settings = Settings
    unit = ("stamp", "stamps")
    spends_while_earning = True
    rewards_at = ("reward", "interim.*.reward")

    def sentences(self, settings, words):
        match settings.stamp_per:
            case "visit":
                yield _("One stamp per visit.")
            case "item":
                yield _("One stamp per item.")
            case _:
                yield _("One stamp for every full %(per)s.") % {"per": words.money(settings.per_minor)}
        yield _("%(stamps)s fill the card.") % {"stamps": words.count(settings.stamps_required)}
        if settings.welcome_stamps:
            yield _("%(stamps)s for joining.") % {"stamps": words.count(settings.welcome_stamps)}
        if minutes := settings.cooldown_minutes:
            often = ngettext("At most one in %(count)s minute.", "At most one in %(count)s minutes.", minutes)
            yield often % {"count": minutes}
        if settings.max_stamps_per_day:
            yield _("At most %(stamps)s per day.") % {"stamps": words.count(settings.max_stamps_per_day)}

    def deserve(self, settings, rules, basket, facts, carry=Fraction(0)):
        if settings.cooldown_minutes and facts.seconds_since is not None:
            left = settings.cooldown_minutes * 60 - facts.seconds_since
            if left > 0:
                return _refused(rules, {"code": "cooldown", "minutes_left": ceil(left / 60)})
        return deserve(self._base(settings, basket), rules, basket, facts, carry)

    def accumulates(self, settings):
        return settings.stamp_per == "amount" and settings.accumulate

    def welcome(self, settings):
        return settings.welcome_stamps

    def fit(self, settings, amount, because, balance):
        room = max(0, settings.stamps_required - balance)
        if settings.overflow == "carry" or amount <= room:
            return amount, because
        rows, left = [], room
        for row in because:
            fits = min(row["amount"], left)
            rows.append(row if fits == row["amount"] else row | {"code": "card_full", "amount": fits})
            left -= fits
        return room, rows

    def grants(self, settings, before, after):
        required = settings.stamps_required
        rounds = after // required if settings.overflow == "carry" else 0
        full = [Grant(settings.reward, required, pays=required)] * rounds
        if settings.overflow == "cap" and before < required <= after:
            full = [Grant(settings.reward, required, cost=required)]
        return [*_on_the_way(settings, before, after), *full]

    def cooldown(self, settings):
        return timedelta(minutes=settings.cooldown_minutes)

    def limits(self, settings):
        return [EarnLimit(per_day=settings.max_stamps_per_day)]

    def _base(self, settings, basket):
        row = {"code": "stamped", "stamp_per": settings.stamp_per}
        daily = EarnLimit(per_day=settings.max_stamps_per_day)
        if not basket.is_visit:
            return Base(Fraction(0), row | {"code": "returned"})
        if basket.net_minor < settings.min_minor:
            return Base(Fraction(0), row | {"code": "below_minimum", "min_minor": settings.min_minor})
        if settings.stamp_per == "amount":
            per = settings.per_minor
            return Base(
                Fraction(basket.net_minor) / per, row | {"per_minor": per}, "down", settings.accumulate,
                Fraction(per), daily, by_line=lambda line: line.net_minor / per,
            )  # fmt: skip
        if settings.stamp_per == "item":
            stamped = Matching(skus=settings.skus, categories=settings.categories)

            def by_line(line):
                return line.quantity if not stamped or line in stamped else Fraction(0)

            count = sum((by_line(line) for line in basket.lines), Fraction(0))
            row |= {} if count else {"code": "no_stamped_items"}
            return Base(count, row, limit=daily, by_line=by_line)
        return Base(Fraction(1), row, limit=daily)


def _on_the_way(settings, before, after):
    """Interim rewards passed between two balances, also on the next cards that the growth reaches."""
    required = settings.stamps_required
    cards = range(after // required + 1) if settings.overflow == "carry" else range(1)
    return [
        Grant(step.reward, step.at)
        for card in cards
        for step in sorted(settings.interim, key=lambda step: step.at)
        if before < card * required + step.at <= after
    ]


def _refused(rules, why):
    rows = [{"rule": "earn", **why, "amount": 0}]
    rows += [{"rule": rule.id or rule.name, "name": rule.name, **why, "amount": 0} for rule in rules]
    return Deserved(Fraction(0), 0, rows)


TYPE = PunchCard()
