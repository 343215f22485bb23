"""Settings, keys, the logo, and the account."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from loyalty.merchants import keys
from loyalty.merchants.models import ApiKey, AuditEntry, Merchant

SHOP = {
    "name": "Morgenrot", "tagline": "Café", "contact_name": "Aylin", "email": "a@morgenrot.example",
    "timezone": "Europe/Vienna", "language": "de", "informal": "1",
}  # fmt: skip
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>'


def held():
    return Merchant.objects.get()


def test_the_shop_is_changed_and_it_is_told_by_whom(shop, owner):
    owner.post(reverse("dashboard:settings"), SHOP)
    assert (held().name, held().timezone, held().informal) == ("Morgenrot", "Europe/Vienna", True)
    text = owner.get(reverse("dashboard:audit")).content.decode()
    assert "Shop data changed" in text
    assert "Aylin Brandt" in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"name": ""}, "This field is required."), ({"email": "a@"}, "Enter a valid email address."),
     ({"timezone": "Mars/Olympus"}, "Select a valid choice.")],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(owner, wrong, said):
    text = owner.post(reverse("dashboard:settings"), SHOP | {"tagline": "Rösterei"} | wrong).content.decode()
    assert said in text
    assert 'value="Rösterei"' in text
    assert held().tagline == ""


def test_the_legal_pages_are_changed(owner):
    given = {"legal_name": "Morgenrot GmbH", "legal_address": "Leipzig", "imprint_url": "morgenrot.example/i"}
    owner.post(reverse("dashboard:legal"), given | {"privacy_url": ""})
    assert (held().legal_name, held().imprint_url) == ("Morgenrot GmbH", "https://morgenrot.example/i")


def test_the_colour_brings_its_tokens_along(owner):
    owner.post(reverse("dashboard:look"), {"colour": "#f3b61f", "motif": "wheat"})
    assert (held().colour, held().motif, held().palette["light"]["m_on"]) == ("#F3B61F", "wheat", "#1B2233")


def test_no_colour_is_no_colour(owner):
    text = owner.post(reverse("dashboard:look"), {"colour": "red", "motif": "cup"}).content.decode()
    assert "Write a colour as # and six hex digits" in text
    assert 'value="red"' in text


def test_a_logo_is_served_to_everybody_and_runs_nothing(shop, owner):
    owner.post(reverse("dashboard:logo_upload"), {"logo": SimpleUploadedFile("logo.svg", SVG)})
    answer = Client().get(reverse("dashboard:logo", args=[shop.merchant.slug]))
    assert (answer.content, answer["Content-Type"]) == (SVG, "image/svg+xml")
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    owner.post(reverse("dashboard:logo_upload"), {"remove": "1"})
    assert Client().get(reverse("dashboard:logo", args=[shop.merchant.slug])).status_code == 404


def test_what_is_no_logo_is_refused_beside_the_field(owner):
    text = owner.post(reverse("dashboard:logo_upload"), {"logo": BytesIO(b"GIF89a")}).content.decode()
    assert "Please choose a PNG or SVG file." in text
    assert held().logo_type == ""


def test_a_key_is_shown_once_and_can_be_revoked(shop, owner):
    text = owner.post(reverse("dashboard:keys"), {"name": "Till", "scope": "counter"}).content.decode()
    key = ApiKey.objects.get(name="Till")
    secret = text.partition('id="secret" value="')[2].partition('"')[0]
    assert keys.find(secret) == key
    assert key.scopes == ["counter"]
    assert secret not in owner.get(reverse("dashboard:keys")).content.decode()
    owner.post(reverse("dashboard:revoke_key", args=[key.public_id]))
    assert keys.find(secret) is None
    with shop.scope():
        actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["key.issued", "key.revoked"]


def test_the_account_leads_to_passkeys_and_out(owner):
    text = owner.get(reverse("dashboard:account")).content.decode()
    assert reverse("mfa_index") in text
    assert reverse("account_logout") in text


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
)
def test_the_pages_around_signing_in_have_our_look(client, db, name):
    text = client.get(reverse(name), headers={"Accept-Language": "en"}).content.decode()
    assert "dashboard.css" in text
    assert "Stammgast" in text
    assert "<style" not in text.replace("<style nonce", "")


@pytest.mark.parametrize("name", ["mfa_index", "account_email", "account_logout"])
def test_the_pages_of_the_account_have_our_look(owner, name):
    text = owner.get(reverse(name)).content.decode()
    assert "Back to my account" in text
