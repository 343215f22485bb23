"""A whole sale: vouchers take money off, once; a refusal leaves nothing behind."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from members.models import Member
from programs.models import Purchase
from programs.purchases import Item
from rewards import catalogue, checkout, redeeming, vouchers
from rewards.models import Voucher
from tests import makers
from tests.makers import NOON
from tests.programs import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


@pytest.fixture
def code(cafe, jonas):
    """A function that makes a voucher of a reward with these columns, and returns its code."""
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 10_000)

    def make(**columns):
        with tenancy.scope(cafe):
            wanted = catalogue.create_reward(program=program, name="Gutschein", cost=1, **columns)
            redemption = redeeming.redeem(member=jonas, reward=wanted, use="later")
            return Voucher.objects.get(redemption=redemption).code

    return make


def off(**columns):
    return {"kind": "amount_off", "value_minor": 500} | columns


def percent(number, **columns):
    return {"kind": "percent_off", "percent": number} | columns


def refused(cafe, code, sale, **facts):
    with books.refused(cafe, code, **facts):
        checkout.ring_up(sale)


def test_ten_percent_off_a_hundred_earns_ninety(cafe, jonas, code):
    bought = makers.purchase(cafe, jonas, 10_000, vouchers=(code(**percent(10)),))
    purchase = bought.purchase
    assert (purchase.discount_minor, purchase.net_minor, bought.credits[0].amount) == (1000, 9000, 90)
    with tenancy.scope(cafe):
        voucher = Voucher.objects.get()
    assert (voucher.status, voucher.used_in_id) == ("used", purchase.id)


def test_several_vouchers_in_the_order_of_the_rule(cafe, jonas, code):
    whole, item = code(**off()), code(**percent(50, skus=["brot"]))
    bought = makers.purchase(
        cafe, jonas, 2000, items=(Item(1000, "brot"), Item(1000)), vouchers=(whole, item)
    )
    assert [(row["voucher"], row["amount_minor"]) for row in bought.purchase.discounts] == [
        (item, 500),
        (whole, 500),
    ]
    assert (
        sum(row["discount_minor"] for row in bought.purchase.items) == bought.purchase.discount_minor == 1000
    )


def test_a_purchase_is_never_below_zero(cafe, jonas, code):
    purchase = makers.purchase(cafe, jonas, 300, vouchers=(code(**off()),)).purchase
    assert (purchase.discount_minor, purchase.net_minor) == (300, 0)


def test_a_used_voucher_refuses_the_sale(cafe, jonas, code):
    one = code(**off())
    makers.purchase(cafe, jonas, 1000, vouchers=(one,))
    refused(cafe, "code_used", checkout.Sale(jonas, 1000, vouchers=(one,)))


def test_one_voucher_twice_in_a_sale_is_refused(cafe, jonas, code):
    one = code(**off())
    refused(cafe, "code_used", checkout.Sale(jonas, 1000, vouchers=(one, f"{one[:4]}-{one[4:]}")))


def test_a_void_or_expired_voucher_refuses_the_sale(cafe, jonas, code):
    void, old = code(**off()), code(**off(valid_days=1))
    with tenancy.scope(cafe):
        vouchers.void(vouchers.find(void))
    refused(cafe, "code_void", checkout.Sale(jonas, 1000, vouchers=(void,)))
    makers.turn_to(cafe, NOON + timedelta(days=3))
    refused(cafe, "code_expired", checkout.Sale(jonas, 1000, vouchers=(old,)))


def test_what_is_handed_over_takes_nothing_off(cafe, jonas, code):
    refused(cafe, "not_a_discount", checkout.Sale(jonas, 1000, vouchers=(code(),)))


def test_a_voucher_that_needs_a_larger_purchase(cafe, jonas, code):
    one = code(**off(min_purchase_minor=2000))
    refused(cafe, "below_minimum", checkout.Sale(jonas, 1999, vouchers=(one,)), minimum_minor=2000)
    assert makers.purchase(cafe, jonas, 2000, vouchers=(one,)).purchase.net_minor == 1500


def test_a_voucher_for_other_items_is_not_used_up(cafe, jonas, code):
    one = code(**percent(50, skus=["brot"]))
    refused(cafe, "not_eligible", checkout.Sale(jonas, 1000, items=(Item(1000, "torte"),), vouchers=(one,)))


def test_an_unknown_code_refuses_the_sale(cafe, jonas, code):
    refused(cafe, "not_found", checkout.Sale(jonas, 1000, vouchers=("FALSCH",)))


def test_a_repeat_answers_with_the_first_purchase_and_uses_no_voucher(cafe, jonas, code):
    one, other = code(**off()), code(**off())
    first = makers.purchase(cafe, jonas, 1000, external_id="bon-1", vouchers=(one,))
    for used in (one, other):
        again = makers.purchase(cafe, jonas, 1000, external_id="bon-1", vouchers=(used,))
        assert (again.is_repeat, again.purchase.id) == (True, first.purchase.id)
    with tenancy.scope(cafe):
        assert Voucher.objects.get(code=other).status == "open"


def test_a_preview_uses_no_voucher(cafe, jonas, code):
    one = code(**off())
    before = books.rows(cafe)
    with tenancy.scope(cafe):
        seen = checkout.ring_up(checkout.Sale(jonas, 1000, vouchers=(one,)), preview=True)
    assert (seen.purchase.discount_minor, seen.credits[0].amount) == (500, 5)
    assert books.rows(cafe) == before


def test_in_a_batch_a_refused_voucher_costs_its_own_row_alone(cafe, jonas, code):
    one = code(**off())
    sales = [
        checkout.Sale(jonas, 1000),
        checkout.Sale(jonas, 1000, vouchers=(one,)),
        checkout.Sale(jonas, 1000, vouchers=(one,)),
        checkout.Sale(jonas, 1000),
    ]
    with tenancy.scope(cafe):
        results = checkout.ring_up_many(sales)
        assert [getattr(result, "code", "recorded") for result in results] == [
            "recorded", "recorded", "code_used", "recorded",
        ]  # fmt: skip
        assert Purchase.objects.count() == 4
        assert Member.objects.get(id=jonas.id).visits == 4
