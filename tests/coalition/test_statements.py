"""Every statement on a tenant's table names the merchant, also those of the clearing, and there are few of them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import tenancy
from loyalty.tenancy import partners
from programs import purchases
from programs.coalition import allowances, settlement
from programs.purchases import NewPurchase
from rewards import checkout, redeeming
from tests.coalition.street import Street
from tests.tenancy.test_statements import NAMED, TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def street(db):
    return Street(billing="prepaid")


def counted(scope, verb):
    """How many statements a verb needs for what the coalition adds; all that touch tenants' tables are looked at."""
    with CaptureQueriesContext(connection) as seen, scope:
        verb()
    statements = [query["sql"] for query in seen.captured_queries]
    on_tables = [sql for sql in statements if re.search(rf"\b({TABLES})\b", sql)]
    assert [sql for sql in on_tables if not NAMED.search(sql)] == []
    return len([sql for sql in on_tables if "coalition_" in sql])


def test_what_the_clearing_adds_to_each_verb(street):
    anna = street.join("Anna", points_per_month=1_000_000)
    with tenancy.scope(street.operator):
        allowances.buy(street.partner(anna), points=1_000_000, price_minor=0)
    bought = street.buy(anna, 10_000)
    street.buy(street.operator, 10_000)
    reward = street.reward(10)
    sale = NewPurchase(street.jonas, 10_000, partner=anna.id)
    own = NewPurchase(street.jonas, 10_000)
    asked = {
        "purchase": counted(street.at(street.operator), lambda: purchases.record(own)),
        "capped": counted(street.at(anna), lambda: purchases.record(sale)),
        "redemption": counted(street.at(anna), lambda: redeeming.redeem(member=street.jonas, reward=reward)),
        "refund": counted(street.at(anna), lambda: checkout.give_back(bought.purchase, amount_minor=500)),
        "settlement": counted(
            street.at(street.operator),
            lambda: settlement.of_month(street.program, settlement.read_month("2026-03")),
        ),
    }
    assert asked == {"purchase": 1, "capped": 6, "redemption": 2, "refund": 4, "settlement": 3}


def test_a_partner_reads_in_statements_that_name_the_merchant(street):
    anna = street.join("Anna")
    street.buy(anna, 10_000)

    def read():
        with partners.reading():
            settlement.of_month(street.program, settlement.read_month("2026-03"))

    assert counted(street.at(anna), read) == 3
