"""The customer's pages in a real browser, without any server: what the page asks for is answered by Django's client."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import sync_playwright

from loyalty.design import examples
from tests.browser import chromium
from tests.browser.fixtures import axe, built, complaints  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.urls("loyalty.design.urls")]
CARDS = ["punch", "full", "new", "long", "points", "tier"]
HOST = "http://localhost:9"  # Nothing listens there: every request is answered by the test.


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.path(), args=["--no-sandbox", *chromium.QUIET]
        )
        yield running
        running.close()


@pytest.fixture
def open_page(browser, client, settings, complaints, built):  # noqa: F811
    """A function that opens a preview: `open_page("punch", width=390, color_scheme="dark")`."""
    settings.DEMO = True
    contexts = []

    def answer(route):
        path = route.request.url.removeprefix(HOST)
        if path.startswith("/static/"):
            route.fulfill(path=finders.find(path.removeprefix("/static/")))
            return
        with timezone.override("Europe/Berlin"):
            response = client.get(path, headers={"accept-language": "de"})
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)

    def open_one(name, *, width=390, height=844, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(complaints.listen(context))
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(HOST + (reverse("design-preview", args=[name]) if name else reverse("design")))
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", CARDS)
def test_both_leaves_of_the_card_are_above_620_pixels(open_page, name):
    card = open_page(name).locator(".card").bounding_box()
    assert card["y"] + card["height"] <= 620


@pytest.mark.parametrize("name", ["signup-error", "punch", "points", "tier", "redeem", "settings", ""])
def test_nothing_hangs_over_the_edge(open_page, name):
    page = open_page(name)
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", [*sorted(examples.PAGES), ""])
def test_axe_finds_nothing_in_either_theme(open_page, axe, name):  # noqa: F811
    page = open_page(name, reduced_motion="reduce")
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page)


@pytest.mark.parametrize("name", ["signup", "punch", "full", "points", "settings", "signin"])
def test_what_a_finger_presses_is_48_pixels_tall(open_page, name):
    page = open_page(name)
    controls = page.locator("button, a.btn, input:not([type=hidden], .checkbox), select")
    for control in controls.filter(visible=True).all():
        assert round(control.bounding_box()["height"]) >= 48, control.evaluate("node => node.outerHTML")


def test_without_script_a_redemption_tells_its_end_and_how_to_get_the_next_code(open_page):
    page = open_page("redeem", java_script_enabled=False)
    assert page.get_by_text(re.compile("8:15")).is_visible()
    assert page.locator("noscript a").is_visible()


def test_with_script_a_redemption_tells_the_seconds_left(open_page):
    words = open_page("redeem").locator("[data-seconds] span").inner_text()
    assert re.search(r"4[0-2]", words)


def test_the_dark_theme_is_the_devices_unless_the_page_says_otherwise(open_page):
    ground = "getComputedStyle(document.body).backgroundColor"
    assert open_page("punch", color_scheme="dark").evaluate(ground) == "rgb(18, 22, 31)"
    assert open_page("punch", color_scheme="light").evaluate(ground) == "rgb(246, 245, 241)"
    page = open_page("punch", color_scheme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'stammgast'")
    assert page.evaluate(ground) == "rgb(246, 245, 241)"
    page.evaluate("document.documentElement.dataset.theme = 'stammgast-dark'")
    assert page.evaluate(ground) == "rgb(18, 22, 31)"


def test_the_first_tab_leads_to_the_content(open_page):
    page = open_page("punch")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.get_attribute("href") == "#content"
    assert focused.bounding_box()["y"] >= 0


def test_a_card_without_a_foreign_name_fetches_one_font_file_only(open_page):
    page = open_page("signup")
    page.wait_for_load_state("networkidle")
    fonts = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [name.rsplit("/", 1)[1] for name in fonts if "figtree" in name] == [
        "figtree-latin-wght-normal.woff2"
    ]
