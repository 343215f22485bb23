"""What segments may ask about members themselves. Rule: docs/rules/segments.md, "About the member"."""

from datetime import date, timedelta
from typing import Annotated, Literal

from django.db.models import BooleanField, Case, F, Q, Subquery, When
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth
from django.db.models.lookups import In
from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from loyalty import ids
from loyalty.merchants.models import Location
from members.models import Consent
from members.segments.asking import Asked
from members.segments.shapes import (
    MOST_VALUES,
    Condition,
    Days,
    OfMoment,
    OfWords,
    OneOrSeveral,
    Text,
    of_member,
)

ALLOWS = Q(given=True, confirmed=True)


class JoinedCondition(OfMoment):
    """When somebody became a member."""

    field: Literal["joined"]

    def matches(self, asked):
        return self.compared("joined_at", asked)


class LastVisitCondition(OfMoment):
    """The last visit. Who has never been here matches none of it: ask for `visits` at most 0."""

    field: Literal["last_visit"]

    def matches(self, asked):
        return self.compared("last_visit_at", asked)


class BirthdayCondition(Condition):
    """`is`: month (1 to 12), or within_days: today or within so many days. 29 February is 28 in other years."""

    field: Literal["birthday"]
    is_: Literal["month", "within_days"] = Field(alias="is")
    value: Days

    @field_validator("value")
    @classmethod
    def within_a_year(cls, value, info):
        if info.data.get("is_") == "month" and not 1 <= value <= 12:
            raise ValueError(_("Write a month from 1 to 12."))
        if value > 366:
            raise ValueError(_("Write at most 366 days."))
        return value

    def matches(self, asked):
        if self.is_ == "month":
            return Q(birthday__month=self.value)
        days = In(ExtractMonth(F("birthday")) * 100 + ExtractDay(F("birthday")), sorted(self._days(asked)))
        # Of those who have not told their birthday it is false, and not unknown: "none" of it holds for them.
        return Q(birthday__isnull=False) & Q(days)

    def _days(self, asked: Asked) -> set[int]:
        """The days of the year that lie ahead: 29 February as 229."""
        ahead = {asked.today + timedelta(days=n) for n in range(self.value + 1)}
        found = {day.month * 100 + day.day for day in ahead}
        ends_of_february = {day for day in ahead if (day.month, day.day) == (2, 28)}
        return found | ({229} if any(not _is_leap(day) for day in ends_of_february) else set())


class LanguageCondition(OfWords):
    field: Literal["language"]
    value: Literal["de", "en"] | Annotated[list[Literal["de", "en"]], Field(min_length=1, max_length=2)]

    def matches(self, asked):
        return self.compared(Q(language__in=self.values))


class ConsentCondition(Condition):
    """`is`: given, not_given. Given is what was confirmed and not taken back since."""

    field: Literal["consent"]
    is_: Literal["given", "not_given"] = Field(alias="is")
    value: Literal["email_marketing", "sms_marketing", "profiling"]

    def matches(self, asked):
        said = of_member(Consent.objects.filter(purpose=self.value)).order_by("-at", "-id")
        latest = said.annotate(allows=Case(When(ALLOWS, then=True), default=False)).values("allows")[:1]
        # Who has said nothing has not allowed it: false, and not unknown.
        given = Q(Coalesce(Subquery(latest), False, output_field=BooleanField()))
        return given if self.is_ == "given" else ~given


class HasEmailCondition(Condition):
    field: Literal["has_email"]
    is_: Literal["is"] = Field(default="is", alias="is")
    value: bool

    def matches(self, asked):
        return Q(email_key__isnull=not self.value)


class HasPhoneCondition(Condition):
    field: Literal["has_phone"]
    is_: Literal["is"] = Field(default="is", alias="is")
    value: bool

    def matches(self, asked):
        return Q(phone__isnull=not self.value)


class OfLocation(OneOrSeveral):
    """`is`: is, in (a list). Locations by their ids."""

    is_: Literal["is", "in"] = Field(alias="is")
    value: Text | Annotated[list[Text], Field(min_length=1, max_length=MOST_VALUES)]

    def check(self):
        for public_id in self.values:
            Location.objects.by_public_id("loc", public_id)

    @property
    def location_ids(self):
        return [ids.parse("loc", public_id) for public_id in self.values]


class JoinedLocationCondition(OfLocation):
    """Where somebody became a member, where that is known."""

    field: Literal["joined_location"]

    def matches(self, asked):
        return Q(joined_at_location_id__in=self.location_ids)


def _is_leap(day: date) -> bool:
    return (date(day.year, 3, 1) - date(day.year, 2, 28)).days == 2


FIELDS = (
    JoinedCondition, LastVisitCondition, BirthdayCondition, LanguageCondition, ConsentCondition, HasEmailCondition,
    HasPhoneCondition, JoinedLocationCondition,
)  # fmt: skip
