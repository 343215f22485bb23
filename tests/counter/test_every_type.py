"""The counter with each program type: what a guest has, what is to be paid, what a purchase brings; and gift cards."""

import re

import pytest
from django.urls import reverse

from loyalty import tenancy
from programs import types
from rewards import catalogue, club
from rewards.gift_cards import issuing
from rewards.gift_cards.models import GiftCard
from rewards.models import Voucher
from tests import makers
from tests.every_type import SETTINGS, TIERS, run


@pytest.fixture
def merchant(db):
    return makers.merchant(owner_name="Aylin Demir", language="en")


@pytest.fixture
def guest(merchant):
    return makers.member(merchant, "Özlem Yıldırım-Österreicher")


@pytest.fixture
def english(counter):
    """The counter in English."""
    counter.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return counter


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u202f", " ").strip()


def shown(counter, guest):
    page = counter.client.get(
        reverse("counter:guest", args=[guest.public_id]), headers={"Accept": "application/json"}
    )
    assert page.status_code == 200
    return words(page.json()["html"])


def previewed(counter, guest, amount_minor):
    address = reverse("counter:preview", args=[guest.public_id])
    page = counter.client.get(address, {"amount_minor": amount_minor}, headers={"Accept": "application/json"})
    return words(page.json()["html"])


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", types.names())
def test_a_guest_of_each_type_is_shown_and_buys(counter, merchant, guest, name, language):
    counter.client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    run(merchant, name)
    assert "Özlem" in shown(counter, guest)
    assert "cent" not in previewed(counter, guest, 1234).lower()
    answer = counter.amount(guest, 1234)
    assert answer["outcome"] == "done"
    assert "Özlem" in shown(counter, guest)
    assert counter.ask("undo", of=counter.last_key())["outcome"] == "done"


def test_all_types_at_once(english, merchant, guest):
    run(merchant, *SETTINGS)
    assert "5 % off" in shown(english, guest)
    assert english.amount(guest, 1234)["outcome"] == "done"


def test_a_tier_and_what_it_brings_are_facts_beside_the_name(english, merchant, guest):
    run(merchant, "tiered")
    makers.purchase(merchant, guest, 124000)
    assert "Gold, 5 % off, points times 1.5" in shown(english, guest)


def test_what_is_to_be_asked_for_is_said_before_and_after(english, merchant, guest):
    run(merchant, "discount_card")
    assert "To pay: €9.50" in previewed(english, guest, 1000)
    answer = english.amount(guest, 1000)
    assert "To pay: €9.50" in answer["sentence"]
    assert "result-pay" in answer["html"]
    assert "data-closing" not in answer["html"]


def test_without_anything_taken_off_nothing_is_said_of_what_to_pay(english, merchant, guest):
    run(merchant, "points")
    answer = english.amount(guest, 1000)
    assert "To pay" not in answer["html"]
    assert "data-closing" in answer["html"]


def test_a_tier_that_is_reached_is_told_with_what_it_brings(english, merchant, guest):
    run(merchant, "tiered")
    assert "reached" not in english.amount(guest, 74999)["html"]
    assert "Gold is reached: 5 % off and points times 1.5." in words(english.amount(guest, 1)["html"])


def test_an_entry_reward_is_told_with_the_code_of_its_voucher(english, merchant, guest):
    with tenancy.scope(merchant):
        tiers = [TIERS[0], TIERS[1] | {"entry_reward": {"name": "Ein Stück Torte"}}]
        catalogue.create_program(type="tiered", name="Stufen", settings={"tiers": tiers})
    html = words(english.amount(guest, 80000)["html"])
    with tenancy.scope(merchant):
        code = Voucher.objects.get().code
    assert f"Handed out: Ein Stück Torte, code {code[:4]}-{code[4:8]}-" in html
    assert "full card" not in html


