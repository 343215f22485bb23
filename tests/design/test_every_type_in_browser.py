"""The pages of every program type in a real browser: nothing hangs over the edge, and axe finds nothing."""

import os

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from loyalty import tenancy
from loyalty.dashboard import kinds
from members import finding
from rewards import club
from rewards.gift_cards import issuing
from tests import makers
from tests.browser import chromium
from tests.browser.fixtures import axe, built, complaints  # noqa: F401
from tests.counter.conftest import at_device, hire
from tests.dashboard.conftest import signed_in
from tests.every_type import run

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
HOST = "http://localhost:9"  # Nothing listens there: every request is answered by the test.
TYPES = ["tiered", "paid_vip", "cash_back", "discount_card"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def browser():
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.path(), args=["--no-sandbox", *chromium.QUIET]
        )
        yield running
        running.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def merchant(db):
    return makers.merchant(owner_name="Aylin Brandt", language="de")


@pytest.fixture
def open_page(browser, complaints, built):  # noqa: F811
    """A function that opens a page with the cookies of a client: `open_page(client, address, viewport)`."""
    contexts = []

    def open_one(client, address, viewport, **options):
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", locale="de-DE", **options)
        contexts.append(complaints.listen(context))
        rendered = client.get(address, headers={"Accept-Language": "de"})
        assert rendered.status_code == 200, address
        context.route("**/*", lambda route: _answer(route, rendered))
        page = context.new_page()
        page.goto(HOST + address)
        return page

    yield open_one
    for context in contexts:
        context.close()


def _answer(route, rendered):
    """What the page is, or what belongs to it. The browser's thread has no database: the page was made before."""
    path = route.request.url.removeprefix(HOST)
    if path.startswith("/static/"):
        route.fulfill(path=finders.find(path.removeprefix("/static/")))
    elif path == rendered.request["PATH_INFO"]:
        route.fulfill(status=rendered.status_code, headers=dict(rendered.headers), body=rendered.content)
    else:
        route.fulfill(status=200, content_type="text/javascript", body="")


def pages_of(merchant, name):
    """(what it is called, client, address) of the pages that show a program of a type."""
    program, guest = run(merchant, name), makers.member(merchant, "Özlem Yıldırım-Österreicher")
    with tenancy.scope(merchant):
        if name == "paid_vip":
            club.subscribe(member=guest, program=program, plan="Monat")
        token, gift = finding.card_of(guest).token, issuing.issue(balance_minor=2500)
    makers.purchase(merchant, guest, 124000)
    owner, till = signed_in(merchant), at_device(merchant)
    lena = hire(merchant, "Lena Hoffmann")
    till.post("/counter/person/", {"person": lena.public_id, "pin": "4711"})
    return [
        ("card", Client(), reverse("card", args=[token])),
        ("join", Client(), reverse("join", args=[merchant.slug])),
        ("program", owner, reverse("dashboard:program", args=[program.public_id])),
        ("guest", owner, reverse("dashboard:guest", args=[guest.public_id])),
        ("counter", till, reverse("counter:guest", args=[guest.public_id])),
        ("gift_card", till, reverse("counter:gift_card", args=[gift.public_id])),
    ]


@pytest.mark.parametrize("name", TYPES)
def test_axe_finds_nothing_and_nothing_hangs_over_the_edge(open_page, axe, merchant, name):  # noqa: F811
    for _called, client, address in pages_of(merchant, name):
        page = open_page(client, address, PHONE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            axe(page)
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


def test_the_list_of_all_types_on_the_phone(open_page, axe, merchant):  # noqa: F811
    run(merchant, *kinds.KINDS)
    page = open_page(signed_in(merchant), reverse("dashboard:programs"), PHONE)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
