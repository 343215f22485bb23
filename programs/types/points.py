"""Points: so many for so much spent. Rule: docs/rules/points.md, "Points"."""

from programs.earning import Earn, by_spend
from programs.paying import Redeem
from programs.types.base import Keeping, ProgramType


class Settings(Keeping):
    """redeem: how points are taken as money; without it they are for rewards alone."""

    earn: Earn = Earn()
    redeem: Redeem | None = None


class Points(ProgramType):
    name = "points"
    Settings = Settings
    unit = ("point", "points")

    def sentences(self, settings, words):
        return [*words.earning(settings.earn), *words.redeeming(settings.redeem)]

    def deserve(self, settings, rules, basket, facts, carry=0):
        return by_spend(settings.earn, rules, basket, facts, carry)

    def accumulates(self, settings):
        return settings.earn.accumulate

    def limits(self, settings):
        return [settings.earn.limit]


TYPE = Points()
