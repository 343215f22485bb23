"""What stands out at the counter: many stamps within minutes, and people who stamp their own card.

Said in a tone that accuses nobody: most of it is a slip. What the owner has looked at is not shown again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Lower

from loyalty import tenancy
from loyalty.merchants import auditing
from loyalty.merchants.models import AuditEntry, Staff
from members.models import Member

WINDOW = timedelta(days=7)
MANY = 5
WITHIN = timedelta(minutes=10)
MOST_SHOWN = 3
CLEARED = "flag.cleared"

# A purchase whose fourth predecessor on the same card is less than ten minutes old ends a burst of five. Only who
# came that often in the week at all is looked at so closely.
_BURSTS = """
    WITH frequent AS (
        SELECT member_id FROM programs_purchase
        WHERE merchant_id = %(merchant)s AND occurred_at > %(since)s AND member_id IS NOT NULL
        GROUP BY member_id HAVING count(*) >= %(many)s
    ), numbered AS (
        SELECT member_id, occurred_at, actor,
            lag(occurred_at, %(many)s - 1) OVER (PARTITION BY member_id ORDER BY occurred_at) AS nth_before
        FROM programs_purchase
        WHERE merchant_id = %(merchant)s AND occurred_at > %(since)s
          AND member_id IN (SELECT member_id FROM frequent)
    ), burst AS (
        SELECT member_id, min(nth_before) AS began, max(occurred_at) AS ended
        FROM numbered WHERE occurred_at - nth_before <= %(within)s GROUP BY member_id
    )
    SELECT burst.member_id, began, ended, max(numbered.actor), count(*)
    FROM burst JOIN numbered ON numbered.member_id = burst.member_id AND occurred_at BETWEEN began AND ended
    GROUP BY 1, 2, 3
"""
_OWN = """
    SELECT purchase.member_id, min(occurred_at), max(occurred_at), max(actor), count(*)
    FROM programs_purchase AS purchase
    JOIN members_member AS member
      ON member.merchant_id = purchase.merchant_id AND member.id = purchase.member_id
    WHERE purchase.merchant_id = %(merchant)s AND purchase.member_id = ANY (%(members)s)
      AND occurred_at > %(since)s AND lower(actor) = lower(member.name)
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
    return _read("burst", _rows(_BURSTS, since=now - WINDOW, many=MANY, within=WITHIN))


def _own_cards(now: datetime) -> list[Flag]:
    """Members called like somebody who works here, as far as that person has booked on their card."""
    names = [name.lower() for name in Staff.objects.values_list("name", flat=True)]
    namesakes = Member.objects.annotate(lower=Lower("name")).filter(lower__in=names)
    ids = list(namesakes.values_list("id", flat=True))
    return _read("own_card", _rows(_OWN, members=ids, since=now - WINDOW)) if ids else []


def _read(kind: str, rows: list[tuple]) -> list[Flag]:
    members = Member.objects.in_bulk([row[0] for row in rows])
    return [Flag(kind, members[row[0]], row[4], row[1], row[2], row[3]) for row in rows]


def _rows(sql: str, **facts: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"merchant": tenancy.merchant_id(), **facts})
        return list(cursor.fetchall())
