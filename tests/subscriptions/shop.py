"""A gym with a paid club, and what tests of subscriptions ask about it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from loyalty import tenancy
from loyalty.events.models import Event
from programs.accounts import Account, LevelChange, Unlock
from programs.subscriptions import renewing, subscribing
from programs.subscriptions.models import Payment, Seat, Subscription
from rewards import catalogue
from tests import makers

BERLIN = ZoneInfo("Europe/Berlin")
MONTHLY = {"name": "Club", "price_minor": 990, "interval": "month"}


def noon(year, month, day, hour=12):
    return datetime(year, month, day, hour, tzinfo=BERLIN)


def midnight(year, month, day):
    return datetime(year, month, day, tzinfo=BERLIN)


def gym(at=None, **options):
    """A merchant whose clock stands at noon of 31 January 2026."""
    return makers.merchant("Kraftwerk", at=(at or noon(2026, 1, 31)).astimezone(UTC), **options)


def club(merchant, *plans, gifts=(), **settings):
    """A paid VIP program: 9.90 a month unless plans are given. gifts: names of rewards that each period begins with."""
    with tenancy.scope(merchant):
        rewards = [catalogue.create_reward(name=name, unlocked_only=True).public_id for name in gifts]
        benefits = settings.pop("benefits", {}) | ({"free_rewards": rewards} if rewards else {})
        settings = {"plans": list(plans) or [MONTHLY], "benefits": benefits} | settings
        return catalogue.create_program(type="paid_vip", name="Kraftclub", settings=settings)


def subscribe(merchant, member, program, plan="Club", **more):
    with tenancy.scope(merchant):
        return subscribing.subscribe(member=member, program=program, plan=plan, **more)[0]


def do(merchant, verb, subscription, *args, **more):
    """A verb on a subscription as it stands now."""
    with tenancy.scope(merchant):
        return verb(Subscription.objects.get(id=subscription.id), *args, **more)


def read(merchant, subscription):
    with tenancy.scope(merchant):
        return Subscription.objects.get(id=subscription.id)


def live_until(merchant, moment):
    """Turn the clock and let happen what is due. Returns how many steps that were."""
    makers.turn_to(merchant, moment.astimezone(UTC))
    return run_due(merchant)


def run_due(merchant):
    with tenancy.scope(merchant):
        return renewing.run_due()["renewals"]


def level(merchant, member, program):
    with tenancy.scope(merchant):
        return Account.objects.get(member=member, program=program).level


def changes(merchant, member):
    """[(before, after, reason, local time)] of a member's levels, the oldest first."""
    with tenancy.scope(merchant):
        rows = LevelChange.objects.filter(account__member=member).order_by("at", "id")
        return [(row.before, row.after, row.reason, row.at.astimezone(BERLIN)) for row in rows]


def news(merchant):
    """[(kind, local time)] of what subscriptions told, the oldest first."""
    with tenancy.scope(merchant):
        rows = Event.objects.filter(kind__startswith="subscription.").order_by("at", "id")
        return [(row.kind.removeprefix("subscription."), row.at.astimezone(BERLIN)) for row in rows]


def fees(merchant, subscription):
    """[(first day of the period, amount)], the oldest first."""
    with tenancy.scope(merchant):
        rows = Payment.objects.filter(subscription=subscription).order_by("period")
        return [(row.period_starts_on.isoformat(), row.amount_minor) for row in rows]


def seats_of(subscription):
    """The seats of a subscription, within an open scope."""
    return list(Seat.objects.filter(subscription=subscription))


def gifts(merchant, member):
    """[(reward, status, local time)] of what was unlocked, the oldest first."""
    with tenancy.scope(merchant):
        rows = Unlock.objects.filter(member_id=member.id).select_related("reward").order_by("at", "id")
        return [(row.reward.name, row.status, row.at.astimezone(BERLIN)) for row in rows]
