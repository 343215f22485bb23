"""The test clock: everything that would have happened on the way, in its order, and the same in one turn or in many."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

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


@hypothesis(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    amounts=st.lists(st.integers(100, 6000), min_size=1, max_size=4),
    pending=st.integers(0, 10),
    months=st.integers(1, 2),
    required=st.integers(2, 5),
)
def test_one_turn_of_sixty_days_is_sixty_turns_of_a_day(db, amounts, pending, months, required):
    def life(turns):
        cafe = makers.merchant()
        rewards = [("Zwei Brötchen", 20), ("Landbrot", 60)]
        makers.points_program(
            cafe, rewards=rewards, pending_days=pending, expiry={"kind": "after", "months": months}
        )
        makers.punch_card(cafe, stamps_required=required, expiry={"kind": "inactivity", "months": 1})
        for name in ("jonas", "eda"):
            guest = shop.guest(cafe, name, f"{name}@example.org")
            for amount in amounts:
                makers.purchase(cafe, guest, amount)
        counted = [
            turning.turn(merchant=cafe, to=makers.NOON + n * 60 * DAY / turns) for n in range(1, turns + 1)
        ]
        ran = {name: sum(one[name] for one in counted) for name in counted[0]}
        return ran, entries(cafe), outbox(cafe)

    assert life(1) == life(60)
