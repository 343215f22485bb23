"""Partners of a coalition at the same moment: what they may still give is counted once."""

import pytest

from loyalty import tenancy
from programs import purchases
from programs.coalition import allowances
from programs.coalition.models import PrepaidBlock
from programs.purchases import NewPurchase
from rewards import redeeming
from tests import makers
from tests.coalition.street import Street
from tests.concurrency.threads import at_once


@pytest.fixture
def street(real_database):
    street = Street(billing="prepaid")
    yield street
    street.month()


@pytest.fixture
def guests(street):
    return [makers.member(street.operator, f"Gast {number}") for number in range(10)]


def bought_at_once(street, shop, guests):
    """What each got."""
    sales = [NewPurchase(guest, 10_000, partner=shop.id) for guest in guests]
    verbs = [lambda sale=sale: purchases.record(sale) for sale in sales]
    results = at_once(street.operator, *verbs, acting=shop)
    return sorted(one.credits[0].amount for one in results)


def test_of_ten_purchases_at_once_a_block_of_300_pays_for_three(street, guests):
    anna = street.join("Anna")
    with tenancy.scope(street.operator):
        allowances.buy(street.partner(anna), points=300, price_minor=300)
    assert bought_at_once(street, anna, guests) == [0] * 7 + [100] * 3
    with tenancy.scope(street.operator):
        assert PrepaidBlock.objects.get().used == 300


def test_of_ten_purchases_at_once_a_cap_of_250_trims(street, guests):
    anna = street.join("Anna", points_per_month=250)
    with tenancy.scope(street.operator):
        allowances.buy(street.partner(anna), points=10_000, price_minor=0)
    assert bought_at_once(street, anna, guests) == [0] * 7 + [50, 100, 100]


def test_of_ten_redemptions_at_ten_tills_one_is_paid(street, guests):
    shop = street.operator
    street.buy(shop, 10_000, guests[0])
    reward = street.reward(100)
    bert = street.join("Bert")
    verbs = [lambda: redeeming.redeem(member=guests[0], reward=reward)] * 10
    results = at_once(street.operator, *verbs, acting=bert)
    assert sum(getattr(one, "cost", 0) == 100 for one in results) == 1
    assert street.nets()[0]["Bert"] == 100
