"""A discount card: a standing discount on chosen items, or on everything.

Rule: docs/rules/discount-cards.md, "Discount cards".
"""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field

from programs.earning import Base, Matching, deserve
from programs.types.base import Benefits, Keeping, Percent, ProgramType


class Settings(Keeping):
    """discount_percent: off the lines with these SKUs, categories or brands; off everything where none is named."""

    discount_percent: Percent
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    min_minor: Annotated[int, Field(ge=0)] = 0


class DiscountCard(ProgramType):
    name = "discount_card"
    Settings = Settings
    unit = ("point", "points")

    def sentences(self, settings, words):
        percent = words.percent(settings.discount_percent)
        named = [*settings.skus, *settings.categories, *settings.brands]
        if named:
            yield _("%(percent)s %% off: %(items)s.") % {"percent": percent, "items": ", ".join(named)}
        else:
            yield _("%(percent)s %% off every purchase.") % {"percent": percent}
        if settings.min_minor:
            yield _("From a purchase of %(minimum)s.") % {"minimum": words.money(settings.min_minor)}

    def keeps_value(self, settings):
        return False

    def deserve(self, settings, rules, basket, facts, carry=Fraction(0)):
        row = {"code": "discount_card", "percent": settings.discount_percent}
        return deserve(Base(Fraction(0), row), rules, basket, facts, carry)

    def benefits(self, settings, level):
        on = Matching(skus=settings.skus, categories=settings.categories, brands=settings.brands)
        return Benefits(
            discount_percent=Decimal(settings.discount_percent), on=on, min_minor=settings.min_minor
        )


TYPE = DiscountCard()
