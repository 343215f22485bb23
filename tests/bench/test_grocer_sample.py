"""Forty households at a real grocer's: what they have after thirteen weeks is what they deserve, by two computations.

The whole year of all households: ./run bench grocer.
"""

import pytest

from bench import grocery, journey
from bench.grocer import CLOSING, OPENING

pytestmark = pytest.mark.django_db

HOUSEHOLDS = 40
# Summer time begins in the eleventh.
WEEKS = 13


@pytest.fixture(scope="module")
def year():
    return journey.load(HOUSEHOLDS, WEEKS)


def test_every_household_has_what_it_deserves_and_the_books_balance(year):
    shop = grocery.open_shop(OPENING)
    grocery.let_join(shop, year.baskets["household_id"].unique())
    grocery.turn_clock(shop, CLOSING)
    done = list(grocery.feed(shop, year, 200))
    assert done == [200, 400, 600, len(year.baskets)]
    wanted = journey.deserved(year)
    assert len(wanted) == HOUSEHOLDS
    assert grocery.standings(shop) == wanted
    assert grocery.check(shop) == []
    totals = grocery.totals(shop)
    assert totals["purchases"] == len(year.baskets)
    assert totals["minor units"] == int(year.baskets["amount_minor"].sum())
