"""Whom a change of a program's settings would touch, and what it would have given. Only looks; stores nothing.

What was earned stays by the old rules. Rule: docs/rules/life.md, "Foreseeing a change".
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum, TextField
from django.db.models.functions import Cast, Right

from loyalty import clock, tenancy
from programs import baskets, tiers
from programs.accounts import Account, Lot
from programs.catalogue import Live
from programs.earning import Facts
from programs.expiry import Inactivity
from programs.models import Credit
from programs.types.base import Keeping

LOOKS_BACK = timedelta(days=90)
# More purchases than that are not replayed: of so many accounts as make about as many, and it is said so.
MOST_REPLAYED = 20_000
_SHARES = 0x10000


@dataclass(frozen=True, slots=True)
class Steps:
    """Members by what becomes of their way to the next reward. reached: they would have it at once."""

    nearer: int
    farther: int
    reached: int
    same: int


@dataclass(frozen=True, slots=True)
class Tiers:
    """Members by what becomes of their tier. fall: sooner or later, by the program's own grace."""

    rise: int
    fall: int
    same: int


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is there now, in the program's unit. with_date: what expires some day. affected: what would at another
    time than now: only where activity prolongs it, or would no longer."""

    amount: int
    with_date: int
    affected: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What the purchases since a moment give by the rules of now, and would by the new ones.

    purchases: how many there were; replayed: how many were looked at; is_sample: fewer than all, chosen by account.
    before, after: sums over what was looked at. more, less, same: members among them.
    """

    since: datetime
    purchases: int
    replayed: int
    is_sample: bool
    before: int
    after: int
    more: int
    less: int
    same: int


@dataclass(frozen=True, slots=True)
class Foresight:
    """members: who have an account. tiers is None for programs without any, or where what counts for them changes."""

    members: int
    steps: Steps
    tiers: Tiers | None
    outstanding: Outstanding
    replay: Replay


def foresee(live: Live, settings: Keeping, *, costs: Iterable[int] = ()) -> Foresight:
    """What new settings (whole) would mean for the merchant in scope. costs: of the program's rewards, in its unit.

    Memory is bounded, whatever there is; purchases beyond MOST_REPLAYED are sampled by account.
    """
    return Foresight(
        Account.objects.filter(program=live.program).count(),
        _steps(live, settings, sorted(costs)),
        _tiers(live, settings),
        _outstanding(live, settings),
        _replay(live, settings),
    )


def _steps(live, settings, costs):
    goals = (_goals(live.settings, costs), _goals(settings, costs))
    prices = (_price(live.settings), _price(settings))
    if None in prices or _unit_of(live.settings) != _unit_of(settings):
        prices = (Fraction(1), Fraction(1))
    counted = Counter()
    rows = Account.objects.filter(program=live.program).values_list("balance", "debt").annotate(n=Count("id"))
    for balance, debt, count in rows.order_by().iterator():
        counted[_step(balance - debt, goals, prices)] += count
    return Steps(counted["nearer"], counted["farther"], counted["reached"], counted["same"])


def _step(spendable, goals, prices):
    before, after = (_ahead(spendable, of, price) for of, price in zip(goals, prices, strict=True))
    had, has = (sum(goal <= spendable for goal in of) for of in goals)
    if has > had:
        return "reached"
    if before is None or after is None or before == after:
        return "same"
    return "nearer" if after < before else "farther"


def _ahead(spendable, goals, price):
    """What is missing to the next goal: in money where points are bought by money, else in the program's unit."""
    missing = min((goal - spendable for goal in goals if goal > spendable), default=None)
    return None if missing is None else missing * price


def _goals(settings, costs):
    card = getattr(settings, "stamps_required", None)
    return sorted(
        [*costs, *([card] if card else []), *(step.at for step in getattr(settings, "interim", ()))]
    )


def _price(settings):
    """What one point costs in minor units, by the base rate; 1 where it is not bought by money."""
    if earn := getattr(settings, "earn", None):
        return Fraction(earn.per_minor, earn.points)
    per_minor = getattr(settings, "per_minor", None)
    return Fraction(per_minor) if per_minor and _unit_of(settings) == "amount" else Fraction(1)


