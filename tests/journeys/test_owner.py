"""The owner in a real browser: from nothing to the first stamp, and every page of the dashboard by axe's rules."""

import re
from datetime import UTC, datetime

import pytest
from django.core import signing
from playwright.sync_api import expect

from loyalty import tenancy
from loyalty.dashboard.views.landing import ENTER_SALT
from loyalty.merchants import devices, keys
from loyalty.merchants.models import Membership, Merchant
from members.models import Member
from programs.models import Program, Purchase
from rewards.models import Reward
from tests import makers
from tests.browser.fixtures import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def screen(open_context):
    """A function that opens the owner's screen: `screen(PHONE, color_scheme="dark")`. It speaks English."""

    def open_one(kind=DESK, **options):
        return open_context(**({"locale": "en-GB"} | kind | options)).new_page()

    return open_one


@pytest.fixture
def cafe(site):
    """A café with a card, a guest on the way, one with a full card, and a burst of visits."""
    merchant = makers.merchant(
        "Morgenrot", at=datetime(2026, 1, 5, 8, tzinfo=UTC), owner_name="Aylin Brandt", colour_hex="#C5381F",
        motif="cup", language="en",
    )  # fmt: skip
    makers.punch_card(merchant, reward="A coffee of your choice", stamps_required=5)
    makers.points_program(merchant, rewards=[("A loaf", 150)])
    guests = [
        makers.member(merchant, name) for name in ("Maximiliane Freifrau von Hohenthal-Bergenstein", "Özlem")
    ]
    for day in (6, 13, 20, 27):
        makers.turn_to(merchant, datetime(2026, 2, day - 5, 8, tzinfo=UTC))
        makers.purchase(merchant, guests[0], 390)
    for minute in range(7):
        makers.turn_to(merchant, datetime(2026, 3, 11, 8, minute, tzinfo=UTC))
        makers.purchase(merchant, guests[1], 390)
    makers.turn_to(merchant, makers.NOON)
    return merchant


def let_in(page, merchant):
    """Open a link that lets the owner in, as the command line prints it."""
    membership = Membership.objects.get(merchant=merchant)
    named = {"user": membership.user_id, "merchant": str(merchant.id)}
    page.goto(f"/dashboard/enter/{signing.dumps(named, salt=ENTER_SALT)}/")
    return page


def test_from_nothing_to_a_card_at_the_counter(screen, axe):
    page = screen()
    page.goto("/")
    axe(page)
    page.get_by_role("link", name="Start a card").first.click()
    page.get_by_label("E-mail address").fill("aylin@salon.example")
    page.get_by_label("Password").fill("a long password")
    axe(page)
    page.get_by_role("button", name="Continue").click()

    page.get_by_label("Name of the shop").fill("Salon Özdemir")
    page.get_by_label("Your name").fill("Aylin Özdemir")
    axe(page)
    page.get_by_role("button", name="Continue").click()

    page.locator("label.swatch", has=page.get_by_role("img", name="#E8648A")).click()
    # The colour is on the card at once, before anything is saved.
    expect(page.locator("html")).to_have_attribute("style", re.compile("--m: ?#E8648A"))
    page.locator("label.choice", has=page.get_by_text("Scissors")).click()
    axe(page)
    page.get_by_role("button", name="Continue").click()

    page.get_by_label("Name of the card").fill("Haircut card")
    page.get_by_role("button", name="Stamps to the reward: less").click()
    page.get_by_label("Reward", exact=True).fill("A haircut")
    page.get_by_text("3 of 9").wait_for()  # The server has drawn the card anew.
    page.get_by_text("Six more stamps, then a haircut is free.").wait_for()
    axe(page)
    page.get_by_role("button", name="Start the card").click()

    page.get_by_label("PIN for the counter").fill("4711")
    axe(page)
    page.get_by_role("button", name="Set the PIN").click()
    page.get_by_text("Your PIN is set.").wait_for()
    page.get_by_role("button", name="Open the counter here").click()
    page.wait_for_url("**/counter/")

    merchant = Merchant.objects.get()
    assert (merchant.name, merchant.colour, merchant.motif) == ("Salon Özdemir", "#E8648A", "scissors")
    with tenancy.scope(merchant):
        assert Program.objects.get().name == "Haircut card"
    page.goto("/dashboard/")
    page.get_by_role("heading", name="Only the first guest is missing.").wait_for()
    page.get_by_role("img", name="Your poster: Nine stamps, a haircut on the house.").wait_for()
    axe(page)


