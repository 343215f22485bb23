"""The shop's own data, and which files are a logo."""

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.merchants import places, shop
from loyalty.merchants.models import AuditEntry, Location, Merchant
from tests import makers

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>'


@pytest.fixture
def merchant():
    merchant = makers.merchant()
    with tenancy.scope(merchant):
        yield merchant


def test_what_differs_is_saved_and_written_down(merchant):
    shop.change(merchant, actor="Aylin", name="Morgenrot", tagline="", informal=True)
    held = Merchant.objects.get()
    assert (held.name, held.informal) == ("Morgenrot", True)
    assert AuditEntry.objects.get().details == {"fields": ["informal", "name"]}


def test_without_a_change_nothing_is_written(merchant):
    shop.change(merchant, actor="Aylin", name=merchant.name)
    assert AuditEntry.objects.count() == 0


def test_a_shop_needs_a_name_and_keeps_its_currency(merchant):
    with pytest.raises(Invalid):
        shop.change(merchant, actor="Aylin", name=" ")
    with pytest.raises(TypeError):
        shop.change(merchant, actor="Aylin", currency="CHF")
    assert Merchant.objects.get().name == "Café Morgenrot"


@pytest.mark.parametrize(("content", "kind"), [(PNG, "image/png"), (SVG, "image/svg+xml")])
def test_a_logo_is_known_by_what_is_in_it(merchant, content, kind):
    shop.set_logo(merchant, content, actor="Aylin")
    held = Merchant.objects.get()
    assert (bytes(held.logo), held.logo_type) == (content, kind)
    shop.remove_logo(merchant, actor="Aylin")
    assert Merchant.objects.get().logo_type == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html></html>",
        PNG + b"0" * shop.LARGEST_LOGO,
        b"<svg><script>alert(1)</script></svg>",
        b'<svg onload="alert(1)"></svg>',
        b'<svg><a href="javascript:alert(1)"/></svg>',
        b'<svg><image href="https://elsewhere.example/x.png"/></svg>',
        b"<svg><foreignObject/></svg>",
    ],
)
def test_what_is_no_plain_picture_is_refused(merchant, content):
    with pytest.raises(Invalid):
        shop.set_logo(merchant, content, actor="Aylin")
    assert Merchant.objects.get().logo_type == ""


def test_a_location_is_added_renamed_and_unique(merchant):
    added = places.add(name=" Bahnhof ", address="", actor="Aylin")
    places.change(added, name="Hauptbahnhof", address="Gleis 1", actor="Aylin")
    assert [one.name for one in places.all_of_them()] == ["Café Morgenrot", "Hauptbahnhof"]
    with pytest.raises(Invalid):
        places.add(name="Hauptbahnhof", address="", actor="Aylin")
    assert Location.objects.count() == 2
