"""What happened at the counter today, hour by hour, against the same weekday as usual."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from loyalty import tenancy
from members.models import Member
from programs.models import Credit
from rewards.models import Redemption

USUAL_WEEKS = 8
# Fewer days than this are no habit, and are not shown as one.
FEWEST_DAYS = 2
FIRST_HOUR, LAST_HOUR = 8, 18


@dataclass(frozen=True)
class Today:
    """stamps: given today, less what was taken back. hours: labels of the bars, e.g. [7, 8, … 18].

    counts: visits per hour, None for hours that are not over yet. usual: the average of the same weekday, empty
    while there are too few of them. pace: visits until now over the usual ones until now; None without a habit.
    """

    visits: int
    stamps: int
    redemptions: int
    new_cards: int
    hours: list[int]
    counts: list[int | None]
    usual: list[float]
    pace: float | None


@dataclass(frozen=True)
class Usual:
    """All visits by hour on the last same weekdays, and how many days these are. Holds for a whole day."""

    by_hour: dict[int, int]
    days: int


def usual(now: datetime, timezone: str, since: datetime) -> Usual:
    """since: when the shop began to record; weekdays before that are no part of the usual."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    days = [today - timedelta(weeks=number) for number in range(1, USUAL_WEEKS + 1)]
    days = [day for day in days if day >= since.astimezone(zone).date()]
    return Usual(_visits(days, zone) if days else {}, len(days))


def today(now: datetime, timezone: str, usually: Usual) -> Today:
    """What happened since midnight in the shop's timezone."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    midnight = datetime.combine(local.date(), time(), zone)
    by_hour, usual, days = _visits([local.date()], zone), usually.by_hour, usually.days
    hours = _shown(by_hour, usual)
    return Today(
        visits=sum(by_hour.values()),
        stamps=_stamps(midnight, now),
        redemptions=Redemption.objects.filter(at__gte=midnight, at__lte=now, status="done").count(),
        new_cards=Member.objects.filter(joined_at__gte=midnight, joined_at__lte=now).count(),
        hours=hours,
        counts=[by_hour.get(hour, 0) if hour <= local.hour else None for hour in hours],
        usual=[usual.get(hour, 0) / days for hour in hours] if days >= FEWEST_DAYS else [],
        pace=_pace(by_hour, usual, days, local),
    )


def _visits(days: list[date], zone: ZoneInfo) -> dict[int, int]:
    """Visits with a card by the hour, of all these days together."""
    spans = [
        (datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone))
        for day in days
    ]
    wanted = " OR ".join(f"occurred_at >= %(from{n})s AND occurred_at < %(to{n})s" for n in range(len(spans)))
    sql = f"""
        SELECT extract(hour FROM occurred_at AT TIME ZONE %(zone)s)::int, count(*)
        FROM programs_purchase
        WHERE merchant_id = %(merchant)s AND member_id IS NOT NULL AND returned_at IS NULL AND ({wanted})
        GROUP BY 1
    """
    facts: dict[str, object] = {"merchant": tenancy.merchant_id(), "zone": zone.key}
    for number, (start, end) in enumerate(spans):
        facts |= {f"from{number}": start, f"to{number}": end}
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return dict(cursor.fetchall())


def _shown(by_hour: dict[int, int], usual: dict[int, int]) -> list[int]:
    """The hours of the chart: those of a shop, and any other in which somebody came."""
    seen = [*by_hour, *usual]
    return list(range(min([FIRST_HOUR, *seen]), max([LAST_HOUR, *seen]) + 1))


def _pace(by_hour: dict[int, int], usual: dict[int, int], days: int, local: datetime) -> float | None:
    """The hour that runs counts in part, by its minutes."""
    if days < FEWEST_DAYS:
        return None
    whole = sum(count for hour, count in usual.items() if hour < local.hour)
    expected = (whole + usual.get(local.hour, 0) * local.minute / 60) / days
    return sum(by_hour.values()) / expected if expected else None


def _stamps(midnight: datetime, now: datetime) -> int:
    given = Credit.objects.filter(
        occurred_at__gte=midnight, occurred_at__lte=now, program__type="punch_card"
    ).aggregate(given=Sum("amount"), back=Sum("taken_back"))
    return (given["given"] or 0) - (given["back"] or 0)
