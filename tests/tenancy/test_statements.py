"""Every statement on a tenant's table names the merchant, and their number does not grow with what there is."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import tenancy
from loyalty.tenancy.engine.base import is_tenant
from programs import adjusting, catalogue, enrolling, settling
from rewards import catalogue as rewards
from rewards import checkout, redeeming, standing, vouchers
from rewards.models import Redemption, Voucher
from tests import makers
from tests.makers import NOON

pytestmark = pytest.mark.django_db
TABLES = "|".join(model._meta.db_table for model in apps.get_models() if is_tenant(model))
# As many as they are now: more is a question to ask, not a law.
PURCHASE, REFUND, REDEMPTION, CANCELLATION = 9, 20, 12, 16
# Settling: the news of it among them.
SETTLING, JOINING, STANDING, ADJUSTMENT = 8, 9, 4, 8
# What a policy says is not enough: each shard would be asked.
NAMED = re.compile(r"""merchant_id"? = |\(merchant_id, |INSERT INTO "?\w+"? \(.*"?merchant_id""")


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


@pytest.fixture
def counted(cafe):
    """A function that runs a verb in the scope, checks its statements, and returns how many they are."""

    def count(verb):
        # A first program is read from the cache, whoever read it.
        with tenancy.scope(cafe):
            catalogue.live()
        with CaptureQueriesContext(connection) as seen, tenancy.scope(cafe):
            verb()
        statements = [query["sql"] for query in seen.captured_queries]
        on_tables = [sql for sql in statements if re.search(rf"\b({TABLES})\b", sql)]
        assert [sql for sql in on_tables if not NAMED.search(sql)] == []
        return len(on_tables)

    return count


def programs(cafe, count):
    for _ in range(count):
        makers.points_program(cafe)


def open_everything(cafe, jonas):
    """The first purchase opens the accounts, which costs statements of its own."""
    makers.purchase(cafe, jonas, 1000)


@pytest.mark.parametrize("count", [1, 3])
def test_a_purchase(cafe, jonas, counted, count):
    programs(cafe, count)
    open_everything(cafe, jonas)
    assert counted(lambda: checkout.ring_up(checkout.Sale(jonas, 1000))) == PURCHASE


def test_a_purchase_with_an_external_id(cafe, jonas, counted):
    programs(cafe, 1)
    open_everything(cafe, jonas)
    sale = checkout.Sale(jonas, 1000, external_id="bon-1")
    # One more: whether it is there already.
    assert counted(lambda: checkout.ring_up(sale)) == PURCHASE + 1


@pytest.mark.parametrize("count", [2, 50])
def test_a_batch_takes_no_more_than_one_purchase(cafe, jonas, counted, count):
    programs(cafe, 2)
    ines = makers.member(cafe, "Ines")
    for member in (jonas, ines):
        open_everything(cafe, member)
    sales = [checkout.Sale(member, 1000) for member in (jonas, ines)] * (count // 2)
    # One more: all members of the batch are locked before its first row.
    assert counted(lambda: checkout.ring_up_many(sales)) == PURCHASE + 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_refund(cafe, jonas, counted, count):
    programs(cafe, count)
    bought = makers.purchase(cafe, jonas, 1000)
    assert counted(lambda: checkout.give_back(bought.purchase, amount_minor=500)) == REFUND


def test_a_redemption_and_its_cancellation(cafe, jonas, counted):
    program = makers.points_program(cafe, rewards=[("Krapfen", 5)])
    open_everything(cafe, jonas)
    with tenancy.scope(cafe):
        reward = rewards.available().get(program=program)
    assert counted(lambda: redeeming.redeem(member=jonas, reward=reward, use="later")) == REDEMPTION
    with tenancy.scope(cafe):
        redemption, voucher = Redemption.objects.get(), Voucher.objects.get()
    assert counted(lambda: redeeming.cancel(redemption)) == CANCELLATION
    assert counted(lambda: vouchers.status(vouchers.find(voucher.code))) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_settling(cafe, jonas, counted, count):
    makers.points_program(cafe, expiry={"kind": "after", "months": 1})
    for number in range(count):
        makers.purchase(cafe, makers.member(cafe, f"Gast {number}"), 1000)
    makers.turn_to(cafe, NOON.replace(year=2027))
    assert counted(settling.settle_due) == SETTLING


@pytest.mark.parametrize("count", [1, 3])
def test_joining(cafe, counted, count):
    for _ in range(count):
        makers.punch_card(cafe, welcome_stamps=2)
    assert counted(lambda: enrolling.join(name="Neu")) == JOINING


@pytest.mark.parametrize("count", [1, 3])
def test_a_standing(cafe, jonas, counted, count):
    programs(cafe, count)
    makers.punch_card(cafe)
    members = [jonas, makers.member(cafe, "Ines")]
    for member in members:
        open_everything(cafe, member)
    assert counted(lambda: standing.of(jonas)) == STANDING
    assert counted(lambda: standing.of_many(members)) == STANDING


def test_an_adjustment(cafe, jonas, counted):
    program = makers.points_program(cafe)
    open_everything(cafe, jonas)
    verb = lambda: adjusting.adjust(member=jonas, program=program, amount=5, reason="Kulanz", actor="")  # noqa: E731
    assert counted(verb) == ADJUSTMENT
