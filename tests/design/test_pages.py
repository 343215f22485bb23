"""Every customer page as a whole: small, complete without script, nothing that the content policy forbids."""

import gzip
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty.design import brand, examples, showcase

pytestmark = pytest.mark.urls("loyalty.design.urls")
CARDS = ["punch", "full", "new", "long", "points", "tier"]


@pytest.fixture(autouse=True)
def _for_trying_out(settings):
    settings.DEMO = True
    with timezone.override("Europe/Berlin"):
        yield


def page(client, name, **query):
    response = client.get(reverse("design-preview", args=[name]), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", sorted(examples.PAGES))
def test_a_page_has_one_heading_a_way_to_the_content_and_no_style_of_its_own(client, name):
    html = page(client, name)
    assert html.count("<h1") == 1
    assert 'href="#content"' in html
    assert 'id="content"' in html
    assert not re.search(r'\sstyle="', html)
    assert not re.search(r"\son[a-z]+=", html)
    assert all("nonce=" in tag for tag in re.findall(r"<(?:style|script)[^>]*>", html))


@pytest.mark.parametrize("name", sorted(examples.PAGES))
def test_no_two_elements_share_an_id_unless_they_are_the_same_drawing(client, name):
    ids = re.findall(r'<(?!linearGradient|mask|g)\w+[^>]* id="([^"]+)"', page(client, name))
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", CARDS)
def test_a_card_with_code_stamps_and_lines_is_below_nine_kilobytes(client, name):
    assert len(gzip.compress(page(client, name).encode())) <= 9 * 1024


def test_only_the_redemption_loads_a_script_and_says_the_end_time_without_it(client):
    with_script = [name for name in examples.PAGES if "<script" in page(client, name)]
    assert with_script == ["redeem"]
    assert "Valid until 8:15" in page(client, "redeem")
    assert "<noscript>" in page(client, "redeem")


def test_the_grid_is_told_in_a_sentence(client):
    assert 'aria-label="7 of 10 stamps, the last on 12 March"' in page(client, "punch")


def test_consent_is_apart_and_unticked(client):
    html = page(client, "signup")
    box = re.search(r'<input class="checkbox"[^>]*>', html)[0]
    assert 'name="consent"' in box
    assert "checked>" not in box
    assert " checked" not in box


def test_an_error_is_linked_to_its_field_and_what_was_typed_stays(client):
    html = page(client, "signup-error")
    assert 'href="#id_address"' in html
    field = re.search(r'<input class="input" id="id_address"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_address_note"' in field
    assert 'value="juergen.grosskreuz@gmial.com"' in field
    assert 'name="take" value="juergen.grosskreuz@gmail.com"' in html


def test_a_theme_is_set_only_when_asked_for(client):
    assert '<html lang="en">' in page(client, "punch")
    assert '<html lang="en" data-theme="stammgast-dark">' in page(client, "punch", theme="dark")
    assert '<html lang="en">' in page(client, "punch", theme='"><script>')


def test_previews_are_only_for_trying_out(client, settings):
    settings.DEMO = settings.DEBUG = False
    assert client.get(reverse("design-preview", args=["punch"])).status_code == 404


def test_a_preview_that_nobody_made_is_not_there(client):
    assert client.get(reverse("design-preview", args=["nothing"])).status_code == 404


def test_the_page_of_the_visual_language_shows_every_shop_and_state(client):
    html = client.get(reverse("design")).content.decode()
    for shop, _colour in showcase.SHOPS:
        assert shop in html
    assert html.count("<h1") == 1
    assert not re.search(r'\sstyle="', html)


def test_a_brand_sets_both_themes_and_follows_a_theme_that_was_chosen():
    css = brand.style("#F3B61F")
    assert css.startswith(":root{--m:#F3B61F;--m-on:#1B2233;--m-text:#8E6801;--m-mark:#BD8D14;")
    assert "@media (prefers-color-scheme:dark){:root:not([data-theme]){" in css
    assert ":root[data-theme=stammgast-dark]{" in css


def test_a_brand_that_is_no_colour_never_reaches_the_page():
    with pytest.raises(ValueError, match="not a colour"):
        brand.style("#fff}body{display:none")


def test_in_the_dark_the_table_is_darker_only_where_white_stands_on_it():
    assert "--m-table:#9C3222" in brand.style("#C5381F")
    assert brand.style("#F3B61F").count("--m-table:#F3B61F") == 3
