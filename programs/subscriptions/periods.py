"""When paid periods begin and end. Pure: days in, days out. Rule: docs/rules/vip.md, "Periods".

A period begins and ends at 0:00 of a day in the merchant's timezone. `anchor` is the day from which renewals are
counted: each falls on its day of the month, or on the month's last where there is no such day.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from programs.expiry import add_months, midnight

MONTHS = {"month": 1, "year": 12}


def following(anchor: date, interval: str, day: date) -> date:
    """The first renewal after a day. From 31 January: 28 February, 31 March, 30 April."""
    step = MONTHS[interval]
    passed = (day.year - anchor.year) * 12 + day.month - anchor.month
    count = max(passed // step, 1)
    while (renewal := add_months(anchor, count * step)) <= day:
        count += 1
    return renewal


def preceding(anchor: date, interval: str, day: date) -> date:
    """The last renewal before a day, or the anchor itself."""
    step = MONTHS[interval]
    passed = (day.year - anchor.year) * 12 + day.month - anchor.month
    count = max(passed // step, 0)
    while count and add_months(anchor, count * step) >= day:
        count -= 1
    return add_months(anchor, count * step)


def local_day(moment: datetime, timezone: str) -> date:
    """The calendar day of a moment in a timezone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def start_of(day: date, timezone: str) -> datetime:
    """0:00 of a day in a timezone, in UTC."""
    return midnight(day, timezone)


def after_days(moment: datetime, days: int, timezone: str) -> datetime:
    """0:00 of the day that comes so many days after a moment's: days of the calendar, not of 24 hours."""
    return midnight(local_day(moment, timezone) + timedelta(days=days), timezone)
