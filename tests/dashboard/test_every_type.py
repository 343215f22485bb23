"""The dashboard, the sign-up page and the poster with each program type: every page opens and says the right words."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from loyalty.dashboard import figures, kinds
from loyalty.dashboard import offers as on_paper
from loyalty.merchants.models import AuditEntry
from programs import catalogue, types
from programs.models import Program
from rewards import catalogue as rewards
from rewards import club, offers
from rewards.gift_cards import issuing
from rewards.models import Voucher
from tests import makers
from tests.every_type import SETTINGS, TIERS, run

LANGUAGES = ["en", "de"]


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u202f", " ").strip()


def read(browser, address, language="en"):
    page = browser.get(address, headers={"Accept-Language": language})
    assert page.status_code == 200, (address, page.status_code)
    return words(page.content.decode())


@pytest.fixture
def guest(shop):
    return shop.guest("Özlem Yıldırım-Österreicher")


def profile(owner, guest, language="en"):
    return read(owner, reverse("dashboard:guest", args=[guest.public_id]), language)


def editor(program):
    return reverse("dashboard:program", args=[program.public_id])


def settings(shop, program):
    with shop.scope():
        return catalogue.current(Program.objects.filter(id=program.id))[0].settings


def told(shop, offer_of):
    with shop.scope(), translation.override("en"):
        return offer_of(catalogue.live()[0])


def test_every_type_has_a_name_and_an_icon():
    assert set(kinds.KINDS) == set(types.names())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", types.names())
def test_every_page_of_every_type_opens(shop, owner, guest, name, language):
    program = run(shop.merchant, name)
    shop.buys(guest, 12345)
    args = {"program_id": program.public_id}
    pages = [
        *("home", "computed", "guests", "programs", "rewards", "launch_kit", "new_program", "settings"),
        reverse("dashboard:versions", kwargs=args),
        reverse("dashboard:guest", args=[guest.public_id]),
        reverse("dashboard:correct", args=[guest.public_id]),
    ]
    for one in pages:
        address = one if one.startswith("/") else reverse(f"dashboard:{one}")
        page = owner.get(address, headers={"Accept-Language": language}, follow=True)
        assert page.status_code == 200, one
        assert not re.search(r"\d cents?\b", words(page.content.decode())), one
    assert f"Programm {name}" in read(owner, editor(program), language)
    assert owner.get(reverse("dashboard:poster", args=["a6", "pdf"])).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", types.names())
def test_the_sign_up_page_has_an_offer_of_every_type(shop, name, language):
    run(shop.merchant, name)
    page = Client().get(reverse("join", args=[shop.merchant.slug]), headers={"Accept-Language": language})
    assert page.status_code == 200


def test_all_types_are_listed_with_their_names(shop, owner):
    run(shop.merchant, *SETTINGS)
    listed = read(owner, reverse("dashboard:programs"))
    assert all(str(kind.label) in listed for kind in kinds.KINDS.values())


@pytest.mark.parametrize(
    ("name", "headline", "rule"),
    [
        ("tiered", "Gold from €750: 5 % off, points times 1.5, Änderungen ohne Aufpreis.", ""),
        ("paid_vip", "Programm paid_vip for €9.90 a month: 10 % off.", ""),
        (
            "cash_back",
            "For every €100 a gift card of €5.",
            "What is left over is kept for the next purchase.",
        ),
        ("discount_card", "5 % off every purchase.", ""),
        ("coalition", "One point for every €1.", "The points count at all shops that take part."),
    ],
)
def test_the_offer_of_a_type(shop, name, headline, rule):
    run(shop.merchant, name)
    offer = told(shop, offers.of_program)
    assert offer.headline == headline
    assert offer.text == f"{rule} No app, no password.".strip()


@pytest.mark.parametrize("name", ["tiered", "paid_vip", "cash_back", "discount_card"])
def test_the_poster_says_the_same_as_the_sign_up_page(shop, name):
    run(shop.merchant, name)
    assert told(shop, on_paper.promise) == told(shop, offers.of_program).headline


def test_a_guests_tier_is_shown_with_its_way_up(shop, owner, guest):
    run(shop.merchant, "tiered")
    shop.buys(guest, 124000)
    page = profile(owner, guest)
    assert "Gold" in page
    assert "5 % off, points times 1.5" in page
    assert "€260 more to Platin." in page
    assert "until 12 March 2027" in page


def test_cash_back_of_a_guest_is_money_and_its_gift_card_is_shown(shop, owner, guest):
    run(shop.merchant, "cash_back")
    shop.buys(guest, 12345)
    page = profile(owner, guest)
    assert "€23.45" in page
    assert "Of €100 to the next reward" in page
    assert "Gift cards €5.00" in page
    assert "+€123.45" in page


def test_a_voucher_that_was_handed_out_is_shown_with_its_code(shop, owner, guest):
    tiers = [TIERS[0], TIERS[1] | {"entry_reward": {"name": "Ein Stück Torte"}}]
    with shop.scope():
        rewards.create_program(type="tiered", name="Stufen", settings={"tiers": tiers})
    shop.buys(guest, 80000)
    with shop.scope():
        code = Voucher.objects.get().code
    assert f"Ein Stück Torte Handed out, code {code[:4]}-{code[4:8]}-{code[8:]}" in profile(owner, guest)


def test_a_subscription_is_shown(shop, owner, guest):
    program = run(shop.merchant, "paid_vip")
    with shop.scope():
        club.subscribe(member=guest, program=program, plan="Monat")
    page = profile(owner, guest)
    assert "Monat, €9.90" in page
    assert "Active, paid period until 11 April 2026" in page
    assert "10 % off" in page


def test_a_standing_discount_is_shown(shop, owner, guest):
    run(shop.merchant, "discount_card")
    shop.buys(guest, 1000)
    page = profile(owner, guest)
    assert "5 % off" in page
    assert "No points" not in page


def test_a_type_without_an_editor_is_told_and_can_be_closed(shop, owner, guest):
    program = run(shop.merchant, "paid_vip")
    page = read(owner, editor(program))
    assert "What this program gives is set through the API, and can be read here." in page
    assert "Monat: €9.90 a month." in page


TIER_FORM = {
    "name": "Stufen", "name_0": "Silber", "threshold_0": "0", "percent_0": "", "times_0": "1", "reward_0": "",
    "name_1": "Gold", "threshold_1": "500", "percent_1": "7,5", "times_1": "2", "reward_1": "Ein Stück Torte",
    "name_2": "", "threshold_2": "", "percent_2": "", "times_2": "", "reward_2": "",
}  # fmt: skip


def seen(page):
    return re.search(r'name="seen" value="(\w+)"', page.content.decode())[1]


def save(owner, program, values):
    """Look whom it touches, then apply it."""
    looked = owner.post(editor(program), values)
    assert looked.status_code == 200
    return owner.post(editor(program), values | {"seen": seen(looked)})


def test_a_change_of_tiers_is_shown_before_it_is_saved(shop, owner, guest):
    with shop.scope():
        program = rewards.create_program(type="tiered", name="Stufen", settings={"tiers": TIERS[:2]})
    shop.buys(guest, 60000)
    looked = owner.post(editor(program), TIER_FORM)
    assert "1 guest rises." in words(looked.content.decode())
    assert settings(shop, program).tiers[1].threshold == 75000
    assert owner.post(editor(program), TIER_FORM | {"seen": seen(looked)}).status_code == 302
    gold = settings(shop, program).tiers[1]
    assert (gold.threshold, gold.discount_percent, gold.multiplier) == (50000, "7.5", "2")
    assert gold.entry_reward.startswith("rwd_")
    # What no control shows stays.
    assert gold.perks == ("Änderungen ohne Aufpreis",)
    with shop.scope():
        assert AuditEntry.objects.filter(action="program.changed").count() == 1


def test_what_was_not_shown_is_not_saved(shop, owner):
    program = run(shop.merchant, "discount_card")
    looked = owner.post(
        editor(program), {"name": "Karte", "discount_percent": "6", "min_minor": "", "categories": ""}
    )
    other = {
        "name": "Karte",
        "discount_percent": "60",
        "min_minor": "",
        "categories": "",
        "seen": seen(looked),
    }
    assert owner.post(editor(program), other).status_code == 200
    assert settings(shop, program).discount_percent == "5"


def test_a_discount_card_is_changed(shop, owner):
    program = run(shop.merchant, "discount_card")
    values = {"name": "Karte", "discount_percent": "7,5", "min_minor": "10,00", "categories": "Brot, Kuchen"}
    assert save(owner, program, values).status_code == 302
    held = settings(shop, program)
    assert (held.discount_percent, held.min_minor, held.categories) == ("7.5", 1000, ("Brot", "Kuchen"))


@pytest.mark.parametrize("percent", ["", "101", "viel", "-1"])
def test_a_discount_that_is_none_is_refused(shop, owner, percent):
    program = run(shop.merchant, "discount_card")
    values = {"name": "Karte", "discount_percent": percent, "min_minor": "", "categories": ""}
    assert "Nothing was changed." in words(owner.post(editor(program), values).content.decode())


def test_cash_back_is_changed_with_a_gift_card_of_another_value(shop, owner, guest):
    program = run(shop.merchant, "cash_back")
    before = settings(shop, program).reward
    save(owner, program, {"name": "Bonus", "per_minor": "50", "value_minor": "5,00"})
    assert settings(shop, program).reward == before
    save(owner, program, {"name": "Bonus", "per_minor": "50", "value_minor": "4"})
    held = settings(shop, program)
    assert (held.per_minor, held.reward != before) == (5000, True)
    shop.buys(guest, 5000)
    assert "Gift cards €4.00" in profile(owner, guest)


def test_a_program_is_closed_with_a_last_day_and_opened_again(shop, owner):
    program = run(shop.merchant, "tiered")
    address = reverse("dashboard:program_status", args=[program.public_id])
    owner.post(address, {"status": "closed", "until": "2026-06-30"})
    assert "What is there can be spent until 30 June 2026, and expires then." in read(owner, editor(program))
    with shop.scope():
        # The end of the day in Berlin.
        assert Program.objects.get().redeem_until == datetime(2026, 6, 30, 22, tzinfo=UTC)
    owner.post(address, {"status": "active"})
    with shop.scope():
        assert Program.objects.get().status == "active"


def test_a_last_day_in_the_past_is_refused_in_words(shop, owner):
    program = run(shop.merchant, "cash_back")
    address = reverse("dashboard:program_status", args=[program.public_id])
    page = owner.post(address, {"status": "closed", "until": "2020-01-01"}, follow=True)
    assert "The last day for spending must come after the end of the program." in words(page.content.decode())
    with shop.scope():
        assert Program.objects.get().status == "active"


def test_a_draft_says_so_and_is_started(shop, owner):
    with shop.scope():
        program = catalogue.create(
            type="discount_card", name="Karte", settings=SETTINGS["discount_card"], status="draft"
        )
    assert "A draft: nobody collects yet." in read(owner, editor(program))
    owner.post(reverse("dashboard:program_status", args=[program.public_id]), {"status": "active"})
    with shop.scope():
        assert Program.objects.get().status == "active"


def test_gift_cards_are_owed_on_a_line_of_their_own(shop, owner, guest):
    with shop.scope():
        issuing.issue(balance_minor=2500)
        void = issuing.issue(balance_minor=900)
        issuing.void(void)
        owed = figures.liability(makers.NOON)
    assert (owed.gift_cards_minor, owed.open_minor, owed.all_minor) == (2500, 0, 2500)
    assert "On gift cards €25.00" in read(owner, reverse("dashboard:computed"))


def test_a_gift_card_that_was_given_costs_what_is_on_it(shop, guest):
    run(shop.merchant, "cash_back")
    shop.buys(guest, 12000)
    with shop.scope():
        assert figures.cost(makers.NOON).rewards_minor == 500
        # 20 € of 100 € are collected for the next 5 €.
        assert figures.liability(makers.NOON).open_minor == 100
