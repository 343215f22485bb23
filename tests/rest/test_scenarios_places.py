"""Currencies without and with three decimals, other timezones, days with 23 and 25 hours, leap years: over HTTP."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests import makers
from tests.rest.conftest import Api, registered
from tests.rest.test_scenarios import Till


def till_in(currency, timezone, moment):
    clock = datetime(*moment, tzinfo=ZoneInfo(timezone))
    shop = registered(currency=currency, timezone=timezone, clock_at=clock)
    return Till(Api(shop.api_key), shop.merchant)


def at(till, *moment):
    makers.turn_to(till.merchant, datetime(*moment, tzinfo=ZoneInfo(till.merchant.timezone)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("currency", "per_minor", "amount_minor", "points", "said"),
    [("JPY", 100, 1999, 19, "100"), ("KWD", 1000, 19999, 19, "1"), ("EUR", 100, 1999, 19, "1")],
)
def test_currencies_count_in_their_own_minor_units(currency, per_minor, amount_minor, points, said):
    till = till_in(currency, "Asia/Tokyo", (2026, 3, 12, 12))
    till.points(earn={"per_minor": per_minor})
    bought = till.buy(amount_minor, currency=currency)
    assert (bought["currency"], bought["credits"][0]["amount"]) == (currency, points)
    assert said in bought["credits"][0]["because"][0]["text"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("currency", "amount_minor", "off"), [("JPY", 1015, 51), ("KWD", 1015, 51), ("EUR", 1015, 51)]
)
def test_a_percentage_is_rounded_to_the_smallest_coin_there_is(currency, amount_minor, off):
    till = till_in(currency, "Asia/Kuwait", (2026, 3, 12, 12))
    till.made("/programs", {"type": "discount_card", "name": "Karte", "discount_percent": "5"})
    assert till.buy(amount_minor)["discount_minor"] == off


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("timezone", "earned", "end"),
    [
        ("Europe/Berlin", (2026, 2, 28, 12), "2026-03-29T00:00:00+01:00"),
        ("Europe/Berlin", (2026, 9, 25, 12), "2026-10-26T00:00:00+01:00"),
        ("America/New_York", (2026, 1, 31, 23, 59), "2026-03-01T00:00:00-05:00"),
        ("America/New_York", (2024, 1, 31, 12), "2024-03-01T00:00:00-05:00"),
        ("Asia/Kathmandu", (2026, 1, 25, 0, 1), "2026-02-26T00:00:00+05:45"),
        ("Australia/Lord_Howe", (2026, 3, 5, 12), "2026-04-06T00:00:00+10:30"),
        ("Pacific/Apia", (2026, 12, 31, 12), "2027-02-01T00:00:00+13:00"),
    ],
)
def test_17_and_18_a_month_ends_at_midnight_of_the_merchants_day(timezone, earned, end):
    till = till_in("EUR", timezone, earned)
    till.points(expiry={"kind": "after", "months": 1})
    assert till.buy(100)["credits"][0]["expires_at"] == end
    assert till.account()["expiring"] == [{"amount": 1, "at": end}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rounding", "months", "earned", "end"),
    [
        ("month_end", 1, (2026, 1, 22, 12), "2026-03-01T00:00:00+01:00"),
        ("year_end", 36, (2025, 2, 10, 12), "2029-01-01T00:00:00+01:00"),
    ],
)
def test_17_rounded_ends(rounding, months, earned, end):
    till = till_in("EUR", "Europe/Berlin", earned)
    till.points(expiry={"kind": "after", "months": months, "round_to": rounding})
    assert till.buy(100)["credits"][0]["expires_at"] == end


@pytest.mark.django_db
def test_18_a_day_of_23_and_one_of_25_hours_are_a_day_for_pending_points():
    for earned, available in (
        ((2026, 3, 15, 12), "2026-03-29T00:00:00+01:00"),
        ((2026, 10, 11, 12), "2026-10-25T00:00:00+02:00"),
    ):
        till = till_in("EUR", "Europe/Berlin", earned)
        till.points(pending_days=14)
        assert till.buy(100)["credits"][0]["available_at"] == available


@pytest.mark.django_db
def test_19_pending_points_are_not_spendable_before_their_day_and_go_with_a_refund():
    till = till_in("EUR", "Europe/Berlin", (2026, 3, 12, 12))
    program = till.points(pending_days=14, expiry={"kind": "after", "months": 1})
    reward = till.reward(program, 10)
    bought, other = till.buy(1000), till.buy(500)
    assert bought["credits"][0]["expires_at"] == "2026-04-27T00:00:00+02:00"
    at(till, 2026, 3, 22, 12)
    assert till.refunded(other) == -5
    assert (till.balance(), till.account()["pending"]) == (0, 10)
    at(till, 2026, 3, 25, 23, 59)
    refused = till.api.post("/redemptions", {"member": till.member, "reward": reward})
    assert (refused.status_code, refused.json()["code"]) == (422, "insufficient_balance")
    at(till, 2026, 3, 26, 0, 0)
    assert till.redeem(reward)["balance"] == 0
