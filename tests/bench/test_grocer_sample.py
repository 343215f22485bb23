"""A few households at a real grocer's: what they have at each month's end is what they deserve, by two computations.

The whole year of all households: ./run bench grocer.
"""

from bench import grocer, grocery, journey

HOUSEHOLDS = 20
# Until August, so that points expire and tiers are lost, and the club has begun. Summer time begins in the eleventh.
WEEKS = 32


def test_every_household_has_what_it_deserves_month_after_month_and_the_books_balance(real_database):
    year = journey.load(HOUSEHOLDS, WEEKS)
    shops = grocery.open_shop(grocer.OPENING)
    grocery.let_join(shops, year.baskets["household_id"].unique())
    done = 0
    for month, count, _turned in grocer.months(grocery, shops, year, 200):
        assert grocery.standings(shops) == month.households
        assert grocery.cleared(shops, month.month) == month.cleared
        done += count
    assert done == len(year.baskets)
    assert grocery.check(shops) == []
    totals = grocery.totals(shops)
    assert totals["purchases"] == len(year.baskets)
    assert totals["minor units"] == int(year.baskets["amount_minor"].sum())
    assert totals["rewards taken"] > 0
