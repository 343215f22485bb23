"""The counter in a real browser: scanning, stamping in two taps, refusals, and days without a network."""

import re
from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.merchants.models import Staff
from programs.models import Purchase
from rewards.models import Redemption
from tests import makers
from tests.browser import counter
from tests.browser.fixtures import PHONE, TABLET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LOST = r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED)"


@pytest.fixture
def merchant(site):
    merchant = makers.merchant(
        "Morgenrot",
        colour_hex="#C5381F",
        motif="cup",
        location_name="Karl-Heine-Straße",
        owner_name="Aylin Demir",
    )
    counter.hire(merchant)
    return merchant


@pytest.fixture
def card(merchant):
    return makers.punch_card(merchant, cooldown_minutes=60)


@pytest.fixture
def guest(merchant, card):
    return makers.member(merchant, "Jürgen Großkreuz", email="juergen@example.com")


@pytest.fixture
def till(merchant, tablet, site):
    """The tablet at the counter, with Lena signed in."""
    counter.let_in(merchant, tablet, site)
    page = counter.enter(tablet)
    counter.kept(page)
    return page


def booked(merchant):
    with tenancy.scope(merchant):
        return list(Purchase.objects.order_by("recorded_at"))


def test_device_and_person_find_their_way_in(merchant, tablet, site, axe):
    page = tablet.new_page()
    page.goto("/counter/")
    page.get_by_role("link", name="Anmelden").wait_for()
    axe(page)
    counter.let_in(merchant, tablet, site)
    page.goto("/counter/")
    page.get_by_role("link", name="Lena Hoffmann").click()
    axe(page)
    page.get_by_label("PIN").fill("9999")
    page.get_by_role("button", name="Beginnen").click()
    page.get_by_text("Diese PIN stimmt nicht.").wait_for()
    page.get_by_label("PIN").fill(counter.PIN)
    page.get_by_role("button", name="Beginnen").click()
    counter.ready(page)
    page.get_by_role("button", name="Lena Hoffmann: Person wechseln").click()
    page.get_by_role("heading", name="Wer steht an der Theke?").wait_for()


def test_camera_opens_the_guest_without_a_tap(merchant, guest, tablet, site, camera):
    camera.shows(counter.card_url(merchant, guest))
    counter.let_in(merchant, tablet, site)
    page = counter.enter(tablet)
    page.get_by_role("heading", name="Jürgen Großkreuz").wait_for()
    page.get_by_role("button", name="Stempeln").click()
    assert counter.told(page).startswith("Gestempelt Jürgen Großkreuz hat jetzt 1 von 10.")
    # It closes by itself; the card that is still held there does not open again.
    counter.ready(page)
    page.wait_for_timeout(500)
    counter.ready(page)
    assert len(booked(merchant)) == 1


def test_hand_scanner_works_wherever_the_focus_is(merchant, guest, till):
    other = makers.member(merchant, "Özlem Yıldırım", email="oe@example.com")
    till.get_by_label("Kartennummer, Name oder Telefon").focus()
    counter.wave_scanner(till, counter.card_url(merchant, guest))
    till.get_by_role("heading", name="Jürgen Großkreuz").wait_for()
    till.get_by_role("button", name="Stempeln").focus()
    counter.wave_scanner(till, counter.card_url(merchant, other))
    till.get_by_role("heading", name="Özlem Yıldırım").wait_for()
    # The scanner's Enter has pressed nothing.
    assert booked(merchant) == []


def test_too_early_is_refused_until_it_is_read_and_books_nothing(merchant, guest, till):
    makers.purchase(merchant, guest)
    with tenancy.scope(merchant):
        Purchase.objects.update(actor="Katharina Weißgerber")
    makers.turn_to(merchant, makers.NOON + timedelta(minutes=22))
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").click()
    assert counter.told(till) == (
        "Noch zu früh. Katharina Weißgerber hat vor 22 Minuten gestempelt. "
        "Der nächste Stempel geht ab 14:00 Uhr. Es wurde nichts gebucht."
    )
    till.wait_for_timeout(3_500)
    assert counter.said(till) == "Noch zu früh."
    till.get_by_role("link", name="Verstanden").click()
    counter.ready(till)
    assert len(booked(merchant)) == 1


def test_manager_decides_otherwise_with_a_pin(merchant, card, guest, till):
    boss = counter.hire(merchant, "Katharina Weißgerber", role=Staff.Role.MANAGER, pin="2580")
    makers.purchase(merchant, guest)
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").click()
    till.get_by_text("Mit PIN der Leitung").click()
    till.get_by_label("PIN").fill("2580")
    till.get_by_role("button", name="Trotzdem stempeln").click()
    till.get_by_text("Jürgen Großkreuz hat jetzt 2 von 10.").wait_for()
    assert makers.balance(merchant, guest, card) == 2
    assert boss.name


