"""Groups of guests that an owner looks for: who comes more rarely, who is nearly there, who is new.

Each is one condition, used by the list, by its counts, and by the advice on the home page, so that all say the same.
Conditions on other tables are lists of members and not a question per member: the database hashes the list once.
`prefix` names the way to the member, e.g. "member__" in a query of accounts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, FloatField, Func, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from members.models import Member
from programs import catalogue
from programs.accounts import Account, Unlock

# From the fourth visit on an interval is a habit.
HABIT_VISITS = 4
LATE_TIMES = 3
LONG_GONE = timedelta(days=120)
NEW = timedelta(days=14)
STAMPS_SHORT = 2


class Epoch(Func):
    """Seconds since 1970, so that intervals can be compared by multiplying."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)::float8"
    output_field = FloatField()


@dataclass(frozen=True)
class Group:
    """key: in the address. explanation: what the figure counts, in a sentence."""

    key: str
    label: object
    explanation: object
    condition: Callable[[datetime, str], Q]


def everybody(_now: datetime, prefix: str = "") -> Q:
    return Q(**{f"{prefix}status": Member.Status.ACTIVE})


def lapsing(now: datetime, prefix: str = "") -> Q:
    """Away for more than three times the usual interval, but not for so long that it is a farewell.

    The usual interval: from joining to the last visit, divided by the visits less one.
    """
    last, joined = Epoch(F(f"{prefix}last_visit_at")), Epoch(F(f"{prefix}joined_at"))
    away = (Value(now.timestamp(), FloatField()) - last) * (F(f"{prefix}visits") - 1)
    return everybody(now, prefix) & Q(
        Q(GreaterThan(away, Value(float(LATE_TIMES)) * (last - joined))),
        **{f"{prefix}visits__gte": HABIT_VISITS, f"{prefix}last_visit_at__gt": now - LONG_GONE},
    )


def long_gone(now: datetime, prefix: str = "") -> Q:
    return everybody(now, prefix) & Q(**{f"{prefix}last_visit_at__lte": now - LONG_GONE})


def new(now: datetime, prefix: str = "") -> Q:
    return everybody(now, prefix) & Q(**{f"{prefix}joined_at__gt": now - NEW})


def nearly(now: datetime, prefix: str = "") -> Q:
    """One or two stamps short of a full card."""
    short = Q()
    for live in catalogue.live(now):
        required = getattr(live.settings, "stamps_required", None)
        if required:
            span = (max(1, required - STAMPS_SHORT), required - 1)
            short |= Q(program=live.program, balance__range=span)
    if not short:
        return everybody(now, prefix) & Q(pk__isnull=True)
    return everybody(now, prefix) & Q(
        **{f"{prefix}id__in": Account.objects.filter(short).values("member_id")}
    )


def ready(now: datetime, prefix: str = "") -> Q:
    """A reward is earned and not taken yet."""
    waiting = Unlock.objects.filter(status=Unlock.Status.OPEN).values("member_id")
    return everybody(now, prefix) & Q(**{f"{prefix}id__in": waiting})


GROUPS = [
    Group("all", _("All"), _("Everybody with a card."), everybody),
    Group(
        "lapsing",
        _("Come more rarely"),
        _("Away for more than three times as long as usual, after at least four visits."),
        lapsing,
    ),
    Group("nearly", _("Nearly there"), _("One or two stamps are missing."), nearly),
    Group("ready", _("Reward ready"), _("A full card that has not been redeemed yet."), ready),
    Group("new", _("New"), _("Joined in the last two weeks."), new),
    Group("gone", _("Long away"), _("Not here for four months or more."), long_gone),
]
BY_KEY = {group.key: group for group in GROUPS}


def members(key: str, now: datetime) -> QuerySet[Member]:
    """The guests of a group; everybody for a key that there is not."""
    group = BY_KEY.get(key, GROUPS[0])
    return Member.objects.filter(group.condition(now, ""))


def counts(now: datetime) -> dict[str, int]:
    """How many guests each group has: one statement."""
    sums = {group.key: Count("id", filter=group.condition(now, "")) for group in GROUPS}
    return Member.objects.aggregate(**sums)
