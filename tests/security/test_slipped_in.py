"""Words that guests and owners write stay words: in pages, mails, drawings, spreadsheets, whatever they look like."""

import csv
import email
import io

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from campaigns import addressing, audience
from campaigns.models import Message
from campaigns.relaying import relay
from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.merchants import devices, shop, staffing
from loyalty.merchants.models import Location, Staff
from members import finding
from members.models import Consent
from tests import makers

pytestmark = pytest.mark.django_db

HOSTILE = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"""
LIVE = ("<script>alert(1)", "<img src=x", "'><", '"><script', "49</")


@pytest.fixture
def cafe():
    merchant = makers.merchant(
        HOSTILE, owner_name=HOSTILE, tagline=HOSTILE, legal_name=HOSTILE, legal_address=HOSTILE
    )
    makers.punch_card(merchant, reward=HOSTILE[:60], welcome_stamps=1)
    makers.points_program(merchant, rewards=[(HOSTILE, 10)])
    return merchant


@pytest.fixture
def guest(cafe):
    member = makers.member(cafe, HOSTILE, email="ben@example.org", language="en")
    makers.purchase(cafe, member, 5000)
    return member


def quiet(text):
    return [sign for sign in LIVE if sign in text]


def test_names_are_words_on_every_page_of_a_guest(client, cafe, guest):
    with tenancy.scope(cafe):
        card = reverse("card", args=[finding.card_of(guest).token])
    shop_pages = [
        reverse(name, args=[cafe.slug]) for name in ("join", "find_card", "privacy", "imprint", "card_icon")
    ]
    for address in [
        *shop_pages,
        card,
        f"{card}history/",
        f"{card}settings/",
        f"{card}?new=1",
        f"{card}install/",
    ]:
        answer = client.get(address)
        assert (answer.status_code, quiet(answer.content.decode())) == (200, []), address


def test_names_are_words_on_every_page_of_the_owner(cafe, guest):
    client = Client()
    client.force_login(get_user_model().objects.get(), "allauth.account.auth_backends.AuthenticationBackend")
    names = (
        "home", "guests", "programs", "rewards", "launch_kit", "team", "settings", "look", "legal", "keys", "audit",
        "account", "start_shop", "start_look", "start_program", "start_done",
    )  # fmt: skip
    addresses = [reverse(f"dashboard:{name}") for name in names]
    addresses += [
        reverse("dashboard:guest", args=[guest.public_id]),
        reverse("dashboard:erase_guest", args=[guest.public_id]),
    ]
    addresses += [
        f"{reverse('dashboard:guests')}?q={HOSTILE}",
        reverse("dashboard:poster", args=["a4", "svg"]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in (200, 404), address
        assert quiet(answer.content.decode()) == [], address


def test_names_are_words_at_the_counter(cafe, guest):
    client = Client(headers={"Accept": "application/json"})
    with tenancy.scope(cafe):
        lena = staffing.add(name=f"Lena {HOSTILE}"[:100], role=Staff.Role.CASHIER, pin="4711", actor="x")
        _device, client.cookies[devices.COOKIE] = devices.let_in(cafe, Location.objects.get(), HOSTILE)
    client.post("/counter/person/", {"person": lena.public_id, "pin": "4711"})
    assert quiet(client.get("/counter/").content.decode()) == []
    for answer in (
        client.post("/counter/find/", {"q": guest.number}),
        client.post("/counter/find/", {"q": HOSTILE}),
        client.post(
            "/counter/bookings/",
            {"card": guest.number, "amount_minor": "500", "amount": "", "key": "tap-00001"},
        ),
    ):
        assert quiet(answer.json()["html"]) == []


def test_names_are_words_in_mails_and_write_no_headers(cafe, guest):
    relay(cafe)
    with tenancy.scope(cafe):
        cafe.name = "Morgenrot\r\nBcc: everybody@example.org"
        rows = list(Message.objects.all())
        members = audience.reachable([guest.id])
        consents = audience.consents(members, Consent.Purpose.EMAIL_MARKETING)
        to = addressing.addressees(cafe, rows, members, consents)
        mails = [addressing.mail(row, to[row.id]) for row in rows]
    assert mails
    for mail in mails:
        assert quiet(mail.html) == []
        read = email.message_from_bytes(mail.as_bytes())
        assert read["Bcc"] is None
        assert set(read.keys()) <= {
            "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted",
            "List-Unsubscribe", "List-Unsubscribe-Post",
        }  # fmt: skip


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "+2+3"])
def test_names_are_no_formulas_in_a_spreadsheet(cafe, name):
    makers.member(cafe, name)
    client = Client()
    client.force_login(get_user_model().objects.get(), "allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(reverse("dashboard:export_guests", args=["csv"]))
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["name"] for row in rows] == [f"'{name}"]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)"/>',
        '<rect onload="alert(1)"/>',
        '<image href="https://elsewhere.example/pixel.png"/>',
        "<foreignObject><iframe/></foreignObject>",
        "<animate onbegin=alert(1) />",
    ],
)
def test_a_logo_brings_nothing_that_acts_or_that_comes_from_elsewhere(cafe, inside):
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()
    with tenancy.scope(cafe), pytest.raises(Invalid):
        shop.set_logo(cafe, drawing, actor="x")


def test_a_logo_that_hides_something_all_the_same_can_do_nothing(client, cafe):
    cafe.logo, cafe.logo_type = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "image/svg+xml",
    )
    cafe.save()
    answer = client.get(reverse("dashboard:logo", args=[cafe.slug]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "next_page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(client, cafe, next_page):
    answer = client.post(reverse("dashboard:language"), {"language": "de", "next": next_page})
    assert "elsewhere" not in answer["Location"]
    assert "javascript" not in answer["Location"]
    user = get_user_model().objects.get()
    user.set_password("correct-horse-battery")
    user.save()
    fields = {"login": user.email, "password": "correct-horse-battery", "next": next_page}
    signed_in = client.post(reverse("account_login"), fields)
    assert signed_in["Location"] == "/dashboard/"


def test_every_form_asks_for_its_token_but_the_one_that_mail_programs_send(cafe, guest):
    strict = Client(enforce_csrf_checks=True)
    with tenancy.scope(cafe):
        card = reverse("card", args=[finding.card_of(guest).token])
    refused = [
        reverse("join", args=[cafe.slug]), reverse("find_card", args=[cafe.slug]), f"{card}settings/", f"{card}delete/",
        f"{card}data.json", reverse("counter:bookings"), reverse("counter:person"), reverse("dashboard:language"),
        reverse("account_login"), reverse("account_signup"),
    ]  # fmt: skip
    assert {strict.post(address).status_code for address in refused} == {403}
    assert strict.post("/u/unknown/", {"List-Unsubscribe": "One-Click"}).status_code == 404