def test_undo_at_the_bottom_takes_the_stamp_back(merchant, card, guest, till):
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").click()
    counter.said(till)
    counter.ready(till)
    till.get_by_text("Zuletzt: Stempel für Jürgen Großkreuz, 13:00").wait_for()
    till.locator("#last").get_by_role("button", name="Rückgängig").click()
    till.get_by_text("Stempel für Jürgen Großkreuz").first.wait_for()
    assert counter.said(till) == "Zurückgenommen"
    assert makers.balance(merchant, guest, card) == 0


def test_browsers_back_button_leads_to_ready_and_books_nothing_again(merchant, guest, till):
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").click()
    counter.said(till)
    till.get_by_role("link", name="Nächster Gast").click()
    counter.ready(till)
    counter.type_number(till, guest.number)
    till.get_by_role("heading", name="Jürgen Großkreuz").wait_for()
    till.go_back()
    counter.ready(till)
    till.reload()
    counter.ready(till)
    assert len(booked(merchant)) == 1


def test_amount_says_what_it_gives_while_it_is_typed(merchant, guest, card, till, axe):
    points = makers.points_program(merchant, earn={"points": 1, "per_minor": 100, "accumulate": True})
    counter.type_number(till, guest.number)
    till.get_by_label("Betrag").wait_for()
    for key in ("1", "8", "4", "0"):
        till.get_by_role("button", name=key, exact=True).click()
    till.get_by_text("Das gibt einen Stempel und 18 Punkte.").wait_for()
    assert till.get_by_label("Betrag").input_value() == "18,40"
    axe(till)
    till.keyboard.press("Backspace")
    till.get_by_text("Das gibt einen Stempel und einen Punkt.").wait_for()
    assert till.get_by_label("Betrag").input_value() == "1,84"
    till.keyboard.type("00", delay=80)
    till.keyboard.press("Enter")
    assert counter.said(till) == "Gutgeschrieben"
    assert makers.balance(merchant, guest, points) == 184
    assert [one.amount_minor for one in booked(merchant)] == [18400]


def test_without_network_stamps_are_kept_and_each_is_booked_once(
    merchant, card, guest, till, tablet, complaints
):
    complaints.expect(LOST)
    unknown = makers.member(merchant, "Björn Österreicher", email="bjoern@example.com")
    counter.type_number(till, guest.number)
    till.get_by_role("heading", name="Jürgen Großkreuz").wait_for()
    tablet.set_offline(True)
    till.get_by_role("button", name="Stempeln").click()
    assert counter.told(till).startswith("Gesichert Stempel Jürgen Großkreuz")
    counter.ready(till)
    till.get_by_text("Ohne Netz", exact=True).wait_for()
    # Even after the page was closed by mistake, it opens from the device, with what waits.
    till.reload()
    till.get_by_text("Eine Buchung wartet").wait_for()
    counter.type_number(till, unknown.number)
    spoken = f"Karte {unknown.number[:4]} {unknown.number[4:]}"
    till.get_by_role("heading", name=spoken).wait_for()
    till.get_by_role("button", name="Stempeln").click()
    counter.said(till)
    counter.ready(till)
    till.get_by_text("Zwei Buchungen warten").wait_for()
    assert till.locator("[data-waiting] [data-who]").all_inner_texts() == ["Jürgen Großkreuz", spoken]
    assert booked(merchant) == []
    tablet.set_offline(False)
    till.locator("[data-waiting]").wait_for(state="hidden")
    assert [one.actor for one in booked(merchant)] == ["Lena Hoffmann", "Lena Hoffmann"]
    assert makers.balance(merchant, guest, card) == 1
    assert makers.balance(merchant, unknown, card) == 1


def test_without_network_redeeming_says_so_and_what_waits_can_be_taken_out(
    merchant, card, guest, till, tablet, complaints
):
    complaints.expect(LOST)
    for _visit in range(10):
        makers.turn_to(merchant, merchant.clock_at + timedelta(days=1))
        makers.purchase(merchant, guest)
    counter.type_number(till, guest.number)
    redeem = till.get_by_role("button", name="Einlösen", exact=True)
    redeem.wait_for()
    tablet.set_offline(True)
    redeem.click()
    assert counter.said(till) == "Dafür braucht es das Netz."
    till.get_by_role("link", name="Verstanden").click()
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").click()
    counter.said(till)
    counter.ready(till)
    till.get_by_text("Eine Buchung wartet").wait_for()
    till.locator("#last").get_by_role("button", name="Rückgängig").click()
    assert counter.said(till) == "Zurückgenommen"
    counter.ready(till)
    till.locator("[data-waiting]").wait_for(state="hidden")
    tablet.set_offline(False)
    till.get_by_text("Verbunden").wait_for()
    assert len(booked(merchant)) == 10
    with tenancy.scope(merchant):
        assert Redemption.objects.count() == 0


def test_answer_that_got_lost_is_asked_for_again_and_books_nothing_twice(
    merchant, card, guest, till, complaints
):
    complaints.expect(LOST)
    lost = []

    def lose_the_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    till.route("**/counter/bookings/", lose_the_first)
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").click()
    assert counter.said(till) in ("Gesichert", "Gestempelt")
    counter.ready(till)
    till.locator("[data-waiting]").wait_for(state="hidden")
    assert lost == [200]
    assert len(booked(merchant)) == 1
    assert makers.balance(merchant, guest, card) == 1


