"""Fees at the counter. Rule: docs/rules/vip.md, "Fees"."""

from datetime import date

import pytest

from loyalty import tenancy
from programs.subscriptions import paying
from tests import makers
from tests.programs import books
from tests.subscriptions import shop
from tests.subscriptions.shop import MONTHLY, midnight, noon

pytestmark = pytest.mark.django_db


def test_a_due_fee_that_is_paid_makes_it_active_again_from_the_same_day_on(gym, hers):
    shop.live_until(gym, noon(2026, 3, 5))
    shop.do(gym, paying.pay, hers, actor="Aylin")
    paid = shop.read(gym, hers)
    assert (paid.status, paid.grace_until_at) == ("active", None)
    assert (paid.period_starts_at, paid.period_ends_at) == (midnight(2026, 2, 28), midnight(2026, 3, 31))
    assert shop.fees(gym, hers) == [("2026-01-31", 990), ("2026-02-28", 990)]


def test_paid_twice_in_a_period_pays_the_next_one_in_advance(gym, hers):
    shop.do(gym, paying.pay, hers)
    assert shop.live_until(gym, noon(2026, 3, 1)) == 1
    assert shop.read(gym, hers).status == "active"
    assert shop.fees(gym, hers) == [("2026-01-31", 990), ("2026-02-28", 990)]
    assert shop.news(gym)[-1] == ("renewed", midnight(2026, 2, 28))


def test_no_more_than_the_next_period_is_paid_in_advance(gym, hers):
    shop.do(gym, paying.pay, hers)
    with books.refused(gym, "nothing_due"):
        shop.do(gym, paying.pay, hers)


def test_a_fee_paid_in_a_trial_is_that_of_the_first_period(gym, mira):
    program = shop.club(gym, MONTHLY | {"trial_days": 14})
    hers = shop.subscribe(gym, mira, program)
    shop.do(gym, paying.pay, hers)
    assert shop.read(gym, hers).status == "trialing"
    shop.live_until(gym, midnight(2026, 2, 14))
    now = shop.read(gym, hers)
    assert (now.status, now.period_ends_at) == ("active", midnight(2026, 3, 14))
    assert shop.fees(gym, hers) == [("2026-02-14", 990)]


def test_the_same_id_of_the_sender_again_is_the_first_payment_again(gym, hers):
    first, was_there = shop.do(gym, paying.pay, hers, external_id="bon-7")
    again, is_there = shop.do(gym, paying.pay, hers, external_id="bon-7")
    assert (first.id, was_there, is_there) == (again.id, False, True)
    assert len(shop.fees(gym, hers)) == 2


def test_an_id_that_stands_for_anothers_fee_is_refused(gym, club, hers):
    his = shop.subscribe(gym, makers.member(gym, "Jonas"), club, external_id="bon-1")
    with books.refused(gym, "external_id_used", external_id="bon-1"):
        shop.do(gym, paying.pay, hers, external_id="bon-1")
    assert shop.fees(gym, his) == [("2026-01-31", 990)]


def test_what_somebody_else_has_taken_since_one_looked_is_not_taken_again(gym, hers):
    with tenancy.scope(gym):
        paying.pay(hers)
    with books.refused(gym, "already_paid"):
        paying.pay(hers)


def test_who_names_the_period_pays_that_one_and_no_other(gym, hers):
    with books.refused(gym, "already_paid", period_starts_on="2026-02-28"):
        shop.do(gym, paying.pay, hers, starts_on=date(2026, 1, 31))
    shop.do(gym, paying.pay, hers, starts_on=date(2026, 2, 28))


def test_two_fees_owed_are_paid_one_after_the_other(gym, mira):
    hers = shop.subscribe(gym, mira, shop.club(gym, grace_days=60))
    shop.live_until(gym, noon(2026, 4, 2))
    shop.do(gym, paying.pay, hers)
    still = shop.read(gym, hers)
    assert (still.status, still.grace_until_at) == ("past_due", midnight(2026, 5, 30))
    shop.do(gym, paying.pay, hers)
    assert shop.read(gym, hers).status == "active"
    assert [day for day, _fee in shop.fees(gym, hers)] == ["2026-01-31", "2026-02-28", "2026-03-31"]


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_a_fee_is_not_taken_from_who_rests_or_leaves(gym, hers, verb):
    from programs.subscriptions import changing

    shop.do(gym, getattr(changing, verb), hers, **({"at": "period_end"} if verb == "cancel" else {}))
    status = "paused" if verb == "pause" else "cancelled"
    with books.refused(gym, "wrong_status", status=status):
        shop.do(gym, paying.pay, hers)
