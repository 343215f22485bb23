"""What expires soon is told of beforehand: found day by day, told once for each account, moment and mark.

A mark is so many days ahead (`warn_days` of the program). From 0:00 of that day on, in the merchant's calendar, there
is a warning. Rule: docs/rules/life.md, "Warnings".
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from loyalty import clock, ids, tenancy
from loyalty.events.models import Event
from loyalty.tenancy import bulk
from programs import catalogue
from programs.accounts import Account
from programs.endings.models import Look, Warned
from programs.expiry import midnight

_DAYS_A_MONTH = 30
_WARNED = ("id", "account", "expires_at", "days", "amount", "at")
_EVENT = ("id", "kind", "member_id", "payload", "at")


@dataclass(frozen=True, slots=True)
class Expiring:
    """What an account loses at one moment, unless it is spent before."""

    account_id: UUID
    member_id: UUID
    program_id: UUID
    amount: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Band:
    """The moments whose expiry a program's mark is for: from `first` (exclusive) to before `end`."""

    program_id: UUID
    days: int
    first: datetime
    end: datetime


def about_to_expire(days: int, accounts: Iterable[UUID] | None = None) -> list[Expiring]:
    """What expires within so many days in the merchant in scope, soonest first; of all accounts, or of some."""
    now, merchant = clock.now(), tenancy.merchant()
    end = midnight(clock.today(merchant.timezone) + timedelta(days=days + 1), merchant.timezone)
    bands = [Band(live.program.id, 0, now, end) for live in catalogue.spendable()]
    found = [one for band in bands for one in _expiring(band, accounts=accounts)]
    return sorted(found, key=lambda one: (one.expires_at, one.account_id))


def marks(settings) -> list[int]:
    """The marks of a program, the nearest first. Never before half of the time is over that points last at all."""
    months = getattr(settings.expiry, "months", None)
    most = months * _DAYS_A_MONTH // 2 if months else max(settings.warn_days, default=0)
    return sorted({min(days, most) for days in settings.warn_days})


def run_due(*, limit=500) -> Counter:
    """Tell up to `limit` warnings that are due in the merchant in scope, each an event `points.expiring`.

    Looks once a day, at 0:00 or whenever the day's first look comes. Locks the merchant's row of looks.
    """
    now = clock.now()
    look = _look(now)
    if look is None or look.next_at > now:
        return Counter()
    found: list[tuple[Band, Expiring]] = []
    for band in _bands(now):
        if len(found) < limit:
            found += [(band, one) for one in _expiring(band, untold=True, limit=limit - len(found))]
    _tell(found, now)
    if len(found) < limit:
        look.next_at = _tomorrow(now)
        look.save(update_fields=["next_at"])
    return +Counter(warnings=len(found))


def next_due_at() -> datetime | None:
    """When the next warning is due in the merchant in scope, as its accounts are now, or None."""
    now = clock.now()
    moments = [moment for band in _bands(now, ahead=True) if (moment := _first_of(band))]
    if not moments:
        return None
    looked = Look.objects.values_list("next_at", flat=True).first()
    return max(min(moments), looked or now)


def _bands(now, *, ahead=False):
    """What is due by now for each program and mark; with `ahead` also what comes later."""
    timezone = tenancy.merchant().timezone
    today = now.astimezone(ZoneInfo(timezone)).date()
    bands = []
    for live in catalogue.spendable():
        first, last = now, datetime.max.replace(tzinfo=now.tzinfo)
        for days in marks(live.settings):
            end = midnight(today + timedelta(days=days + 1), timezone)
            bands.append(Band(live.program.id, days, first, last if ahead else end))
            # What is nearer than this is told at this mark, and not at a farther one as well.
            first = end - timedelta(microseconds=1)
    return bands


