"""Cash-back: for every so much spent a gift card. Rule: docs/rules/cash-back.md, "Cash-back".

The account counts minor units spent; each time there are enough of them they are paid for a reward, which is handed
out at once. So a return, an expiry or a limit is what it is elsewhere.
"""

from fractions import Fraction
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field

from programs.earning import Earn, EarnLimit, Matching, by_spend
from programs.types.base import Grant, Keeping, ProgramType


class Settings(Keeping):
    """per_minor: how much has to be spent for one reward. reward: of this public id, mostly a gift card."""

    per_minor: Annotated[int, Field(ge=1, le=10**12)]
    reward: str | None = None
    exclude: Matching = Matching()
    limit: EarnLimit = EarnLimit()


class CashBack(ProgramType):
    name = "cash_back"
    Settings = Settings
    unit = ("cent", "cents")
    spends_while_earning = True
    counts_money = True
    rewards_at = ("reward",)

    def sentences(self, settings, words):
        yield _("For every %(per)s spent there is a reward.") % {"per": words.money(settings.per_minor)}
        yield _("What is left over is kept for the next purchase.")

    def deserve(self, settings, rules, basket, facts, carry=Fraction(0)):
        every_cent = Earn(points=1, per_minor=1, exclude=settings.exclude, limit=settings.limit)
        deserved = by_spend(every_cent, rules, basket, facts, carry)
        row = deserved.because[0]
        if row["code"] == "earned":
            row |= {"code": "collected", "per_minor": settings.per_minor}
        return deserved

    def grants(self, settings, before, after):
        full = Grant(settings.reward, settings.per_minor, pays=settings.per_minor, as_voucher=True)
        return [full] * (after // settings.per_minor)

    def limits(self, settings):
        return [settings.limit]


TYPE = CashBack()
