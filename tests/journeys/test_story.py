"""The whole story, once: a shop starts, a guest joins, collects, redeems, and the owner sees what it brought."""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from campaigns import confirming, turning
from campaigns.models import Message
from loyalty import tenancy
from loyalty.merchants.models import Merchant
from programs import checking
from tests.browser import counter
from tests.browser.fixtures import PHONE, TABLET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PIN = "4826"
DAY = timedelta(days=1)


@pytest.fixture
def owner(site, open_context):
    """Aylin's tablet, signed in by the link that the operator gave her for a sandbox."""
    told = json.loads(site.manage(
        "create_merchant", "Café Morgenrot", "--email", "aylin@morgenrot.example", "--currency", "EUR",
        "--timezone", "Europe/Berlin", "--country", "DE", "--language", "de",
        "--sandbox", "--clock", "2026-03-12T08:00:00+01:00", "--json",
    ))  # fmt: skip
    page = open_context(**TABLET, permissions=["camera"]).new_page()
    page.goto(told["login_url"])
    return page


@pytest.fixture
def guest(open_context):
    """A phone without a script."""
    return open_context(**PHONE, java_script_enabled=False).new_page()


def start_the_card(page):
    """The owner answers what a regular gets, sets the PIN, and opens the counter on this tablet."""
    page.goto("/dashboard/start/card/")
    page.locator("[name=name]").fill("Kaffeekarte")
    page.locator("[name=reward_name]").fill("Ein Kaffee nach Wahl")
    page.get_by_role("button", name="Karte starten").click()
    page.locator("[name=pin]").fill(PIN)
    page.get_by_role("button", name="PIN setzen").click()
    page.get_by_role("button", name="Theke hier öffnen").click()


def join(page, slug):
    """A guest follows the poster's code. Returns the address of the new card."""
    page.goto(f"/join/{slug}/")
    page.get_by_label("Name").fill("Jürgen Großkreuz")
    page.get_by_label(re.compile("E-Mail")).fill("juergen@example.com")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="Karte holen").click()
    page.wait_for_url("**/card/**")
    return page.url.partition("?")[0]


def post(merchant):
    """What happened is told to the campaigns, and what is due goes to the sandbox's outbox."""
    turning.turn(merchant=merchant, to=merchant.clock_at)


def follow_the_mail(merchant, page):
    """The welcome mail asks whether the address is right; the guest follows its link."""
    post(merchant)
    with tenancy.scope(merchant):
        url = confirming.url(Message.objects.get(campaign="welcome").member)
    page.goto(urlsplit(url).path)
    page.get_by_text("Bestätigt.").wait_for()


def stamp(page):
    page.get_by_role("button", name="Stempeln").click()
    told = counter.told(page)
    page.get_by_role("link", name="Nächster Gast").click()
    counter.ready(page)
    return told


def test_from_the_first_question_to_the_second_round(owner, guest, camera):
    merchant = Merchant.objects.get()
    start_the_card(owner)
    card_url = join(guest, merchant.slug)
    guest.get_by_role("img", name="1 von 10 Stempeln").wait_for()
    follow_the_mail(merchant, guest)
    guest.goto(card_url)
    number = re.search(r"\d{4}\s\d{4}", guest.inner_text("body")).group()

    # The first visit: the camera sees the phone.
    camera.shows(card_url)
    owner.get_by_role("link", name=re.compile("Morgenrot")).click()
    owner.get_by_label("PIN").fill(PIN)
    owner.get_by_role("button", name="Beginnen").click()
    owner.get_by_role("heading", name="Jürgen Großkreuz").wait_for()
    assert stamp(owner).startswith("Gestempelt Jürgen Großkreuz hat jetzt 2 von 10.")

    # A second stamp on the same morning is too early, and is not booked.
    counter.type_number(owner, number)
    owner.get_by_role("button", name="Stempeln").click()
    assert counter.said(owner) == "Noch zu früh."
    owner.get_by_role("link", name="Verstanden").click()

    for visit in range(3, 8):
        turning.turn(merchant=merchant, to=merchant.clock_at + DAY)
        counter.type_number(owner, number)
        assert f"hat jetzt {visit} von 10." in stamp(owner)
    guest.goto(card_url)
    guest.get_by_text("Noch drei Stempel, dann ist ein Kaffee nach Wahl gratis.").wait_for()
    guest.get_by_role("img", name=re.compile("7 von 10 Stempeln, der letzte am 17. März")).wait_for()

    for _visit in range(3):
        turning.turn(merchant=merchant, to=merchant.clock_at + DAY)
        counter.type_number(owner, number)
        told = stamp(owner)
    assert "Jürgen Großkreuz hat die Karte voll." in told
    assert "Belohnung bereit: Ein Kaffee nach Wahl." in told
    post(merchant)

    # The guest shows the reward, and the counter hands it over.
    guest.goto(card_url)
    guest.get_by_role("link", name="Jetzt einlösen").click()
    digits = re.search(r"\b\d{3} \d{3}\b", guest.inner_text("main")).group()
    counter.type_number(owner, digits)
    owner.get_by_role("button", name="Einlösen", exact=True).click()
    assert counter.told(owner).startswith("Eingelöst Ein Kaffee nach Wahl für Jürgen Großkreuz.")
    counter.ready(owner)
    guest.goto(card_url)
    guest.get_by_role("img", name="0 von 10 Stempeln").wait_for()

    # It was a slip: undone, the card is full again, and the reward is handed over after all.
    owner.locator("#last").get_by_role("button", name="Rückgängig").click()
    assert counter.said(owner) == "Zurückgenommen"
    counter.ready(owner)
    guest.goto(card_url)
    guest.get_by_role("link", name="Jetzt einlösen").wait_for()
    counter.type_number(owner, number)
    owner.get_by_role("button", name="Einlösen", exact=True).click()
    assert counter.said(owner) == "Eingelöst"
    counter.ready(owner)

    # What the owner sees, what was said to the guest, and the books.
    owner.goto("/dashboard/")
    today = owner.get_by_role("region", name="Heute an der Theke").inner_text()
    # Stamps, redemptions and new cards of this day.
    assert re.search(r"\b1 \S+, 1 \S+, 0 ", today)
    post(merchant)
    with tenancy.scope(merchant):
        messages = Message.objects.order_by("due_at", "id").values_list("campaign", "status")
        assert list(messages) == [("welcome", "held"), ("so_close", "held"), ("reward_ready", "held")]
        assert checking.check() == []
