"""Coalition: points that several merchants give and take. Rule: docs/rules/coalition.md, "Partners"."""

from datetime import timedelta
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from programs.types import points


class Settings(points.Settings):
    """Those of points, and how the partners settle.

    point_value_minor: what a point is worth between partners, in minor units ("1" = 0.01 €). settle_on: when who
    gives points owes their value. fee_percent: what the operator takes of a settled value, from who owes it.
    """

    point_value_minor: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,8})?$")] = "1"
    settle_on: Literal["earn", "redeem"] = "earn"
    fee_percent: Annotated[str, Field(pattern=r"^\d{1,2}(\.\d{1,4})?$")] = "0"
    billing: Literal["postpaid", "prepaid"] = "postpaid"


class Coalition(points.Points):
    """Points are deserved as in `points`; at a partner by the partner's own `earn` (programs.coalition.terms)."""

    name = "coalition"
    is_shared = True
    Settings = Settings

    def sentences(self, settings, words):
        return [*super().sentences(settings, words), _("The points count at all shops that take part.")]

    def looks_back(self, settings, rules):
        # A partner's own limits per day and month are not in the program's settings.
        return max(super().looks_back(settings, rules), timedelta(days=33))


TYPE = Coalition()