def addresses(merchant):
    """Every page that an owner can open, by its address."""
    with tenancy.scope(merchant):
        guest, program = Member.objects.get(name="Özlem"), Program.objects.get(type="punch_card")
        points, reward = Program.objects.get(type="points"), Reward.objects.get(name="A loaf")
        full = Reward.objects.get(unlocked_only=True)
        membership = Membership.objects.get(merchant=merchant)
        staff = f"stf_{membership.staff_id.hex}"
    of_guest = f"/dashboard/guests/{guest.public_id}/"
    return [
        "/dashboard/", "/dashboard/computed/", "/dashboard/guests/", "/dashboard/guests/?q=nobody",
        "/dashboard/guests/new/", of_guest, f"{of_guest}edit/", f"{of_guest}correct/", f"{of_guest}erase/",
        "/dashboard/programs/", f"/dashboard/programs/{program.public_id}/",
        f"/dashboard/programs/{points.public_id}/", f"/dashboard/programs/{program.public_id}/versions/",
        "/dashboard/programs/new/", "/dashboard/programs/new/?type=points", "/dashboard/rewards/",
        "/dashboard/rewards/new/", f"/dashboard/rewards/{reward.public_id}/", f"/dashboard/rewards/{full.public_id}/",
        "/dashboard/launch-kit/", "/dashboard/team/", "/dashboard/team/new/", f"/dashboard/team/people/{staff}/",
        "/dashboard/team/locations/new/", "/dashboard/settings/", "/dashboard/settings/look/",
        "/dashboard/settings/legal/", "/dashboard/settings/keys/", "/dashboard/settings/audit/", "/dashboard/account/",
        "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/email/", "/accounts/logout/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "options"),
    [(DESK, {}), (PHONE, {"color_scheme": "dark", "locale": "de-DE"})],
    ids=["desk-light-english", "phone-dark-german"],
)
def test_every_page_is_accessible_and_fits(cafe, screen, axe, kind, options):
    page = let_in(screen(kind, **options), cafe)
    for address in addresses(cafe):
        answer = page.goto(address)
        assert answer.status == 200, address
        axe(page)
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, f"{address} is {too_wide} px too wide"


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/login/code/"]
)
def test_the_pages_around_signing_in_are_accessible(screen, axe, address):
    page = screen(PHONE)
    page.goto(address)
    axe(page)


def test_the_editor_answers_at_once_and_saves_what_it_showed(cafe, screen):
    page = let_in(screen(), cafe)
    with tenancy.scope(cafe):
        program = Program.objects.get(type="punch_card")
    page.goto(f"/dashboard/programs/{program.public_id}/")
    page.get_by_role("button", name="Stamps to the reward: more").click()
    page.get_by_text("2 of 6").wait_for()
    page.get_by_text("Full", exact=True).click()
    page.get_by_text("6 of 6").wait_for()
    page.get_by_text("Your card is full.").wait_for()
    page.get_by_role("button", name="Apply the change").click()
    page.get_by_text("Saved. It holds from the next purchase on.").wait_for()
    assert page.get_by_label("Stamps to the reward", exact=True).input_value() == "6"


def test_the_list_follows_the_typing_and_a_correction_is_undone(cafe, screen):
    page = let_in(screen(), cafe)
    page.goto("/dashboard/guests/")
    page.get_by_role("searchbox").press_sequentially("özl")
    page.get_by_role("link", name="Maximiliane").first.wait_for(state="detached")
    page.get_by_role("link", name="Özlem").first.click()
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("How many").fill("1")
    page.get_by_label("Why").fill("The scanner was off.")
    page.get_by_role("button", name="Book the correction").click()
    page.get_by_text("“The scanner was off.”").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The correction is taken back.").wait_for()


def test_what_stood_out_is_put_away(cafe, screen):
    page = let_in(screen(PHONE), cafe)
    page.get_by_role("heading", name="Seven visits in six minutes").wait_for()
    page.get_by_role("button", name="All in order").click()
    page.get_by_text("Nothing unusual in the last seven days.").wait_for()


def test_on_the_phone_the_menu_opens_without_a_script(cafe, screen):
    page = let_in(screen(PHONE, java_script_enabled=False), cafe)
    page.get_by_text("Menu", exact=True).or_(page.locator("summary").first).first.click()
    page.get_by_role("link", name="Guests").click()
    page.get_by_role("heading", name="Guests").wait_for()
    assert page.get_by_role("link", name="Özlem").first.is_visible()


def test_without_a_script_a_program_can_be_changed(cafe, screen):
    page = let_in(screen(java_script_enabled=False), cafe)
    with tenancy.scope(cafe):
        program = Program.objects.get(type="punch_card")
    page.goto(f"/dashboard/programs/{program.public_id}/")
    page.get_by_label("Stamps to the reward", exact=True).fill("7")
    page.get_by_role("button", name="Apply the change").click()
    page.get_by_text("Saved. It holds from the next purchase on.").wait_for()


def test_a_key_can_be_copied_and_the_counter_stamps_what_the_dashboard_started(cafe, screen):
    page = let_in(screen(permissions=["clipboard-read", "clipboard-write"]), cafe)
    page.goto("/dashboard/settings/keys/")
    page.get_by_label("What it is for").fill("Till")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert keys.find(copied).name == "Till"

    page.goto("/dashboard/team/")
    page.get_by_role("button", name="Open the counter here").click()
    page.wait_for_url("**/counter/**")
    cookie = next(one for one in page.context.cookies() if one["name"] == devices.COOKIE)
    assert devices.find(cookie["value"]).merchant == cafe
    with tenancy.scope(cafe):
        assert Purchase.objects.count() == 11
