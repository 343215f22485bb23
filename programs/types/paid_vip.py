"""Paid VIP: a fee by the month or year, and benefits as long as it is paid. Rule: docs/rules/vip.md, "Paid VIP".

Who has subscribed, and what was paid, is kept by `programs/subscriptions/`; here are the settings and what they bring.
"""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from programs.earning import Base, deserve
from programs.shapes import Shape
from programs.subscriptions import sentences as club
from programs.types.base import NO_BENEFITS, Keeping, Percent, ProgramType, Times
from programs.types.base import Benefits as Brought

Text = Annotated[str, Field(min_length=1, max_length=120)]


class Plan(Shape):
    """A fee of `price_minor` per interval. trial_days: free at first, once for each member."""

    name: Text
    price_minor: Annotated[int, Field(ge=0, le=10**12)]
    interval: Literal["month", "year"] = "month"
    trial_days: Annotated[int, Field(ge=0, le=366)] = 0


class Benefits(Shape):
    """free_rewards: ids of rewards that each paid period begins with. perks: texts for the card."""

    discount_percent: Percent | None = None
    multiplier: Times = "1"
    free_rewards: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    perks: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


class Settings(Keeping):
    """seats: people and pets beside the payer. grace_days: for so long benefits last when a fee is not paid."""

    plans: Annotated[tuple[Plan, ...], Field(min_length=1, max_length=20)]
    benefits: Benefits = Benefits()
    seats: Annotated[int, Field(ge=0, le=20)] = 0
    grace_days: Annotated[int, Field(ge=0, le=90)] = 14

    @model_validator(mode="after")
    def plans_are_told_apart_by_their_names(self):
        if twice := [name for name, count in Counter(plan.name for plan in self.plans).items() if count > 1]:
            raise ValueError(f"there are several plans of the name {twice[0]}")
        return self

    def plan(self, name: str) -> Plan | None:
        return next((plan for plan in self.plans if plan.name == name), None)


class PaidVip(ProgramType):
    name = "paid_vip"
    Settings = Settings
    unit = ("point", "points")
    rewards_at = ("benefits.free_rewards.*",)

    def sentences(self, settings, words):
        return club.of(settings, currency=words.currency)

    def keeps_value(self, settings):
        return False

    def deserve(self, settings, rules, basket, facts, carry=Fraction(0)):
        # It keeps no points: what the fee brings works in the other programs, and as a discount.
        row = {"code": "vip", "name": facts.level} if facts.level else {"code": "no_subscription"}
        return deserve(Base(Fraction(0), row), (), basket, facts, carry)

    def benefits(self, settings, level):
        """level: the name of the plan that holds now."""
        if not level:
            return NO_BENEFITS
        brought = settings.benefits
        percent = brought.discount_percent
        return Brought(
            multiplier=Decimal(brought.multiplier),
            discount_percent=Decimal(percent) if percent is not None else None,
            for_all_programs=True,
        )


TYPE = PaidVip()
