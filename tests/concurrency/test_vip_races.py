"""Two cashiers, one guest: what is paid at the same moment is paid once."""

from datetime import UTC

import pytest

from loyalty import tenancy
from programs.subscriptions import changing, paying, renewing, seats, subscribing
from programs.subscriptions.models import Seat, Subscription
from tests import makers
from tests.concurrency.threads import at_once, codes
from tests.programs import books
from tests.subscriptions import shop


@pytest.fixture
def gym(real_database):
    merchant = shop.gym()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def mira(gym):
    return makers.member(gym, "Mira Sommer")


@pytest.fixture
def club(gym):
    return shop.club(gym, seats=2, gifts=["Ein Shake"])


@pytest.fixture
def hers(gym, mira, club):
    return shop.subscribe(gym, mira, club)


def test_of_four_payments_at_once_for_one_period_one_is_taken(gym, mira, hers):
    shop.live_until(gym, shop.noon(2026, 3, 1))
    seen = [shop.read(gym, hers) for _ in range(4)]
    results = at_once(gym, *[lambda one=one: paying.pay(one) for one in seen])
    assert codes(results) == ["already_paid"] * 3 + ["done"]
    assert shop.fees(gym, hers) == [("2026-01-31", 990), ("2026-02-28", 990)]
    assert len(shop.gifts(gym, mira)) == 2


def test_one_id_of_the_sender_at_once_is_one_fee_for_everybody(gym, hers):
    shop.live_until(gym, shop.noon(2026, 3, 1))
    seen = [shop.read(gym, hers) for _ in range(4)]
    results = at_once(gym, *[lambda one=one: paying.pay(one, external_id="bon-1") for one in seen])
    assert len({payment.id for payment, _is_repeat in results}) == 1
    assert sorted(is_repeat for _payment, is_repeat in results) == [False, True, True, True]


def test_of_four_subscriptions_at_once_one_is_begun(gym, mira, club):
    verbs = [lambda: subscribing.subscribe(member=mira, program=club, plan="Club")] * 4
    assert codes(at_once(gym, *verbs)) == ["already_subscribed"] * 3 + ["done"]
    with tenancy.scope(gym):
        assert Subscription.objects.count() == 1
    assert len(shop.gifts(gym, mira)) == 1


def test_of_two_seats_five_at_once_take_two(gym, hers):
    verbs = [lambda number=number: seats.add(hers, name=f"Kind {number}") for number in range(5)]
    assert codes(at_once(gym, *verbs)) == ["done"] * 2 + ["no_seat_left"] * 3
    with tenancy.scope(gym):
        assert Seat.objects.count() == 2


def test_workers_that_run_at_once_renew_once(gym, mira, club, hers):
    for number in range(6):
        shop.subscribe(gym, makers.member(gym, f"Gast {number}"), club)
    makers.turn_to(gym, shop.noon(2026, 3, 1).astimezone(UTC))
    results = at_once(gym, *[renewing.run_due] * 4)
    assert sum(done["renewals"] for done in results) == 7
    assert [kind for kind, _at in shop.news(gym)].count("past_due") == 7


def test_a_payment_beside_the_worker_is_taken_once_and_ends_active(gym, mira, hers):
    makers.turn_to(gym, shop.noon(2026, 3, 1).astimezone(UTC))
    seen = shop.read(gym, hers)
    at_once(gym, renewing.run_due, lambda: paying.pay(seen))
    shop.run_due(gym)
    assert shop.read(gym, hers).status == "active"
    assert len(shop.fees(gym, hers)) == 2


def test_cancelled_and_paid_at_once_it_is_one_after_the_other(gym, mira, club, hers):
    shop.live_until(gym, shop.noon(2026, 3, 1))
    seen = shop.read(gym, hers)
    results = at_once(gym, lambda: changing.cancel(hers, at="now"), lambda: paying.pay(seen))
    assert shop.read(gym, hers).status == "ended"
    assert shop.level(gym, mira, club) == ""
    assert codes(results) in (["done", "done"], ["done", "wrong_status"])
