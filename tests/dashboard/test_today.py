"""Today at the counter, against the usual same weekday."""

from loyalty import clock
from loyalty.dashboard import today
from rewards import checkout, redeeming, standing
from tests import makers

ZONE = "Europe/Berlin"


def asked(shop, since=(2026, 1, 1)):
    shop.merchant.created_at = shop.merchant.created_at.replace(year=since[0], month=since[1], day=since[2])
    with shop.at(2026, 3, 12, 11, 30).scope():  # Thursday, 12:30 in Berlin.
        now = clock.now()
        return today.today(now, ZONE, today.usual(now, ZONE, shop.merchant.created_at))


def test_counts_stamps_redemptions_and_new_cards_of_today(shop):
    makers.punch_card(shop.at(2026, 3, 1, 9).merchant, stamps_required=2, welcome_stamps=1)
    anna = shop.guest("Anna")
    shop.at(2026, 3, 11, 9).buys(anna)
    shop.at(2026, 3, 12, 8).buys(anna)
    bert = shop.at(2026, 3, 12, 9).guest("Bert")
    shop.buys(bert)
    with shop.scope():
        redeeming.redeem(member=anna, reward=standing.of(anna)[0].unlocked[0])
    found = asked(shop)
    assert (found.visits, found.stamps, found.redemptions, found.new_cards) == (2, 2, 1, 1)


def test_hours_are_those_of_the_shops_timezone(shop):
    anna = shop.at(2026, 3, 1, 9).guest("Anna")
    shop.at(2026, 3, 11, 22, 59).buys(anna)  # 23:59 yesterday.
    shop.at(2026, 3, 11, 23, 0).buys(anna)  # 0:00 today.
    shop.at(2026, 3, 12, 7, 15).buys(anna)  # 8:15.
    found = asked(shop)
    assert found.hours == list(range(19))
    counts = dict(zip(found.hours, found.counts, strict=True))
    assert (counts[0], counts[8], counts[12]) == (1, 1, 0)
    assert counts[13] is None  # Not come yet.


def test_the_usual_is_the_average_of_the_last_eight_same_weekdays(shop):
    anna = shop.at(2026, 1, 5, 9).guest("Anna")
    for month, day in ((3, 5), (2, 26)):  # Two Thursdays of eight.
        shop.at(2026, month, day, 8).buys(anna)
    shop.at(2026, 2, 26, 8, 30).buys(anna)
    shop.at(2026, 3, 11, 8).buys(anna)  # A Wednesday.
    found = asked(shop)
    assert found.usual[found.hours.index(9)] == 3 / 8


def test_weekdays_before_the_shop_began_are_no_part_of_the_usual(shop):
    anna = shop.at(2026, 2, 25, 9).guest("Anna")
    shop.at(2026, 3, 5, 8).buys(anna)
    found = asked(shop, since=(2026, 2, 20))  # Since then two Thursdays: 26 February and 5 March.
    assert found.usual[found.hours.index(9)] == 1 / 2


def test_one_day_is_no_habit(shop):
    anna = shop.at(2026, 3, 2, 9).guest("Anna")
    shop.at(2026, 3, 5, 8).buys(anna)
    found = asked(shop, since=(2026, 3, 1))
    assert (found.usual, found.pace) == ([], None)


def test_the_pace_counts_the_hour_that_runs_in_part(shop):
    anna = shop.at(2026, 1, 1, 9).guest("Anna")
    for day in (5, 26):
        month = 3 if day == 5 else 2
        shop.at(2026, month, day, 8).buys(anna)  # 9 o'clock: one on each of the two days.
        for minute in (1, 2):
            shop.at(2026, month, day, 11, minute).buys(anna)  # 12 o'clock: two on each.
    shop.at(2026, 3, 12, 8).buys(anna)
    # Usual until 12:30: 1 + 2 × 30/60 = 2 a day; today one.
    assert asked(shop, since=(2026, 2, 20)).pace == 0.5


def test_a_returned_purchase_is_no_visit_today(shop):
    anna = shop.at(2026, 3, 12, 8).guest("Anna")
    bought = shop.buys(anna)
    with shop.scope():
        checkout.give_back(bought.purchase)
    assert asked(shop).visits == 0