def test_what_is_refused_when_it_gets_through_stays_until_it_is_read(
    merchant, guest, till, tablet, complaints
):
    complaints.expect(LOST)
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").wait_for()
    tablet.set_offline(True)
    till.get_by_role("button", name="Stempeln").click()
    counter.said(till)
    counter.ready(till)
    makers.purchase(merchant, guest)
    tablet.set_offline(False)
    till.get_by_text("Abgelehnt, als das Netz wieder da war").wait_for()
    assert "Noch zu früh." in till.locator("[data-refused] [data-sentence]").inner_text()
    till.reload()
    till.get_by_role("button", name="Gelesen").click()
    till.locator("[data-refused]").wait_for(state="hidden")
    assert len(booked(merchant)) == 1


def test_two_tabs_share_the_list_and_send_it_once(merchant, card, guest, till, tablet, complaints):
    complaints.expect(LOST)
    second = tablet.new_page()
    second.goto("/counter/")
    counter.ready(second)
    counter.kept(second)
    tablet.set_offline(True)
    counter.type_number(till, guest.number)
    till.get_by_role("button", name="Stempeln").click()
    counter.said(till)
    second.get_by_text("Eine Buchung wartet").wait_for()
    tablet.set_offline(False)
    for page in (till, second):
        page.locator("[data-waiting]").wait_for(state="hidden")
    assert makers.balance(merchant, guest, card) == 1
    assert len(booked(merchant)) == 1


def test_two_devices_redeem_one_reward_at_once(merchant, guest, open_context, site):
    for _visit in range(10):
        makers.turn_to(merchant, merchant.clock_at + timedelta(days=1))
        makers.purchase(merchant, guest)
    pages = []
    for name in ("Tablet", "Telefon"):
        context = open_context(**TABLET, permissions=["camera"])
        counter.let_in(merchant, context, site, name=name)
        page = counter.enter(context)
        counter.type_number(page, guest.number)
        page.get_by_role("button", name="Einlösen", exact=True).wait_for()
        pages.append(page)
    for page in pages:
        # The click returns before the answer is there, so both are on their way together.
        page.evaluate("document.querySelector('.till-redeem').click()")
    assert sorted(counter.said(page) for page in pages) == ["Das geht nicht.", "Eingelöst"]
    with tenancy.scope(merchant):
        assert Redemption.objects.count() == 1


def test_without_a_script_a_number_still_becomes_a_stamp(merchant, card, guest, open_context, site):
    context = open_context(**PHONE, java_script_enabled=False)
    counter.let_in(merchant, context, site)
    page = counter.enter(context)
    counter.type_number(page, guest.number)
    page.get_by_role("button", name="Stempeln").first.click()
    page.get_by_text("Jürgen Großkreuz hat jetzt 1 von 10.").wait_for()
    page.get_by_role("link", name="Nächster Gast").click()
    page.locator("#last").get_by_role("button", name="Rückgängig").click()
    page.get_by_role("heading", name="Zurückgenommen").wait_for()
    assert makers.balance(merchant, guest, card) == 0


LOOKS = {
    "narrowest phone": PHONE | {"viewport": {"width": 320, "height": 640}},
    "phone": PHONE,
    "tablet": TABLET,
    "desk in the dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_is_accessible_and_nothing_is_wider_than_it(
    merchant, guest, open_context, site, axe, complaints, look
):
    complaints.expect(LOST)
    context = open_context(**LOOKS[look], permissions=["camera"])
    counter.let_in(merchant, context, site)
    page = counter.enter(context)

    def look_at(name):
        axe(page)
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], name
        small = page.evaluate(_TOO_SMALL)
        assert small == [], name

    look_at("ready")
    counter.type_number(page, guest.number)
    page.get_by_role("button", name="Stempeln").wait_for()
    look_at("guest")
    page.get_by_role("button", name="Stempeln").click()
    counter.said(page)
    look_at("done")
    counter.ready(page)
    counter.type_number(page, guest.number)
    page.get_by_role("button", name="Stempeln").click()
    counter.said(page)
    look_at("refused")
    page.get_by_role("link", name="Verstanden").click()
    page.get_by_role("link", name="Neuer Gast").click()
    page.get_by_role("heading", name="Neuer Gast").wait_for()
    look_at("new guest")
    page.get_by_role("link", name=re.compile("Zurück")).click()
    context.set_offline(True)
    counter.type_number(page, "48221067")
    page.get_by_role("button", name="Stempeln").wait_for()
    look_at("unknown card")
    page.get_by_role("button", name="Stempeln").click()
    counter.said(page)
    counter.ready(page)
    page.get_by_text("Eine Buchung wartet").wait_for()
    look_at("offline")


# Controls that are seen and smaller than 48 px in one direction.
_TOO_SMALL = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert], .skip"))
  .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 47.5 || box.height < 47.5))
  .map(([html, box]) => `${html} ${Math.round(box.width)}×${Math.round(box.height)}`)
"""
