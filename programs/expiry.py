"""When points expire. Pure: settings and moments in, moments out. Rule: docs/rules.md, "Expiry".

Periods are counted in calendar days of the merchant's timezone; a period that ends on a day ends at that day's
24:00, which is written as the next day's 0:00.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from programs.shapes import Shape


class Never(Shape):
    kind: Literal["never"] = "never"


class After(Shape):
    kind: Literal["after"]
    months: Annotated[int, Field(ge=1, le=120)]
    round_to: Literal["day", "month_end", "year_end"] = "day"


class Inactivity(Shape):
    kind: Literal["inactivity"]
    months: Annotated[int, Field(ge=1, le=120)]


class Yearly(Shape):
    """month_day: a day that there is in some year; 29 February is 28 February in the others."""

    kind: Literal["yearly"]
    month_day: Annotated[
        str, Field(pattern=r"^((0[1-9]|1[0-2])-(0[1-9]|1\d|2\d)|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)$")
    ]


Expiry = Annotated[Never | After | Inactivity | Yearly, Field(discriminator="kind")]


def expires_at(expiry, available_at: datetime, timezone: str) -> datetime | None:
    """When a lot that is spendable from `available_at` expires, in UTC; None if no date is set for it.

    With `inactivity` it is the date that holds if nothing else happens; each activity moves it on.
    """
    zone = ZoneInfo(timezone)
    day = available_at.astimezone(zone).date()
    last = _last_day(expiry, day)
    return _midnight_after(last, zone) if last else None


def add_months(day: date, months: int) -> date:
    """31 January + 1 month = 28 (29) February."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def midnight(day: date, timezone: str) -> datetime:
    """0:00 of a day in a timezone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def _last_day(expiry, day):
    match expiry:
        case After(months=months, round_to=round_to):
            return _rounded(add_months(day, months), round_to)
        case Inactivity(months=months):
            return add_months(day, months)
        case Yearly(month_day=month_day):
            return _next_yearly(day, month_day)
    return None


def _rounded(day, round_to):
    if round_to == "month_end":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if round_to == "year_end":
        return date(day.year, 12, 31)
    return day


def _next_yearly(day, month_day):
    month, of_month = (int(part) for part in month_day.split("-"))
    for year in (day.year, day.year + 1):
        last = date(year, month, min(of_month, calendar.monthrange(year, month)[1]))
        if last >= day:
            return last
    raise AssertionError("the same day of the next year lies ahead")


def _midnight_after(day, zone):
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