def _expiring(band, *, untold=False, accounts=None, limit=None):
    """What expires in a band, by account and moment: one statement."""
    sql = _EXPIRING.format(
        untold=_UNTOLD if untold else "", accounts="" if accounts is None else "AND lot.account_id = ANY(%s)"
    )
    params = [
        *_params(band),
        *([band.days] if untold else []),
        *([list(accounts)] if accounts is not None else []),
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, limit])
        return [Expiring(row[0], row[1], band.program_id, int(row[2]), row[3]) for row in cursor.fetchall()]


def _first_of(band):
    """When the first untold expiry of a band that has no end is to be told, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST.format(untold=_UNTOLD), [*_params(band), band.days])
        at = cursor.fetchone()[0]
    if at is None:
        return None
    timezone = tenancy.merchant().timezone
    return midnight(at.astimezone(ZoneInfo(timezone)).date() - timedelta(days=band.days), timezone)


def _params(band):
    return [tenancy.merchant_id(), band.program_id, band.first, band.end]


# A lot expires by its own date, or with its program's last day (programs.lots.ends_at). What is pending counts if it
# can be spent before that.
_LOTS = """
    FROM programs_lot AS lot
    JOIN programs_account AS account ON account.merchant_id = lot.merchant_id AND account.id = lot.account_id
    JOIN programs_program AS program ON program.merchant_id = lot.merchant_id AND program.id = account.program_id
    WHERE lot.merchant_id = %s AND program.id = %s AND lot.remaining > 0
      AND LEAST(lot.expires_at, program.redeem_until) > %s AND LEAST(lot.expires_at, program.redeem_until) < %s
      AND (lot.available_at IS NULL OR lot.available_at < LEAST(lot.expires_at, program.redeem_until)) {untold}
"""
_UNTOLD = """
      AND NOT EXISTS (
        SELECT 1 FROM endings_warned AS warned WHERE warned.merchant_id = lot.merchant_id
        AND warned.account_id = lot.account_id AND warned.expires_at = LEAST(lot.expires_at, program.redeem_until)
        AND warned.days = %s)
"""
_FIRST = "SELECT min(LEAST(lot.expires_at, program.redeem_until))" + _LOTS
_EXPIRING = (
    "SELECT lot.account_id, account.member_id, sum(lot.remaining), LEAST(lot.expires_at, program.redeem_until) AS at"
    + _LOTS
    + "{accounts} GROUP BY 1, 2, 4 ORDER BY at, lot.account_id LIMIT %s"
)


def _tell(found, now):
    rows = [(ids.new(), one.account_id, one.expires_at, band.days, one.amount, now) for band, one in found]
    bulk.insert(Warned, _WARNED, rows)
    bulk.insert(Event, _EVENT, [_event(band, one, now) for band, one in found])


def _event(band, one, now):
    payload = {
        "member": ids.public("mem", one.member_id), "program": ids.public("prg", one.program_id),
        "amount": one.amount, "expires_at": one.expires_at.isoformat(), "days": band.days,
    }  # fmt: skip
    return ids.new(), "points.expiring", one.member_id, payload, now


def _look(now):
    """The merchant's row of looks, locked; None while another worker has it."""
    Look.objects.bulk_create([Look(id=tenancy.merchant_id(), next_at=now)], ignore_conflicts=True)
    return Look.objects.select_for_update(skip_locked=True, no_key=True).first()


def _tomorrow(now):
    timezone = tenancy.merchant().timezone
    return midnight(now.astimezone(ZoneInfo(timezone)).date() + timedelta(days=1), timezone)


def told_to(account_ids: Iterable[UUID], since: datetime) -> list[Warned]:
    """What the owners of accounts were warned of from a moment on, each expiry with its nearest mark."""
    rows = Warned.objects.filter(account_id__in=list(account_ids), at__gt=since, expires_at__gt=clock.now())
    nearest = {(row.account_id, row.expires_at): row for row in rows.order_by("-days", "id")}
    return list(nearest.values())


def accounts_of(member_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """{account id: member id}"""
    return dict(Account.objects.filter(member_id__in=list(member_ids)).values_list("id", "member_id"))
