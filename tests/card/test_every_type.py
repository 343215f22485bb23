"""Every program type has a card that opens and says what there is: alone, and beside all others."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from loyalty import tenancy
from members import finding
from programs import types
from tests import makers
from tests.every_type import SETTINGS, run
from tests.makers import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return makers.merchant(language="en")


@pytest.fixture
def guest(shop):
    return makers.member(shop, "Özlem Yıldırım-Österreicher")


def card(client, shop, guest):
    with tenancy.scope(shop):
        address = reverse("card", args=[finding.card_of(guest).token])
    page = client.get(address, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_each_type_is_here():
    assert set(SETTINGS) == set(types.names())


@pytest.mark.parametrize("name", types.names())
@pytest.mark.parametrize("amount_minor", [None, 12345])
def test_a_card_of_each_type_opens(client, shop, guest, name, amount_minor):
    run(shop, name)
    if amount_minor:
        makers.purchase(shop, guest, amount_minor)
    assert "Özlem" in card(client, shop, guest)


def test_all_of_them_are_on_one_card(client, shop, guest):
    run(shop, *SETTINGS)
    makers.purchase(shop, guest, 12345)
    page = card(client, shop, guest)
    assert all(f"Programm {name}" in page for name in SETTINGS if name not in ("tiered",))
    assert "Gutschein über 5 €" in page


def test_a_tier_says_until_when_and_what_is_missing(client, shop, guest):
    run(shop, "tiered")
    makers.purchase(shop, guest, 124000)
    page = card(client, shop, guest)
    assert "Gold until 12 March 2027" in page
    assert "€260 more to Platin." in page
    assert "The last twelve months count, so far €1,240." in page
    assert "5% off" in page.replace(" %", "%")
    assert "Änderungen ohne Aufpreis" in page


def test_cash_back_says_what_is_collected_of_what(client, shop, guest):
    run(shop, "cash_back")
    makers.purchase(shop, guest, 3050)
    makers.turn_to(shop, NOON + timedelta(days=1))
    assert "€30.50 of €100" in card(client, shop, guest)
