"""What conditions are made of: strict shapes, one operator for each kind of value.

A condition reads {"field": "visits", "is": "at_least", "value": 3}: `is` names the operator. Rule:
docs/rules/segments.md, "Operators".
"""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from members.segments.asking import Asked

MOST_VALUES = 100
LOOKUPS = {"is": "exact", "at_least": "gte", "at_most": "lte"}


class Shape(BaseModel):
    """Strict types, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Condition(Shape):
    """One thing that is true of a member, or not. Its subclasses say how the database finds out."""

    field: str

    def matches(self, asked: Asked) -> Q:
        """The members of whom it is true: a condition on Member, which asks other tables by EXISTS alone.

        A list of members would be hashed, until it is too long for memory, and then gone through for each of them.
        """
        raise NotImplementedError

    def check(self) -> None:
        """Raises NotFound where the condition names a row that is not there, or another merchant's."""


def of_member(rows: QuerySet) -> QuerySet:
    """Those rows that are the member's in question: for a subquery in a condition on Member."""
    return rows.filter(member_id=OuterRef("id"))


def _within_calendars(day: date) -> date:
    if not 1900 <= day.year <= 2999:
        raise ValueError(_("Write a year from 1900 to 2999."))
    return day


Days = Annotated[int, Field(ge=0, le=36_500)]
Day = Annotated[date, AfterValidator(_within_calendars)]
Text = Annotated[str, Field(min_length=1, max_length=120)]
Number = Annotated[int, Field(ge=0, le=10**9)]


class OfNumber(Condition):
    """`is`: is, at_least, at_most. Who has none has 0."""

    is_: Literal["is", "at_least", "at_most"] = Field(alias="is")
    value: Number

    def compared(self, rows: QuerySet, column: str) -> Q:
        """Members by a figure. rows: those of the member in question, at most one; who has no row has 0."""
        holds = Q(**{f"{column}__{LOOKUPS[self.is_]}": self.value})
        if self._holds_for_none():
            return ~Q(Exists(rows.filter(~holds)))
        return Q(Exists(rows.filter(holds)))

    def _holds_for_none(self):
        return self.value == 0 or self.is_ == "at_most"


class OfMoment(Condition):
    """`is`: before, after (a day, YYYY-MM-DD, itself outside), within_days, older_than_days (days back from today).

    `{"is": "within_days", "value": 30}` is today and the 30 days before, `older_than_days` all before these.
    """

    is_: Literal["before", "after", "within_days", "older_than_days"] = Field(alias="is")
    value: Days | Day

    @field_validator("value")
    @classmethod
    def of_its_kind(cls, value: Any, info: Any) -> Any:
        asks_for_day = info.data.get("is_") in ("before", "after")
        if asks_for_day and not isinstance(value, date):
            raise ValueError(_("Write a date as YYYY-MM-DD."))
        if not asks_for_day and isinstance(value, date):
            raise ValueError(_("Write a number of days."))
        return value

    def compared(self, column: str, asked: Asked) -> Q:
        """Members by a moment in a column of theirs; who has none is neither before nor after anything."""
        match self.is_, self.value:
            case "before", date() as day:
                return Q(**{f"{column}__lt": asked.start_of(day)})
            case "after", date() as day:
                return Q(**{f"{column}__gte": asked.start_of(day + timedelta(days=1))})
            case "within_days", int() as days:
                return Q(**{f"{column}__gte": asked.days_ago(days)})
            case "older_than_days", int() as days:
                return Q(**{f"{column}__lt": asked.days_ago(days)})
        raise AssertionError("the shape lets nothing else pass")


class OneOrSeveral(Condition):
    """A value, or with `in` a list of values of which one suffices. Subclasses name `is_` and `value`."""

    is_: str = Field(alias="is")
    value: Any

    @field_validator("value")
    @classmethod
    def a_list_for_in(cls, value: Any, info: Any) -> Any:
        if (info.data.get("is_") == "in") != isinstance(value, list):
            raise ValueError(_("Write a list for “in”, and a single value otherwise."))
        return value

    @property
    def values(self) -> list:
        return self.value if isinstance(self.value, list) else [self.value]


class OfWords(OneOrSeveral):
    """`is`: is, is_not, in (a list)."""

    is_: Literal["is", "is_not", "in"] = Field(alias="is")

    def compared(self, among: Q) -> Q:
        """among: the members with one of the values."""
        return ~among if self.is_ == "is_not" else among
