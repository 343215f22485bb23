"""Cancelling, pausing, going on. Rules: docs/rules/vip.md, "Cancelling" and "Pausing"."""

import pytest

from programs.subscriptions import changing, paying
from tests.programs import books
from tests.subscriptions import shop
from tests.subscriptions.shop import MONTHLY, midnight, noon

pytestmark = pytest.mark.django_db


def test_cancelled_now_it_ends_at_once(gym, mira, club, hers):
    shop.live_until(gym, noon(2026, 2, 10))
    ended = shop.do(gym, changing.cancel, hers, at="now")
    assert (ended.status, ended.ended_at) == ("ended", noon(2026, 2, 10))
    assert shop.level(gym, mira, club) == ""
    assert shop.changes(gym, mira)[-1] == ("Club", "", "cancelled", noon(2026, 2, 10))


def test_cancelled_at_the_periods_end_benefits_hold_until_then(gym, mira, club, hers):
    assert shop.do(gym, changing.cancel, hers, at="period_end").status == "cancelled"
    shop.live_until(gym, noon(2026, 2, 27))
    assert shop.level(gym, mira, club) == "Club"
    shop.live_until(gym, midnight(2026, 2, 28))
    assert shop.read(gym, hers).status == "ended"
    assert shop.changes(gym, mira)[-1] == ("Club", "", "cancelled", midnight(2026, 2, 28))


def test_a_period_paid_in_advance_is_had_before_it_ends(gym, hers):
    shop.do(gym, paying.pay, hers)
    shop.do(gym, changing.cancel, hers, at="period_end")
    shop.live_until(gym, midnight(2026, 2, 28))
    assert shop.read(gym, hers).status == "cancelled"
    shop.live_until(gym, midnight(2026, 3, 31))
    assert shop.read(gym, hers).status == "ended"


def test_a_cancellation_is_taken_back_within_the_period(gym, hers):
    shop.do(gym, changing.cancel, hers, at="period_end")
    back = shop.do(gym, changing.resume, hers)
    assert (back.status, back.cancelled_at, back.period_ends_at) == ("active", None, midnight(2026, 2, 28))
    shop.live_until(gym, midnight(2026, 2, 28))
    assert shop.read(gym, hers).status == "past_due"


def test_what_has_ended_is_not_taken_up_again(gym, hers):
    shop.do(gym, changing.cancel, hers, at="now")
    with books.refused(gym, "wrong_status", status="ended"):
        shop.do(gym, changing.resume, hers)


@pytest.mark.parametrize("at", ["now", "period_end"])
def test_cancelled_again_nothing_changes(gym, hers, at):
    shop.do(gym, changing.cancel, hers, at=at)
    before = books.rows(gym)
    shop.do(gym, changing.cancel, hers, at=at)
    assert books.rows(gym) == before


def test_who_cancels_while_the_fee_is_due_has_paid_for_nothing_more(gym, hers):
    shop.live_until(gym, noon(2026, 3, 1))
    assert shop.do(gym, changing.cancel, hers, at="period_end").status == "ended"


def test_a_trial_that_is_cancelled_lasts_to_its_end(gym, mira):
    hers = shop.subscribe(gym, mira, shop.club(gym, MONTHLY | {"trial_days": 14}))
    shop.do(gym, changing.cancel, hers, at="period_end")
    assert shop.do(gym, changing.resume, hers).status == "trialing"
    shop.do(gym, changing.cancel, hers, at="period_end")
    shop.live_until(gym, midnight(2026, 2, 14))
    assert shop.read(gym, hers).status == "ended"
    assert shop.fees(gym, hers) == []


def test_a_pause_keeps_the_days_that_are_left(gym, mira, club, hers):
    shop.live_until(gym, noon(2026, 2, 8))
    paused = shop.do(gym, changing.pause, hers)
    assert (paused.status, paused.days_left, paused.next_due_at) == ("paused", 20, None)
    assert shop.level(gym, mira, club) == ""
    assert shop.live_until(gym, noon(2026, 5, 1)) == 0
    resumed = shop.do(gym, changing.resume, hers)
    assert (resumed.status, resumed.period_ends_at) == ("active", midnight(2026, 5, 21))
    assert shop.level(gym, mira, club) == "Club"
    assert [change[2] for change in shop.changes(gym, mira)] == ["paid", "paused", "resumed"]


def test_after_a_pause_renewals_are_counted_from_the_new_end(gym, hers):
    shop.live_until(gym, noon(2026, 2, 8))
    shop.do(gym, changing.pause, hers)
    shop.live_until(gym, noon(2026, 5, 1))
    shop.do(gym, changing.resume, hers)
    shop.live_until(gym, midnight(2026, 5, 21))
    shop.do(gym, paying.pay, hers)
    assert shop.read(gym, hers).period_ends_at == midnight(2026, 6, 21)
    assert shop.fees(gym, hers)[-1] == ("2026-05-21", 990)


def test_a_pause_of_hours_moves_nothing(gym, hers):
    shop.do(gym, changing.pause, hers)
    assert shop.do(gym, changing.resume, hers).period_ends_at == midnight(2026, 2, 28)
    shop.live_until(gym, midnight(2026, 2, 28))
    assert shop.read(gym, hers).period_ends_at == midnight(2026, 3, 31)


def test_a_fee_that_is_due_is_not_paused_away(gym, hers):
    shop.live_until(gym, noon(2026, 3, 1))
    with books.refused(gym, "wrong_status", status="past_due"):
        shop.do(gym, changing.pause, hers)


def test_who_cancels_during_a_pause_still_has_the_days_left(gym, mira, club, hers):
    shop.live_until(gym, noon(2026, 2, 8))
    shop.do(gym, changing.pause, hers)
    shop.live_until(gym, noon(2026, 5, 1))
    cancelled = shop.do(gym, changing.cancel, hers, at="period_end")
    assert (cancelled.status, cancelled.period_ends_at) == ("cancelled", midnight(2026, 5, 21))
    assert shop.level(gym, mira, club) == "Club"
    shop.live_until(gym, midnight(2026, 5, 21))
    assert shop.read(gym, hers).status == "ended"
