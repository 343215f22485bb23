"""When a message may arrive: never at night where the customer is. Pure.

Rule: docs/operating.md, "Messages and workers".
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIEST = time(8)
LATEST = time(20)
# Summaries are read with the first coffee, not before it.
SUMMARY_EARLIEST = time(9)


def may_arrive_at(moment: datetime, timezone: str, earliest: time = EARLIEST, latest: time = LATEST) -> bool:
    """Whether it is `earliest` or later, and earlier than `latest`, on the clock on the customer's wall."""
    return earliest <= moment.astimezone(ZoneInfo(timezone)).time() < latest


def next_good_moment(
    moment: datetime, timezone: str, earliest: time = EARLIEST, latest: time = LATEST
) -> datetime:
    """The moment itself if a message may arrive then, else the next opening, in UTC.

    timezone: the customer's. On the days on which clocks change, the wall's clock counts: the opening is at
    `earliest` by the new time. An hour that does not exist that day opens when the clock has jumped over it.
    """
    if may_arrive_at(moment, timezone, earliest, latest):
        return moment.astimezone(UTC)
    zone = ZoneInfo(timezone)
    local = moment.astimezone(zone)
    day = local.date() if local.time() < earliest else local.date() + timedelta(days=1)
    return _opening(day, earliest, zone, not_before=moment)


def _opening(day, earliest, zone, not_before):
    # A wall time that the clock shows twice opens at the first of both, unless that has passed already.
    first, second = (
        datetime.combine(day, earliest, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    return first if first >= not_before else max(second, not_before.astimezone(UTC))
