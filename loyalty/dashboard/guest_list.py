"""The list of guests: searched, sorted, by pages. A page is found by its first or last row, never by counting.

A page costs a handful of statements, however many guests there are: one for the rows, one each for what stands
beside them.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Lower

from loyalty import tenancy
from loyalty.dashboard import groups
from members.models import Member
from programs import catalogue, units
from programs.accounts import Account, Unlock
from programs.catalogue import Live
from programs.models import Purchase

PAGE = 25
WEEKS = 12
NEVER = datetime(1900, 1, 1, tzinfo=UTC)
SORTS = ("seen", "balance", "joined", "name")

# Visits of a page's guests in each of the last twelve weeks.
_WEEKS = """
    SELECT member_id, floor(extract(epoch FROM (%(now)s - occurred_at))::float8 / 604800)::int, count(*)
    FROM programs_purchase
    WHERE merchant_id = %(merchant)s AND member_id = ANY (%(members)s)
      AND occurred_at > %(since)s AND occurred_at <= %(now)s AND returned_at IS NULL
    GROUP BY 1, 2
"""


@dataclass
class Row:
    """One guest with what the list shows. weeks: visits per week, oldest first. state: "ready", "lapsing" …"""

    member: Member
    balance: int = 0
    revenue_minor: int = 0
    weeks: list[int] = field(default_factory=list)
    state: str = ""


@dataclass
class Page:
    rows: list[Row]
    live: Live | None
    after: str = ""
    before: str = ""

    @property
    def stamps_required(self) -> int | None:
        return getattr(self.live.settings, "stamps_required", None) if self.live else None


def page(now: datetime, *, group: str, search: str, sort: str, after: str = "", before: str = "") -> Page:
    """A page of guests. after, before: a cursor out of the page beside it; what cannot be read is the first page."""
    live = _told(catalogue.live(now))
    found, descending = _sorted(_searched(groups.members(group, now), search), sort, live)
    backwards, cursor = bool(before), _read(before or after, sort)
    downwards = descending != backwards
    if cursor:
        found = found.filter(_beyond(cursor, downwards))
    sign = "-" if downwards else ""
    members = list(found.order_by(f"{sign}key", f"{sign}id")[: PAGE + 1])
    more, members = len(members) > PAGE, members[:PAGE]
    if backwards:
        members.reverse()
    return Page(
        _rows(members, live, now),
        live,
        after=_cursor(members[-1], sort) if members and (more or backwards) else "",
        before=_cursor(members[0], sort) if members and cursor and (more or not backwards) else "",
    )


def _told(lives: list[Live]) -> Live | None:
    """The program whose balance the list shows: a punch card first, else the first that collects anything."""
    collecting = [live for live in lives if units.collects(live)]
    return min(collecting, key=lambda live: not hasattr(live.settings, "stamps_required"), default=None)


def _searched(members: QuerySet[Member], search: str) -> QuerySet[Member]:
    """By number or phone where digits are typed, else by part of the name or the beginning of the address."""
    words = search.strip()
    if not words:
        return members
    digits = "".join(character for character in words if character.isdigit())
    if digits and len(digits) >= len(words.replace(" ", "")) - 1:
        return members.filter(Q(number__startswith=digits) | Q(phone__endswith=digits.lstrip("0")))
    by_address = Q(email_key__startswith=words.lower())
    return members.filter(Q(name__icontains=words) | by_address)


def _sorted(members: QuerySet[Member], sort: str, live: Live | None) -> tuple[QuerySet[Member], bool]:
    if sort == "name":
        return members.annotate(key=Lower("name")), False
    if sort == "joined":
        return members.annotate(key=F("joined_at")), True
    if sort == "balance" and live:
        held = Account.objects.filter(program=live.program, member=OuterRef("id"))
        return members.annotate(key=Coalesce(held.values("balance")[:1], Value(0))), True
    return members.annotate(key=Coalesce("last_visit_at", Value(NEVER))), True


def _beyond(cursor: tuple[Any, UUID], downwards: bool) -> Q:
    key, member_id = cursor
    direction = "lt" if downwards else "gt"
    return Q(**{f"key__{direction}": key}) | Q(**{"key": key, f"id__{direction}": member_id})


def _rows(members: list[Member], live: Live | None, now: datetime) -> list[Row]:
    ids = [member.id for member in members]
    balances = _balances(ids, live)
    revenue, weeks = _revenue(ids, now), _weeks(ids, now)
    states = _states(ids, now)
    return [
        Row(
            member,
            balances.get(member.id, 0),
            revenue.get(member.id, 0),
            weeks.get(member.id, [0] * WEEKS),
            states.get(member.id, ""),
        )
        for member in members
    ]


def _balances(ids: list[UUID], live: Live | None) -> dict[UUID, int]:
    if live is None:
        return {}
    rows = Account.objects.filter(program=live.program, member_id__in=ids)
    return {row.member_id: row.balance - row.debt for row in rows}


def _revenue(ids: list[UUID], now: datetime) -> dict[UUID, int]:
    """What they paid in the last twelve months, less what they got back."""
    rows = Purchase.objects.filter(
        member_id__in=ids, occurred_at__gt=now - timedelta(days=365), occurred_at__lte=now
    )
    sums = rows.values("member_id").annotate(net=Sum("net_minor"), back=Sum("refunded_minor"))
    return {row["member_id"]: row["net"] - row["back"] for row in sums}


def _weeks(ids: list[UUID], now: datetime) -> dict[UUID, list[int]]:
    facts = {
        "merchant": tenancy.merchant_id(),
        "members": ids,
        "now": now,
        "since": now - timedelta(weeks=WEEKS),
    }
    found: dict[UUID, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS, facts)
        for member_id, weeks_ago, count in cursor.fetchall():
            found.setdefault(member_id, [0] * WEEKS)[WEEKS - 1 - weeks_ago] = count
    return found


def _states(ids: list[UUID], now: datetime) -> dict[UUID, str]:
    """What asks for attention, the most useful word only: a reward that waits, then staying away, then new."""
    found: dict[UUID, str] = {}
    for key in ("new", "gone", "lapsing"):
        found |= dict.fromkeys(groups.members(key, now).filter(id__in=ids).values_list("id", flat=True), key)
    waiting = Unlock.objects.filter(member_id__in=ids, status=Unlock.Status.OPEN)
    return found | dict.fromkeys(waiting.values_list("member_id", flat=True), "ready")


def _cursor(member: Any, sort: str) -> str:
    key = member.key.isoformat() if isinstance(member.key, datetime) else member.key
    return urlsafe_b64encode(json.dumps([sort, key, member.id.hex]).encode()).decode().rstrip("=")


def _read(cursor: str, sort: str) -> tuple[Any, UUID] | None:
    """Where a page begins; None for a cursor that is damaged or belongs to another order."""
    try:
        of_sort, key, member_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if of_sort != sort:
            return None
        kinds = {"name": str, "balance": int}
        return kinds.get(sort, datetime.fromisoformat)(key), UUID(member_id)
    except (ValueError, TypeError):
        return None
