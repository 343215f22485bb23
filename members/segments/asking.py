"""When a segment is asked: the moment, and the merchant's calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty import clock, tenancy


@dataclass(frozen=True)
class Asked:
    """now: the moment at which it is asked.

    Days are the merchant's: each begins at its 0:00, whether it has 23, 24 or 25 hours.
    Rule: docs/rules/segments.md, "Days and hours".
    """

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def days_ago(self, days: int) -> datetime:
        """0:00 of the day that many days before today, in UTC: "within 0 days" is today."""
        return self.start_of(self.today - timedelta(days=days))

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def now() -> Asked:
    """Asked at the clock's moment, in the calendar of the merchant in scope."""
    return Asked(clock.now(), ZoneInfo(tenancy.merchant().timezone))