def _unit_of(settings):
    return getattr(settings, "stamp_per", None)


def _tiers(live, settings):
    old = live.settings
    if not live.type.has_tiers or (old.qualify_by, old.window) != (settings.qualify_by, settings.window):
        return None
    scheme = live.type.scheme(settings, tenancy.merchant().timezone)
    counted = Counter()
    rows = (
        Account.objects.filter(program=live.program)
        .values_list("level", "qualifying")
        .annotate(n=Count("id"))
    )
    for level, qualifying, count in rows.order_by().iterator():
        held, reached = live.type.place(settings, level), tiers.reached(scheme.thresholds, qualifying)
        if held == tiers.NONE:
            # A tier of which there is none of that name any more counts by its place.
            held = min(live.type.place(old, level), len(settings.tiers) - 1)
        falls = reached < held and settings.downgrade.policy != "never"
        counted["rise" if reached > held else "fall" if falls else "same"] += count
    return Tiers(counted["rise"], counted["fall"], counted["same"])


def _outstanding(live, settings):
    lots = Lot.objects.filter(account__program=live.program, remaining__gt=0)
    amount = lots.aggregate(n=Sum("remaining"))["n"] or 0
    with_date = lots.filter(expires_at__isnull=False).aggregate(n=Sum("remaining"))["n"] or 0
    prolongs = any(isinstance(one.expiry, Inactivity) for one in (live.settings, settings))
    changes = prolongs and live.settings.expiry != settings.expiry
    return Outstanding(int(amount), int(with_date), int(with_date) if changes else 0)


def _replay(live, settings):
    since = clock.now() - LOOKS_BACK
    credits = Credit.objects.filter(program=live.program, occurred_at__gt=since, purchase__returned_at=None)
    purchases = credits.count()
    rows, is_sample = _sampled(credits, purchases)
    replayed, sums, members = 0, [0, 0], Counter()
    for given in _by_account(rows, live, settings):
        replayed += given[0]
        sums = [sums[0] + given[1], sums[1] + given[2]]
        members["more" if given[2] > given[1] else "less" if given[2] < given[1] else "same"] += 1
    return Replay(
        since,
        purchases,
        replayed,
        is_sample,
        sums[0],
        sums[1],
        members["more"],
        members["less"],
        members["same"],
    )


def _sampled(credits, purchases):
    """Of too many, those of some accounts: by the last digits of their ids, which are random."""
    if purchases <= MOST_REPLAYED:
        return credits, False
    below = f"{_SHARES * MOST_REPLAYED // purchases:04x}"
    return credits.annotate(tail=Right(Cast("account_id", TextField()), 4)).filter(tail__lt=below), True


def _by_account(rows, live, settings):
    """(purchases, given by the rules of now, given by the new ones) for one account after the other."""
    zone = ZoneInfo(tenancy.merchant().timezone)
    account, count, books = None, 0, ()
    ordered = rows.select_related("purchase").order_by("account_id", "occurred_at", "id")
    for credit in ordered.iterator(chunk_size=500):
        if credit.account_id != account:
            if count:
                yield count, *(book.given for book in books)
            account, count = credit.account_id, 0
            books = (_Book(live, live.settings), _Book(live, settings))
        basket = baskets.of(credit.purchase, credit.occurred_at.astimezone(zone))
        facts = Facts.from_kept(credit.facts)
        for book in books:
            book.take(basket, facts)
        count += 1
    if count:
        yield count, *(book.given for book in books)


class _Book:
    """What one account is given by some settings, purchase by purchase, with the fraction that is carried on."""

    def __init__(self, live, settings):
        self.live, self.settings = live, settings
        self.given, self.carry = 0, Fraction(0)

    def take(self, basket, facts):
        kind = self.live.type
        deserved = kind.deserve(self.settings, self.live.rules, basket, facts, self.carry)
        self.given += deserved.amount
        if kind.accumulates(self.settings):
            self.carry = (self.carry + deserved.fraction) % 1
