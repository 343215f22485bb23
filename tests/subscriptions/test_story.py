"""Any life of a subscription: whatever is done, on whatever day, what holds is what is paid for."""

import random
from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.errors import Refused
from programs.accounts import LevelChange
from programs.subscriptions import changing, paying, seats, subscribing
from programs.subscriptions.models import Payment, Subscription
from tests import makers
from tests.programs import books
from tests.subscriptions import shop
from tests.subscriptions.shop import MONTHLY

pytestmark = pytest.mark.django_db
Status = Subscription.Status


def verbs(mira, jonas, club, plan):
    """What may be done to the newest subscription, and how often compared with the others."""
    return {
        paying.pay: 6,
        changing.pause: 2,
        changing.resume: 3,
        lambda row: changing.cancel(row, at="period_end"): 1,
        lambda row: changing.cancel(row, at="now"): 1,
        lambda row: seats.add(row, name="Jonas", member=jonas): 1,
        lambda _row: subscribing.subscribe(member=mira, program=club, plan=plan): 3,
    }


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_on_whatever_day_levels_and_fees_fit(gym, mira, seed):
    chance = random.Random(seed)
    plan = chance.choice([MONTHLY, MONTHLY | {"interval": "year"}, MONTHLY | {"trial_days": 10}])
    club = shop.club(gym, plan, seats=1, grace_days=chance.choice([0, 7, 40]), gifts=["Ein Shake"])
    jonas, now = makers.member(gym, "Jonas"), shop.noon(2026, 1, 31)
    shop.subscribe(gym, mira, club)
    choices = verbs(mira, jonas, club, "Club")
    for _ in range(30):
        now += timedelta(days=chance.choice([0, 1, 6, 15, 28, 31]), hours=chance.randrange(24))
        makers.turn_to(gym, now.astimezone(shop.UTC))
        if chance.random() < 0.7:
            shop.run_due(gym)
        verb = chance.choices(list(choices), list(choices.values()))[0]
        act(gym, verb)
        assert_it_fits(gym, mira, jonas, club)
    shop.run_due(gym)
    assert shop.run_due(gym) == 0
    books.assert_balanced(gym)


def act(gym, verb):
    try:
        with tenancy.scope(gym):
            verb(Subscription.objects.order_by("-id").first())
    except Refused as refusal:
        assert refusal.code in {
            "wrong_status", "nothing_due", "no_seat_left", "already_subscribed", "invalid",
        }  # fmt: skip


def assert_it_fits(gym, mira, jonas, club):
    with tenancy.scope(gym):
        rows = list(Subscription.objects.order_by("id"))
        for row in rows:
            fits(row)
        assert len([row for row in rows if row.status != Status.ENDED]) <= 1
        level = "Club" if any(row.covers for row in rows) else ""
        seated = {seat.member_id for row in rows if row.covers for seat in shop.seats_of(row)}
    assert shop.level(gym, mira, club) == level
    assert (shop.level(gym, jonas, club) if jonas.id in seated else level) == level
    for member in (mira, jonas):
        with tenancy.scope(gym):
            told = list(
                LevelChange.objects.filter(account__member=member)
                .order_by("id")
                .values_list("before", "after")
            )
        assert [before for before, _after in told] == ([""] + [after for _before, after in told])[: len(told)]


def fits(row):
    paid = list(
        Payment.objects.filter(subscription=row).order_by("period").values_list("period", "period_starts_on")
    )
    assert [number for number, _day in paid] == list(range(1, row.paid_through + 1))
    assert [day for _number, day in paid] == sorted({day for _number, day in paid})
    assert row.paid_through <= row.period + 1
    assert row.covers == (row.status in (Status.TRIALING, Status.ACTIVE, Status.PAST_DUE, Status.CANCELLED))
    assert (row.next_due_at is None) == (row.status in (Status.PAUSED, Status.ENDED))
    assert (row.status == Status.PAST_DUE) == (row.covers and row.paid_through < row.period)
    assert row.period_ends_at.astimezone(shop.BERLIN).hour == 0
