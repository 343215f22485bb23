"""When and of whom a segment is asked: the moment, the merchant's calendar, and the members it is about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from loyalty import clock, tenancy


@dataclass(frozen=True)
class Asked:
    """now: the moment at which it is asked. members: the few it is asked of, or None for all.

    Days are the merchant's: each begins at its 0:00, whether it has 23, 24 or 25 hours.
    Rule: docs/rules/segments.md, "Days and hours".
    """

    now: datetime
    zone: ZoneInfo
    members: tuple[UUID, ...] | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def days_ago(self, days: int) -> datetime:
        """0:00 of the day that many days before today, in UTC: "within 0 days" is today."""
        return self.start_of(self.today - timedelta(days=days))

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def of_members(self, rows: QuerySet, column: str = "member_id") -> QuerySet:
        """Rows of those members that are asked about: for a few, an index leads to them."""
        return rows if self.members is None else rows.filter(**{f"{column}__in": self.members})


def now(members=None) -> Asked:
    """Asked at the clock's moment, in the calendar of the merchant in scope."""
    few = None if members is None else tuple(members)
    return Asked(clock.now(), ZoneInfo(tenancy.merchant().timezone), few)
