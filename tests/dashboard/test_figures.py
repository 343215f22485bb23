"""The four figures, with values that can be counted by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import clock
from loyalty.dashboard import figures
from programs import refunding
from rewards import catalogue, checkout, redeeming, standing
from rewards.models import Reward, Voucher
from tests import makers

ZONE = "Europe/Berlin"
NOW = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def priced(shop, cost_minor=85, **settings):
    """A punch card whose reward costs the shop 85 cents."""
    program = makers.punch_card(shop.at(2025, 12, 1, 9).merchant, **settings)
    with shop.scope():
        Reward.objects.update(cost_to_merchant_minor=cost_minor)
    return program


def asked(shop, question, *arguments, **named):
    with shop.scope():
        return question(clock.now(), *arguments, **named)


# --- Come again -----------------------------------------------------------------------------------------------


def test_came_again_is_the_share_of_last_months_guests_who_came_this_month(shop):
    shop.at(2026, 1, 5, 9)
    anna, bert, carl, dora = (shop.guest(name) for name in ("Anna", "Bert", "Carl", "Dora"))
    for guest in (anna, bert, carl):
        shop.at(2026, 2, 10, 9).buys(guest)
    shop.at(2026, 2, 11, 9).buys(anna)
    shop.at(2026, 3, 2, 9).buys(anna)
    shop.at(2026, 3, 3, 9).buys(anna)
    shop.at(2026, 3, 4, 9).buys(bert)
    shop.at(2026, 3, 5, 9).buys(dora)  # Was not here in February: no part of the whole.
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.came_again, ZONE) == figures.Share(2, 3)


def test_the_month_begins_at_midnight_of_the_shops_timezone(shop):
    anna = shop.at(2026, 1, 5, 9).guest("Anna")
    shop.at(2026, 1, 31, 22, 59).buys(anna)  # 23:59 in Berlin: still January.
    shop.at(2026, 1, 31, 23, 0).buys(anna)  # 0:00 in Berlin: February.
    shop.at(2026, 2, 20, 12)
    assert asked(shop, figures.came_again, ZONE) == figures.Share(1, 1)
    assert asked(shop, figures.came_again, "UTC") == figures.Share(0, 1)


def test_the_month_before_is_looked_at_up_to_the_same_day(shop):
    anna = shop.at(2026, 1, 5, 9).guest("Anna")
    bert = shop.guest("Bert")
    for guest in (anna, bert):
        shop.at(2026, 1, 10, 9).buys(guest)
    shop.at(2026, 2, 10, 9).buys(anna)
    shop.at(2026, 2, 20, 9).buys(bert)  # After the 12th: not counted in the comparison.
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.came_again_before, ZONE) == figures.Share(1, 2)
    assert asked(shop, figures.came_again_in, ZONE, 1) == figures.Share(2, 2)


def test_a_purchase_returned_in_full_is_no_visit(shop):
    anna = shop.at(2026, 2, 5, 9).guest("Anna")
    shop.buys(anna)
    bought = shop.at(2026, 3, 2, 9).buys(anna)
    with shop.scope():
        checkout.give_back(bought.purchase)
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.came_again, ZONE) == figures.Share(0, 1)


def test_without_last_month_there_is_no_share(shop):
    shop.buys(shop.guest())
    assert asked(shop, figures.came_again, ZONE).percent is None


# --- Visits ---------------------------------------------------------------------------------------------------


def test_visits_are_counted_in_spans_of_seven_days_that_end_now(shop):
    anna = shop.at(2026, 1, 1, 9).guest("Anna")
    for moment in (
        (2026, 3, 12, 11),
        (2026, 3, 5, 13),
        (2026, 3, 5, 12),
        (2026, 3, 5, 11),
        (2026, 2, 26, 13),
    ):
        shop.at(*moment).buys(anna)
    shop.at(2026, 3, 12, 12)
    # Exactly seven days ago belongs to the week before: its end is now, less seven days.
    assert asked(shop, figures.visits_by_week, 3) == [0, 3, 2]


def test_purchases_without_a_card_are_no_visits_with_one(shop):
    shop.at(2026, 3, 12, 11).buys(None)
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.visits_by_week, 2) == [0, 0]


# --- Cost -----------------------------------------------------------------------------------------------------


def filled_card(shop, guest, count=10):
    for number in range(count):
        shop.at(2026, 3, 1 + number, 9).buys(guest, 400)


def test_cost_is_rewards_at_purchase_price_of_the_revenue_with_card(shop):
    priced(shop)
    anna = shop.at(2026, 2, 20, 9).guest("Anna")
    filled_card(shop, anna)
    with shop.at(2026, 3, 11, 9).scope():
        redeeming.redeem(member=anna, reward=standing.of(anna)[0].unlocked[0])
    shop.buys(None, 100_000)  # Without a card: no part of the revenue with one.
    shop.at(2026, 3, 12, 12)
    cost = asked(shop, figures.cost)
    assert cost == figures.Cost(rewards_minor=85, revenue_minor=4000, unpriced=0)
    assert cost.percent == Decimal("2.125")


def test_what_is_given_back_is_no_revenue(shop):
    anna = shop.guest("Anna")
    bought = shop.buys(anna, 1000)
    with shop.scope():
        refunding.refund(bought.purchase, amount_minor=250)
    assert asked(shop, figures.cost).revenue_minor == 750


def test_a_reward_without_a_price_counts_as_nothing_and_is_told(shop):
    makers.punch_card(shop.at(2025, 12, 1, 9).merchant)
    anna = shop.at(2026, 2, 20, 9).guest("Anna")
    filled_card(shop, anna)
    with shop.scope():
        redeeming.redeem(member=anna, reward=standing.of(anna)[0].unlocked[0])
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.cost) == figures.Cost(rewards_minor=0, revenue_minor=4000, unpriced=1)


def test_a_cancelled_redemption_costs_nothing(shop):
    priced(shop)
    anna = shop.at(2026, 2, 20, 9).guest("Anna")
    filled_card(shop, anna)
    with shop.scope():
        redemption = redeeming.redeem(member=anna, reward=standing.of(anna)[0].unlocked[0])
        redeeming.cancel(redemption)
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.cost).rewards_minor == 0


def test_money_off_costs_what_was_taken_off(shop):
    program = makers.points_program(shop.merchant)
    with shop.scope():
        voucher = catalogue.create_reward(
            program=program, name="5 € off", kind="amount_off", value_minor=500, cost=10
        )
    anna = shop.guest("Anna")
    shop.buys(anna, 2000)
    with shop.scope():
        redemption = redeeming.redeem(member=anna, reward=voucher, use="later")
        code = Voucher.objects.get(redemption=redemption).code
        checkout.ring_up(checkout.Sale(member=anna, amount_minor=3000, vouchers=(code,)))
    assert asked(shop, figures.cost) == figures.Cost(rewards_minor=500, revenue_minor=4500, unpriced=0)


def test_cost_looks_at_thirty_days(shop):
    anna = shop.at(2026, 1, 5, 9).guest("Anna")
    shop.at(2026, 2, 10, 11).buys(anna, 1000)
    shop.at(2026, 2, 10, 13).buys(anna, 500)
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.cost).revenue_minor == 500
    assert asked(shop, figures.cost, days_ago=30).revenue_minor == 1000


# --- Still owed -----------------------------------------------------------------------------------------------


def test_stamps_are_owed_at_their_share_of_the_reward(shop):
    priced(shop)  # 85 cents for ten stamps: 8.5 cents each.
    anna = shop.at(2026, 2, 1, 9).guest("Anna")
    for day in (2, 3, 4):
        shop.at(2026, 2, day, 9).buys(anna)
    shop.at(2026, 3, 11, 9).buys(anna)
    shop.at(2026, 3, 12, 12)
    # Four stamps: 34 cents; one of them within the last seven days: 8.5, to even 8.
    assert asked(shop, figures.liability) == figures.Liability(open_minor=34, change_minor=8, unpriced=0)


def test_a_full_card_is_owed_as_its_reward_until_it_is_taken(shop):
    priced(shop)
    anna = shop.at(2026, 2, 1, 9).guest("Anna")
    filled_card(shop, anna)
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.liability).open_minor == 85
    with shop.scope():
        redeeming.redeem(member=anna, reward=standing.of(anna)[0].unlocked[0])
    # A week ago five stamps were there, 42.5 cents.
    assert asked(shop, figures.liability) == figures.Liability(open_minor=0, change_minor=-42, unpriced=0)


def test_a_capped_card_is_not_owed_twice(shop):
    priced(shop, overflow="cap")
    anna = shop.at(2026, 2, 1, 9).guest("Anna")
    filled_card(shop, anna)
    shop.at(2026, 3, 12, 12)
    assert asked(shop, figures.liability).open_minor == 85


def test_points_are_owed_at_the_dearest_reward_they_can_buy(shop):
    program = makers.points_program(shop.merchant)
    with shop.scope():
        for name, points, cents in (("Roll", 40, 20), ("Loaf", 150, 180)):  # 0.5 and 1.2 cents a point.
            catalogue.create_reward(program=program, name=name, cost=points, cost_to_merchant_minor=cents)
    shop.buys(shop.guest(), 10_000)
    assert asked(shop, figures.liability) == figures.Liability(open_minor=120, change_minor=120, unpriced=0)


def test_a_voucher_that_is_kept_is_still_owed(shop):
    program = makers.points_program(shop.merchant)
    with shop.scope():
        loaf = catalogue.create_reward(program=program, name="Loaf", cost=100, cost_to_merchant_minor=180)
    anna = shop.guest("Anna")
    shop.buys(anna, 10_000)
    with shop.scope():
        redeeming.redeem(member=anna, reward=loaf, use="later")
    assert asked(shop, figures.liability).open_minor == 180


# --- Of one shop only, and in few statements -------------------------------------------------------------------


def test_another_shops_guests_count_nowhere(shop):
    other = makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")
    makers.purchase(other, makers.member(other, "Helga"), 9900)
    assert asked(shop, figures.cost) == figures.Cost(0, 0, 0)
    assert asked(shop, figures.visits_by_week, 2) == [0, 0]


def test_the_number_of_statements_does_not_grow_with_the_guests(shop):
    priced(shop)

    def statements():
        with shop.scope(), CaptureQueriesContext(connection) as queries:
            now = clock.now()
            figures.came_again(now, ZONE)
            figures.visits_by_week(now)
            figures.cost(now)
            figures.liability(now)
        return len(queries)

    shop.buys(shop.guest("Anna"))
    few = statements()
    for number in range(12):
        shop.buys(shop.guest(f"Guest {number}"))
    assert statements() == few == 10