def test_cash_back_is_told_in_money(english, merchant, guest):
    run(merchant, "cash_back")
    assert "€30.50 is counted." in previewed(english, guest, 3050)
    html = words(english.amount(guest, 3050)["html"])
    assert "Noted" in html and "€30.50 of €100.00" in html
    assert "cents" not in html


def test_cash_back_hands_out_a_gift_card_with_its_code(english, merchant, guest):
    run(merchant, "cash_back")
    html = words(english.amount(guest, 12345)["html"])
    with tenancy.scope(merchant):
        code = GiftCard.objects.get().code
    assert f"Handed out: Gutschein über 5 €, code {code[:4]}-{code[4:8]}-" in html
    assert "€23.45 of €100.00" in html


def test_a_paid_plan_is_a_fact_beside_the_name(english, merchant, guest):
    program = run(merchant, "paid_vip")
    with tenancy.scope(merchant):
        club.subscribe(member=guest, program=program, plan="Monat")
    assert "Monat, 10 % off" in shown(english, guest)
    assert "To pay: €9.00" in previewed(english, guest, 1000)


def test_redeeming_a_gift_card_shows_the_code_of_the_issued_card(english, merchant, guest):
    program = makers.points_program(merchant)
    with tenancy.scope(merchant):
        reward = catalogue.create_reward(
            program=program, name="Gutschein", cost=50, kind="gift_card", value_minor=500
        )
    makers.purchase(merchant, guest, 5000)
    answer = english.ask("redemptions", guest=guest.public_id, reward=reward.public_id)
    with tenancy.scope(merchant):
        code = GiftCard.objects.get().code
    assert f"Gift card {code[:4]}-{code[4:8]}-" in words(answer["html"])
    assert "with €5.00." in words(answer["html"])


@pytest.fixture
def card(merchant):
    with tenancy.scope(merchant):
        return issuing.issue(balance_minor=2500)


def balance(merchant, card):
    with tenancy.scope(merchant):
        return GiftCard.objects.get(id=card.id).balance_minor


def pay(counter, card, **fields):
    return counter.ask("gift-cards/charge", gift_card=card.public_id, **fields)


def test_a_gift_card_is_found_by_its_code_and_shows_its_balance(english, card):
    answer = english.ask("find", q=card.code)
    assert "€25.00" in words(answer["html"])
    # The code is as good as money: it stands in no address.
    assert card.code not in answer["url"]
    assert "€25.00" in words(english.client.get(answer["url"]).content.decode())


def test_a_part_is_paid_with_it_and_put_back_by_undoing(english, merchant, card):
    answer = pay(english, card, amount_minor=890)
    assert answer["sentence"] == "Paid. €8.90 was taken from the gift card."
    assert balance(merchant, card) == 1610
    assert english.ask("undo", of=english.last_key())["outcome"] == "done"
    assert balance(merchant, card) == 2500


def test_the_same_tap_sent_twice_takes_once(english, merchant, card):
    assert pay(english, card, key="4f6b2c1e-aaaa", amount_minor=890)["outcome"] == "done"
    assert pay(english, card, key="4f6b2c1e-aaaa", amount_minor=890)["outcome"] == "done"
    assert balance(merchant, card) == 1610


def test_all_that_is_on_it_is_taken(english, merchant, card):
    assert pay(english, card, all="1")["outcome"] == "done"
    assert balance(merchant, card) == 0
    assert "Nothing is left on it." in words(english.ask("find", q=card.code)["html"])


@pytest.mark.parametrize("amount_minor", [0, 2501])
def test_nothing_and_more_than_is_on_it_are_refused(english, merchant, card, amount_minor):
    assert pay(english, card, amount_minor=amount_minor)["outcome"] == "refused"
    assert balance(merchant, card) == 2500


def test_a_void_gift_card_says_so(english, merchant, card):
    with tenancy.scope(merchant):
        issuing.void(card)
    assert "This gift card is no longer good." in words(english.ask("find", q=card.code)["html"])
    assert pay(english, card, amount_minor=1)["outcome"] == "refused"
