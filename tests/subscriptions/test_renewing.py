"""What happens by itself. Rule: docs/rules/vip.md, "Renewal"."""

import pytest

from loyalty import tenancy
from programs import catalogue
from programs.subscriptions import paying, renewing
from tests import makers
from tests.programs import books
from tests.subscriptions import shop
from tests.subscriptions.shop import MONTHLY, midnight, noon

pytestmark = pytest.mark.django_db


def test_30_paid_month_by_month_it_renews_on_28_february_31_march_and_30_april(gym, hers):
    for month, day in ((2, 28), (3, 31), (4, 30)):
        shop.live_until(gym, midnight(2026, month, day))
        assert shop.read(gym, hers).status == "past_due"
        shop.do(gym, paying.pay, hers)
    assert [day for day, _fee in shop.fees(gym, hers)] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]


def test_nothing_happens_until_midnight_of_the_renewal_day(gym, hers):
    assert shop.live_until(gym, noon(2026, 2, 27, hour=23)) == 0
    assert shop.read(gym, hers).status == "active"
    assert shop.live_until(gym, midnight(2026, 2, 28)) == 1


def test_while_the_fee_is_due_benefits_hold_for_the_grace(gym, mira, club, hers):
    shop.live_until(gym, midnight(2026, 2, 28))
    due = shop.read(gym, hers)
    assert (due.status, due.grace_until_at) == ("past_due", midnight(2026, 3, 14))
    assert shop.level(gym, mira, club) == "Club"
    shop.live_until(gym, noon(2026, 3, 13))
    assert shop.level(gym, mira, club) == "Club"


def test_after_the_grace_it_has_ended(gym, mira, club, hers):
    shop.live_until(gym, midnight(2026, 2, 28))
    shop.live_until(gym, midnight(2026, 3, 14))
    ended = shop.read(gym, hers)
    assert (ended.status, ended.ended_at, ended.next_due_at) == ("ended", midnight(2026, 3, 14), None)
    assert shop.level(gym, mira, club) == ""
    assert shop.changes(gym, mira)[-1] == ("Club", "", "unpaid", midnight(2026, 3, 14))


def test_without_a_grace_it_ends_on_the_renewal_day(gym, mira):
    hers = shop.subscribe(gym, mira, shop.club(gym, grace_days=0))
    assert shop.live_until(gym, midnight(2026, 2, 28)) == 2
    assert shop.read(gym, hers).status == "ended"


def test_however_late_it_runs_each_step_has_the_moment_at_which_it_was_due(gym, hers):
    assert shop.live_until(gym, noon(2026, 7, 1)) == 2
    assert shop.news(gym)[1:] == [("past_due", midnight(2026, 2, 28)), ("ended", midnight(2026, 3, 14))]


def test_three_months_missed_are_three_steps(gym, mira):
    hers = shop.subscribe(gym, mira, shop.club(gym, grace_days=90))
    assert shop.live_until(gym, noon(2026, 5, 1)) == 3
    assert shop.news(gym)[1:] == [
        ("past_due", midnight(2026, 2, 28)), ("past_due", midnight(2026, 3, 31)), ("past_due", midnight(2026, 4, 30)),
    ]  # fmt: skip
    assert shop.read(gym, hers).grace_until_at == midnight(2026, 5, 29)


def test_run_twice_it_does_nothing_the_second_time(gym, hers):
    shop.live_until(gym, noon(2026, 2, 28))
    before = books.rows(gym)
    assert shop.run_due(gym) == 0
    assert books.rows(gym) == before


def test_the_end_of_a_trial_makes_the_first_fee_due(gym, mira):
    program = shop.club(gym, MONTHLY | {"trial_days": 14})
    hers = shop.subscribe(gym, mira, program)
    shop.live_until(gym, midnight(2026, 2, 14))
    due = shop.read(gym, hers)
    assert (due.status, due.grace_until_at) == ("past_due", midnight(2026, 2, 28))
    shop.do(gym, paying.pay, hers)
    paid = shop.read(gym, hers)
    assert (paid.status, paid.period_ends_at) == ("active", midnight(2026, 3, 14))


def test_the_next_due_moment_is_the_nearest_of_all(gym, club, hers):
    makers.turn_to(gym, noon(2026, 2, 10))
    shop.subscribe(gym, makers.member(gym, "Jonas"), club)
    with tenancy.scope(gym):
        assert renewing.next_due_at() == midnight(2026, 2, 28)
    shop.live_until(gym, midnight(2026, 2, 28))
    with tenancy.scope(gym):
        assert renewing.next_due_at() == midnight(2026, 3, 10)


def test_a_limit_leaves_the_rest_for_the_next_round(gym, club, hers):
    shop.subscribe(gym, makers.member(gym, "Jonas"), club)
    makers.turn_to(gym, midnight(2026, 2, 28))
    with tenancy.scope(gym):
        assert [renewing.run_due(limit=1)["renewals"] for _ in range(3)] == [1, 1, 0]


def test_who_acts_on_a_subscription_brings_it_up_to_date_first(gym, hers):
    makers.turn_to(gym, noon(2026, 3, 1))
    shop.do(gym, paying.pay, hers)
    assert shop.read(gym, hers).status == "active"
    assert [kind for kind, _at in shop.news(gym)] == ["started", "past_due", "paid"]


def test_a_closed_program_is_not_renewed(gym, club, hers):
    with tenancy.scope(gym):
        catalogue.change(club, actor="", status="closed")
    shop.live_until(gym, midnight(2026, 2, 28))
    assert shop.read(gym, hers).status == "ended"
    assert shop.news(gym)[-1] == ("ended", midnight(2026, 2, 28))


@pytest.mark.parametrize(
    ("zone", "hour"), [("America/New_York", 5), ("Asia/Kolkata", -5.5), ("Pacific/Auckland", -13)]
)
def test_periods_end_at_midnight_where_the_merchant_is(db, zone, hour):
    from datetime import UTC, datetime, timedelta

    merchant = shop.gym(datetime(2026, 1, 15, 12, tzinfo=UTC), timezone=zone)
    hers = shop.subscribe(merchant, makers.member(merchant), shop.club(merchant))
    day = 16 if zone == "Pacific/Auckland" else 15
    assert hers.period_ends_at == datetime(2026, 2, day, tzinfo=UTC) + timedelta(hours=hour)
