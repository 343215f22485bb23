"""What stands out at the counter: many stamps within minutes, and people who stamp their own card.

Said in a tone that accuses nobody: most of it is a slip. What the owner has looked at is not shown again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from loyalty import tenancy
from loyalty.merchants import auditing
from loyalty.merchants.models import AuditEntry
from members.models import Member

WINDOW = timedelta(days=7)
MANY = 5
WITHIN = timedelta(minutes=10)
MOST_SHOWN = 3
CLEARED = "flag.cleared"

# A purchase whose fourth predecessor on the same card is less than ten minutes old ends a burst of five.
_BURSTS = """
    WITH numbered AS (
        SELECT member_id, occurred_at, actor,
            lag(occurred_at, %(before)s) OVER (PARTITION BY member_id ORDER BY occurred_at) AS nth_before
        FROM programs_purchase
        WHERE merchant_id = %(merchant)s AND occurred_at > %(since)s AND member_id IS NOT NULL
    )
    SELECT member_id, min(nth_before), max(occurred_at), max(actor)
    FROM numbered WHERE occurred_at - nth_before <= %(within)s GROUP BY member_id
"""
_COUNT = """
    SELECT count(*) FROM programs_purchase
    WHERE merchant_id = %(merchant)s AND member_id = %(member)s AND occurred_at BETWEEN %(start)s AND %(end)s
"""
_OWN = """
    SELECT purchase.member_id, min(purchase.occurred_at), max(purchase.occurred_at), max(purchase.actor), count(*)
    FROM programs_purchase AS purchase
    JOIN members_member AS member
      ON member.merchant_id = purchase.merchant_id AND member.id = purchase.member_id
    WHERE purchase.merchant_id = %(merchant)s AND purchase.occurred_at > %(since)s
      AND purchase.actor <> '' AND lower(purchase.actor) = lower(member.name)
    GROUP BY purchase.member_id
"""


@dataclass(frozen=True)
class Flag:
    """kind: "burst" or "own_card". key: names this one happening, so that it can be put away."""

    kind: str
    member: Member
    count: int
    start: datetime
    end: datetime
    actor: str

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.member.id.hex}.{int(self.end.timestamp())}"

    @property
    def minutes(self) -> int:
        return max(1, round((self.end - self.start).total_seconds() / 60))


def flags(now: datetime) -> list[Flag]:
    """What stood out in the last seven days and was not looked at yet, newest first."""
    found = [*_bursts(now), *_own_cards(now)]
    cleared = set(
        AuditEntry.objects.filter(action=CLEARED, at__gt=now - 2 * WINDOW).values_list(
            "details__key", flat=True
        )
    )
    left = [flag for flag in found if flag.key not in cleared]
    return sorted(left, key=lambda flag: flag.end, reverse=True)[:MOST_SHOWN]


def clear(key: str, *, actor: str) -> None:
    """The owner has looked at it: it is not shown again."""
    auditing.record(actor, CLEARED, key.split(".")[1] if "." in key else "", key=key[:120])


def _bursts(now: datetime) -> list[Flag]:
    rows = _rows(_BURSTS, since=now - WINDOW, before=MANY - 1, within=WITHIN)
    members = Member.objects.in_bulk([row[0] for row in rows])
    found = []
    for member_id, start, end, actor in rows:
        [(count,)] = _rows(_COUNT, member=member_id, start=start, end=end)
        found.append(Flag("burst", members[member_id], count, start, end, actor))
    return found


def _own_cards(now: datetime) -> list[Flag]:
    rows = _rows(_OWN, since=now - WINDOW)
    members = Member.objects.in_bulk([row[0] for row in rows])
    return [Flag("own_card", members[row[0]], row[4], row[1], row[2], row[3]) for row in rows]


def _rows(sql: str, **facts: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"merchant": tenancy.merchant_id(), **facts})
        return list(cursor.fetchall())
