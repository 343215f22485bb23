"""What segments may ask about purchases and accounts. Rule: docs/rules/segments.md, "About purchases and accounts".

A purchase of which everything was returned is no visit, and nothing was bought in it.
"""

from datetime import time
from typing import Annotated, Literal

from django.db.models import BooleanField, Count, Exists, F, Func, JSONField, Q, Sum, TextField, Value
from django.db.models.functions import ExtractIsoWeekDay, TruncTime
from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from loyalty import ids
from loyalty.money import LARGEST_MINOR
from members.segments.own_fields import OfLocation
from members.segments.shapes import (
    LOOKUPS,
    MOST_VALUES,
    Condition,
    Days,
    OfNumber,
    OfWords,
    OneOrSeveral,
    Text,
    of_member,
)
from programs.models import Account, Program, Purchase

Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
End = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Texts = Annotated[list[Text], Field(min_length=1, max_length=MOST_VALUES)]


class VisitsCondition(OfNumber):
    """How many visits. `within_days`: of these days alone, today and so many before."""

    field: Literal["visits"]
    within_days: Days | None = None

    def matches(self, asked):
        if self.within_days is None:
            # They are counted up on the member.
            return Q(**{f"visits__{LOOKUPS[self.is_]}": self.value})
        visits = _purchases(asked, self.within_days).values("member_id").annotate(figure=Count("id"))
        return self.compared(visits, "figure")


class SpendCondition(OfNumber):
    """What was paid, in minor units, less what was given back. `within_days` as for visits."""

    field: Literal["spend"]
    value: Annotated[int, Field(ge=0, le=LARGEST_MINOR)]
    within_days: Days | None = None

    def matches(self, asked):
        paid = Sum(F("net_minor") - F("refunded_minor"))
        spend = _purchases(asked, self.within_days).values("member_id").annotate(figure=paid)
        return self.compared(spend, "figure")


class VisitTimeCondition(Condition):
    """Which share of the visits, in percent, falls on these weekdays (1 is Monday) and hours (`to` is outside).

    `{"field": "visit_time", "is": "at_least", "value": 50, "weekdays": [1, 2, 3, 4, 5], "from": "07:00",
    "to": "09:00", "within_days": 90}`. Who has not been here in that time has no share, neither low nor high.
    """

    field: Literal["visit_time"]
    is_: Literal["at_least", "at_most"] = Field(alias="is")
    value: Annotated[int, Field(ge=0, le=100)]
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7)] = []
    from_: Hour | None = Field(default=None, alias="from")
    to: End | None = None
    within_days: Days = 90

    @model_validator(mode="after")
    def names_a_time(self):
        if not self.weekdays and self.from_ is None and self.to is None:
            raise ValueError(_("Send weekdays, or from and to."))
        return self

    def matches(self, asked):
        visits = _purchases(asked, self.within_days).annotate(
            weekday=ExtractIsoWeekDay("occurred_at", tzinfo=asked.zone),
            hour=TruncTime("occurred_at", tzinfo=asked.zone),
        )
        counted = visits.values("member_id").annotate(
            share=Count("id", filter=self._then()) * 100 - Count("id") * self.value
        )
        lookup = "share__gte" if self.is_ == "at_least" else "share__lte"
        return Q(Exists(counted.filter(**{lookup: 0})))

    def _then(self):
        """The visits of these weekdays and hours; 22:00 to 02:00 goes over midnight."""
        first = time.fromisoformat(self.from_ or "00:00")
        last = None if self.to in (None, "24:00") else time.fromisoformat(self.to or "")
        hours = Q(hour__gte=first)
        if last is not None:
            hours = hours & Q(hour__lt=last) if first <= last else hours | Q(hour__lt=last)
        return hours & Q(weekday__in=self.weekdays) if self.weekdays else hours


class _Bought(OneOrSeveral):
    """`is`: contains (one of these was bought), in (a list, of which one suffices). `within_days` as for visits."""

    is_: Literal["contains", "in"] = Field(alias="is")
    value: Text | Texts
    within_days: Days | None = None

    def bought(self, asked, key):
        # Lines that were returned are not bought any more.
        path = Value(f"$[*] ? (@.{key} == $wanted[*] && @.returned < @.quantity)", TextField())
        wanted = Value({"wanted": self.values}, JSONField())
        receipts = _purchases(asked, self.within_days).filter(_PathExists("items", path, wanted))
        return Q(Exists(receipts))


class ProductsCondition(_Bought):
    """Who has bought one of these, by SKU."""

    field: Literal["products"]

    def matches(self, asked):
        return self.bought(asked, "sku")


class CategoriesCondition(_Bought):
    """Who has bought something of one of these categories."""

    field: Literal["categories"]

    def matches(self, asked):
        return self.bought(asked, "category")


class BrandsCondition(_Bought):
    """Who has bought something of one of these brands."""

    field: Literal["brands"]

    def matches(self, asked):
        return self.bought(asked, "brand")


class LocationCondition(OfLocation):
    """Who has been at one of these locations. `within_days` as for visits."""

    field: Literal["location"]
    within_days: Days | None = None

    def matches(self, asked):
        there = _purchases(asked, self.within_days).filter(location_id__in=self.location_ids)
        return Q(Exists(there))


class BalanceCondition(OfNumber):
    """What can be spent in a program. Below zero, after a refund of what was spent, is at most 0, and not 0."""

    field: Literal["balance"]
    program: Text

    def check(self):
        Program.objects.by_public_id("prg", self.program)

    def matches(self, asked):
        accounts = _accounts(self.program).annotate(figure=F("balance") - F("debt"))
        return self.compared(accounts, "figure")


class TierCondition(OfWords):
    """The tier, or the plan of a paid club, by its name. `program`: there alone; else wherever there are any."""

    field: Literal["tier"]
    value: Text | Texts
    program: Text | None = None

    def check(self):
        if self.program is not None:
            Program.objects.by_public_id("prg", self.program)

    def matches(self, asked):
        held = _accounts(self.program).filter(level__in=self.values)
        return self.compared(Q(Exists(held)))


class _PathExists(Func):
    """Whether a JSON document has something at a path, with variables."""

    function = "jsonb_path_exists"
    output_field = BooleanField()


def _purchases(asked, within_days):
    """The member's purchases, without those of which everything was returned."""
    visits = of_member(Purchase.objects.filter(returned_at__isnull=True))
    return visits if within_days is None else visits.filter(occurred_at__gte=asked.days_ago(within_days))


def _accounts(program):
    accounts = of_member(Account.objects.all())
    return accounts if program is None else accounts.filter(program_id=ids.parse("prg", program))


FIELDS = (
    VisitsCondition, SpendCondition, VisitTimeCondition, ProductsCondition, CategoriesCondition, BrandsCondition,
    LocationCondition, BalanceCondition, TierCondition,
)  # fmt: skip
