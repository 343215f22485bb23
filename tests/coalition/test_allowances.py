"""Caps and prepaid points trim what a purchase earns; the purchase is recorded all the same."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.events.models import Event
from programs import purchases
from programs.coalition import allowances
from programs.coalition.models import PrepaidBlock
from programs.purchases import NewPurchase
from tests.coalition.street import Street
from tests.makers import NOON

pytestmark = pytest.mark.django_db


def credit(street, shop, amount_minor, **sale):
    """(what was given, the reason's code)."""
    line = street.buy(shop, amount_minor, **sale).credits[0]
    return line.amount, line.because[0]["code"]


def block(street, shop, points, **options):
    with tenancy.scope(street.operator):
        return allowances.buy(street.partner(shop), points=points, price_minor=points, **options)


def used(street):
    with tenancy.scope(street.operator):
        return list(PrepaidBlock.objects.order_by("id").values_list("used", flat=True))


def events(street, kind):
    with tenancy.scope(street.operator):
        return Event.objects.filter(kind=kind).count()


def test_a_cap_of_150_a_month_gives_100_then_50_then_nothing_and_anew_next_month(street):
    anna = street.join("Anna", points_per_month=150)
    assert [credit(street, anna, 10_000) for _ in range(3)] == [
        (100, "earned"), (50, "partner_limit"), (0, "partner_limit"),
    ]  # fmt: skip
    street.turn_to(NOON + timedelta(days=20))
    assert credit(street, anna, 10_000) == (100, "earned")
    assert street.month("2026-03").partners[0].issued_points == 150


def test_a_preview_counts_nothing_as_given(street):
    anna = street.join("Anna", points_per_month=150)
    for _ in range(2):
        with street.at(anna):
            looked = purchases.preview(NewPurchase(street.jonas, 10_000, partner=anna.id))
        assert looked.credits[0].amount == 100


def test_who_bought_no_points_beforehand_gives_none():
    street = Street(billing="prepaid")
    anna = street.join("Anna")
    assert credit(street, anna, 10_000) == (0, "block_used_up")
    # The operator has nothing to buy from itself.
    assert credit(street, street.operator, 10_000) == (100, "earned")


def test_a_block_of_150_is_used_up_the_oldest_first():
    street = Street(billing="prepaid")
    anna = street.join("Anna")
    block(street, anna, 120)
    block(street, anna, 30)
    assert [credit(street, anna, 10_000) for _ in range(2)] == [(100, "earned"), (50, "block_used_up")]
    assert used(street) == [120, 30]
    assert street.month().partners[0].prepaid_minor == 150


def test_points_that_are_taken_back_can_be_given_again():
    street = Street(billing="prepaid")
    anna = street.join("Anna")
    block(street, anna, 100)
    bought = street.buy(anna, 10_000)
    street.refund(anna, bought, amount_minor=4_000)
    assert used(street) == [60]
    assert credit(street, anna, 10_000) == (40, "block_used_up")


def test_a_block_that_alerts_gives_on_and_tells_once():
    street = Street(billing="prepaid")
    anna = street.join("Anna")
    block(street, anna, 150, alert_below=100, when_used_up="alert")
    assert [credit(street, anna, 10_000) for _ in range(3)] == [(100, "earned")] * 3
    assert used(street) == [300]
    assert (events(street, "partner.block_low"), events(street, "partner.block_used_up")) == (1, 1)
