"""The first page: what is worth doing, and what is said while there is nothing yet."""

import pytest
from django.urls import reverse

from loyalty import clock
from loyalty.dashboard import advice
from loyalty.merchants import auditing, devices, staffing
from loyalty.merchants.models import Location, Staff
from programs import catalogue
from rewards.models import Reward
from tests import makers

HOME = reverse("dashboard:home")


def titles(shop):
    with shop.scope():
        return [one.title for one in advice.advice(clock.now(), shop.merchant)]


def set_up(shop):
    """A PIN, a device, a printed poster, a price: nothing is left of the beginning."""
    with shop.scope():
        staffing.set_pin(Staff.objects.get(), "4711", actor="Aylin Brandt")
        devices.let_in(shop.merchant, Location.objects.get(), "Tablet")
        auditing.record("Aylin Brandt", advice.PRINTED, shop.merchant.public_id)
        Reward.objects.update(cost_to_merchant_minor=85)


def test_without_a_program_the_first_of_three_steps_is_to_make_one(owner):
    text = owner.get(HOME).content.decode()
    assert "Three steps to the first guest." in text
    assert reverse("dashboard:start_program") in text


def test_a_shop_whose_program_is_closed_still_sees_its_figures(shop, owner):
    program = makers.punch_card(shop.merchant)
    shop.buys(shop.guest())
    with shop.scope():
        catalogue.change(program, actor="Aylin Brandt", status="closed")
    assert "Today at the counter" in owner.get(HOME).content.decode()


def test_without_a_guest_three_steps_and_figures_that_say_from_when(shop, owner):
    makers.punch_card(shop.merchant, reward="A coffee of your choice")
    text = owner.get(HOME).content.decode()
    assert "Only the first guest is missing." in text
    assert "Your poster: Ten stamps, a coffee of your choice on the house." in text
    assert "from the second month on" in text


def test_at_first_what_is_missing_is_told_at_most_three_at_once(shop):
    makers.punch_card(shop.merchant)
    assert titles(shop) == [
        "Nobody has a PIN for the counter yet.",
        "The counter is not open yet.",
        "The poster is not printed yet.",
    ]


def test_a_reward_without_a_price_is_asked_for(shop):
    makers.punch_card(shop.merchant)
    set_up(shop)
    assert titles(shop) == []
    with shop.scope():
        Reward.objects.update(cost_to_merchant_minor=None)
    assert titles(shop) == ["What does “Ein Kaffee nach Wahl” cost you?"]


def test_who_comes_more_rarely_is_told_with_the_usual_interval(shop):
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant)
    set_up(shop)
    anna = shop.guest("Anna")
    for day in (1, 8, 15, 22):
        shop.at(2026, 1, day, 9).buys(anna)
    shop.at(2026, 2, 26, 9)
    with shop.scope():
        [one] = advice.advice(clock.now(), shop.merchant)
    assert one.title == "1 regular comes more rarely."
    assert one.text == "Otherwise every seven days, not for five weeks now."
    assert one.href == reverse("dashboard:guests") + "?group=lapsing"


def test_a_reward_that_waits_for_two_weeks_is_told(shop):
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant, stamps_required=2)
    set_up(shop)
    anna = shop.guest("Anna")
    for day in (5, 6):
        shop.at(2026, 2, day, 9).buys(anna)
    shop.at(2026, 2, 20, 8)
    assert titles(shop) == []
    shop.at(2026, 2, 20, 10)
    assert titles(shop) == ["A reward waits for 1 guest."]


def test_cards_that_are_nearly_full_are_told(shop):
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant, stamps_required=3)
    set_up(shop)
    shop.at(2026, 2, 5, 9).buys(shop.guest("Anna"))
    assert titles(shop) == ["1 card is nearly full."]


def test_the_page_shows_figures_today_and_that_nothing_is_unusual(shop, owner):
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant)
    anna = shop.guest("Anna")
    shop.at(2026, 2, 5, 9).buys(anna, 500)
    shop.at(2026, 3, 12, 8).buys(anna, 500)
    shop.at(2026, 3, 12, 12)
    text = owner.get(HOME).content.decode()
    assert "Good day, Aylin" in text
    assert "100\N{NARROW NO-BREAK SPACE}%" in text
    assert "guests of February who were back in March" in text
    assert "Nothing unusual in the last seven days." in text
    assert "<strong>1</strong> stamp," in text


@pytest.mark.parametrize("path", ["home", "computed"])
def test_the_pages_ask_the_same_number_of_questions_for_more_guests(
    shop, owner, path, django_assert_max_num_queries
):
    makers.punch_card(shop.merchant)
    for number in range(8):
        shop.buys(shop.guest(f"Guest {number}"))
    with django_assert_max_num_queries(90):
        owner.get(reverse(f"dashboard:{path}"))
