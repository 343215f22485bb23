"""Every statement about a subscription names the merchant, and their number does not grow with what there is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import tenancy
from programs.subscriptions import changing, moving, paying, renewing, seats
from tests import makers
from tests.subscriptions import shop
from tests.tenancy.test_statements import NAMED, TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(gym):
    return shop.club(gym, seats=3, gifts=["Ein Shake"])


def counted(merchant, verb):
    """How many statements on tenants' tables a verb makes; each names the merchant."""
    with CaptureQueriesContext(connection) as seen, tenancy.scope(merchant):
        verb()
    on_tables = [
        query["sql"] for query in seen.captured_queries if re.search(rf"\b({TABLES})\b", query["sql"])
    ]
    assert [sql for sql in on_tables if not NAMED.search(sql)] == []
    return len(on_tables)


def test_the_whole_life_of_a_subscription_names_the_merchant(gym, mira, club):
    hers = []
    assert counted(gym, lambda: hers.append(shop.subscribe(gym, mira, club)))
    jonas = makers.member(gym, "Jonas")
    for verb in (
        lambda: seats.add(hers[0], name="Jonas", member=jonas),
        lambda: paying.pay(hers[0]),
        lambda: changing.pause(hers[0]),
        lambda: changing.resume(hers[0]),
        lambda: moving.move(jonas.id, makers.member(gym, "Karl").id),
        lambda: changing.cancel(hers[0], at="period_end"),
        lambda: moving.forget([mira.id]),
    ):
        assert counted(gym, verb)


def test_a_payment_costs_the_same_whoever_else_has_subscribed(gym, mira, club):
    hers = shop.subscribe(gym, mira, club)
    alone = counted(gym, lambda: paying.pay(shop.read(gym, hers)))
    for number in range(5):
        shop.subscribe(gym, makers.member(gym, f"Gast {number}"), club)
    shop.live_until(gym, shop.noon(2026, 3, 31))
    assert (
        counted(gym, lambda: paying.pay(shop.read(gym, hers))) == alone + 1
    )  # The free reward of the period.


def test_looking_where_nothing_is_due_is_one_statement(gym, club):
    assert counted(gym, renewing.run_due) == 1
