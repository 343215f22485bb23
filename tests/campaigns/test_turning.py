"""The test clock: everything that would have happened on the way, in its order. In one turn as in many: see
test_turning_property.py."""

from datetime import timedelta

import pytest

from campaigns import turning
from campaigns.models import Message
from loyalty import tenancy
from loyalty.merchants.models import Merchant
from programs.accounts import Entry
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cafe():
    return makers.merchant()


def entries(cafe):
    with tenancy.scope(cafe):
        rows = Entry.objects.order_by("account__member__email", "account__program__type", "number")
        return list(
            rows.values_list("account__member__email", "account__program__type", "kind", "amount", "at")
        )


def outbox(cafe):
    with tenancy.scope(cafe):
        rows = Message.objects.order_by("member__email", "campaign", "due_at", "status", "sent_at")
        return list(rows.values_list("member__email", "campaign", "status", "due_at", "sent_at", "problem"))


def test_it_goes_forward_only_and_refuses_without_moving(cafe):
    with pytest.raises(turning.ClockGoesForward) as refused:
        turning.turn(merchant=cafe, to=makers.NOON - DAY)
    assert refused.value.code == "clock_goes_forward"
    assert Merchant.objects.get(id=cafe.id).clock_at == makers.NOON


def test_it_arrives_where_it_was_turned_to(cafe):
    turning.turn(merchant=cafe, to=makers.NOON + DAY)
    assert cafe.clock_at == Merchant.objects.get(id=cafe.id).clock_at == makers.NOON + DAY


def test_pending_points_are_activated_and_later_expire_each_at_its_moment(cafe):
    makers.points_program(cafe, pending_days=14, expiry={"kind": "after", "months": 1})
    makers.purchase(cafe, shop.guest(cafe, consents=()), 5000)
    ran = turning.turn(merchant=cafe, to=makers.NOON + 60 * DAY)
    assert {kind: count for kind, count in ran.items() if count} == {
        "activations": 1, "expiries": 1, "warnings": 1, "messages": 1,
    }  # fmt: skip
    assert {"tier_reviews", "renewals"} <= ran.keys()
    # 26 March 0:00 in Berlin; and 26 April 24:00, in summer time.
    assert [(kind, amount, f"{at:%m-%d %H:%M}") for _email, _type, kind, amount, at in entries(cafe)] == [
        ("earn", 0, "03-12 12:00"),
        ("activate", 50, "03-25 23:00"),
        ("expire", -50, "04-26 22:00"),
    ]


def test_the_month_is_summed_up_on_its_first_morning(cafe):
    makers.points_program(cafe)
    makers.purchase(cafe, shop.guest(cafe), 5000)
    turning.turn(merchant=cafe, to=makers.NOON + 60 * DAY)
    summaries = shop.messages(cafe, campaign="monthly_summary")
    # 9:00 in Berlin, in summer time.
    assert [(row.occasion, row.status, f"{row.sent_at:%m-%d %H:%M}") for row in summaries] == [
        ("2026-03", "held", "04-01 07:00"),
        ("2026-04", "held", "05-01 07:00"),
    ]


def test_points_that_become_spendable_on_the_way_announce_their_reward(cafe):
    makers.points_program(cafe, rewards=[("Landbrot", 40)], pending_days=7)
    makers.purchase(cafe, shop.guest(cafe), 5000)
    turning.turn(merchant=cafe, to=makers.NOON + 10 * DAY)
    ready = shop.messages(cafe, campaign="reward_ready")
    assert [(row.status, f"{row.sent_at:%m-%d %H:%M}") for row in ready] == [("held", "03-19 07:00")]


def test_a_second_turn_to_the_same_moment_does_nothing(cafe):
    makers.points_program(cafe)
    makers.purchase(cafe, shop.guest(cafe), 5000)
    turning.turn(merchant=cafe, to=makers.NOON + 40 * DAY)
    before = (entries(cafe), outbox(cafe))
    ran = turning.turn(merchant=cafe, to=makers.NOON + 40 * DAY)
    assert sum(ran.values()) == 0
    assert (entries(cafe), outbox(cafe)) == before


def test_two_years_of_nothing_take_few_steps(cafe, django_assert_max_num_queries):
    with django_assert_max_num_queries(24 * 40):
        turning.turn(merchant=cafe, to=makers.NOON + 730 * DAY)
