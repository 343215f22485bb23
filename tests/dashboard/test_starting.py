"""From nothing to a card that can be stamped."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from loyalty import tenancy
from loyalty.merchants.models import Merchant, Staff
from programs import catalogue
from rewards.models import Reward

SHOP = {
    "name": "Salon Özdemir",
    "tagline": "Leipzig",
    "owner_name": "Aylin Özdemir",
    "country": "DE",
    "timezone": "",
}
CARD = {
    "type": "punch_card", "name": "Schnittkarte", "stamp_per": "visit", "stamps_required": "8", "welcome_stamps": "1",
    "reward_name": "Ein Haarschnitt", "reward_cost": "12", "reward_value": "35", "cooldown_minutes": "60",
    "expiry": "inactivity-12",
}  # fmt: skip


@pytest.fixture
def newcomer(client, db):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(get_user_model().objects.create_user("a", "aylin@salon.example"))
    return client


def test_the_whole_way_in_four_questions(client, db):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    account = {"email": "aylin@salon.example", "password1": "ein langes passwort"}
    answer = client.post(reverse("account_signup"), account, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("dashboard:start_shop")
    assert client.post(reverse("dashboard:start_shop"), SHOP).url == reverse("dashboard:start_look")
    look = {"colour": "#E8648A", "motif": "scissors"}
    assert client.post(reverse("dashboard:start_look"), look).url == reverse("dashboard:start_program")
    assert client.post(reverse("dashboard:start_program"), CARD).url == reverse("dashboard:start_done")
    client.post(reverse("dashboard:start_done"), {"pin": "4711"})

    merchant = Merchant.objects.get()
    assert (merchant.name, merchant.currency, merchant.timezone) == ("Salon Özdemir", "EUR", "Europe/Berlin")
    assert (merchant.language, merchant.is_sandbox) == ("de", False)
    assert (merchant.colour, merchant.motif, merchant.email) == ("#E8648A", "scissors", "aylin@salon.example")
    with tenancy.scope(merchant):
        [live] = catalogue.live()
        assert (live.settings.stamps_required, live.settings.welcome_stamps) == (8, 1)
        assert Reward.objects.get().cost_to_merchant_minor == 1200
        assert Staff.objects.get().has_pin("4711")
    assert client.get(f"/join/{merchant.slug}/").status_code == 200


def test_the_country_decides_the_money_and_the_browser_the_timezone(newcomer):
    newcomer.post(reverse("dashboard:start_shop"), SHOP | {"country": "US", "timezone": "America/Chicago"})
    merchant = Merchant.objects.get()
    assert (merchant.currency, merchant.timezone, merchant.language) == ("USD", "America/Chicago", "en")


def test_a_timezone_of_another_country_is_not_believed(newcomer):
    newcomer.post(reverse("dashboard:start_shop"), SHOP | {"country": "CH", "timezone": "Asia/Tokyo"})
    assert (Merchant.objects.get().currency, Merchant.objects.get().timezone) == ("CHF", "Europe/Zurich")


def test_going_back_changes_the_shop_and_makes_no_second(newcomer):
    newcomer.post(reverse("dashboard:start_shop"), SHOP)
    assert 'value="Salon Özdemir"' in newcomer.get(reverse("dashboard:start_shop")).content.decode()
    newcomer.post(reverse("dashboard:start_shop"), SHOP | {"name": "Salon Aylin"})
    assert Merchant.objects.get().name == "Salon Aylin"


def test_a_second_shop_is_asked_for_by_name(newcomer):
    newcomer.post(reverse("dashboard:start_shop"), SHOP)
    newcomer.post(reverse("dashboard:start_shop") + "?new", SHOP | {"name": "Zweiter Salon"})
    assert Merchant.objects.count() == 2
    text = newcomer.get(reverse("dashboard:settings")).content.decode()
    assert 'value="Zweiter Salon"' in text


def test_a_missing_name_is_said_and_the_rest_stays(newcomer):
    text = newcomer.post(reverse("dashboard:start_shop"), SHOP | {"name": " "}).content.decode()
    assert "Not yet complete." in text
    assert 'value="Aylin Özdemir"' in text
    assert not Merchant.objects.exists()


def test_who_comes_back_goes_on_where_they_left_off(newcomer):
    assert newcomer.get(reverse("dashboard:start")).url == reverse("dashboard:start_shop")
    newcomer.post(reverse("dashboard:start_shop"), SHOP)
    assert newcomer.get(reverse("dashboard:start")).url == reverse("dashboard:start_program")
    newcomer.post(reverse("dashboard:start_program"), CARD)
    assert newcomer.get(reverse("dashboard:start")).url == reverse("dashboard:home")


def test_points_start_with_their_first_reward(newcomer):
    newcomer.post(reverse("dashboard:start_shop"), SHOP)
    given = {
        "type": "points", "name": "Punkte", "points": "1", "per_minor": "1", "accumulate": "on", "pending_days": "0",
        "expiry": "after-36", "reward_name": "Ein Shampoo", "reward_points": "150", "reward_cost": "6,50",
    }  # fmt: skip
    assert newcomer.post(reverse("dashboard:start_program"), given).url == reverse("dashboard:start_done")
    with tenancy.scope(Merchant.objects.get()):
        [live] = catalogue.live()
        assert (live.settings.earn.per_minor, live.settings.earn.accumulate) == (100, True)
        assert Reward.objects.get().cost == 150


def test_a_reward_without_a_name_starts_nothing(newcomer):
    newcomer.post(reverse("dashboard:start_shop"), SHOP)
    text = newcomer.post(reverse("dashboard:start_program"), CARD | {"reward_name": ""}).content.decode()
    assert "Not yet complete." in text
    assert 'value="Schnittkarte"' in text
    with tenancy.scope(Merchant.objects.get()):
        assert catalogue.live() == []


def test_the_draft_is_shown_as_the_guest_will_see_it(newcomer):
    newcomer.post(reverse("dashboard:start_shop"), SHOP)
    address = reverse("dashboard:draft_preview")
    text = newcomer.post(address, CARD | {"state": "new", "reward_name": "A haircut"}).content.decode()
    assert "1 of 8" in text
    assert "Seven more stamps, then a haircut is free." in text


def test_tokens_of_a_colour(newcomer):
    answer = newcomer.get(reverse("dashboard:tokens"), {"colour": "#C5381F"})
    assert answer.json()["light"]["m_on"] == "#FFFFFF"
    assert newcomer.get(reverse("dashboard:tokens"), {"colour": "red"}).status_code == 400


@pytest.mark.parametrize("pin", ["12", "1234"])
def test_a_pin_that_is_guessed_first_is_refused(newcomer, pin):
    newcomer.post(reverse("dashboard:start_shop"), SHOP)
    newcomer.post(reverse("dashboard:start_program"), CARD)
    answer = newcomer.post(reverse("dashboard:start_done"), {"pin": pin})
    assert answer.status_code == 200
    with tenancy.scope(Merchant.objects.get()):
        assert Staff.objects.get().pin_hash == ""
