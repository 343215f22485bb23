"""The customer's pages, without JavaScript: joining, the card, history, own data, links in mails."""

import gzip
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns import relaying
from campaigns.models import Message
from loyalty import tenancy
from members import consents, finding
from members.models import Consent, Member
from rewards import standing
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    makers.punch_card(merchant, welcome_stamps=1)
    return merchant


def url_of(merchant, member):
    with tenancy.scope(merchant):
        return reverse("card", args=[finding.card_of(member).token])


def join(client, merchant, **values):
    values = {"name": "Björn Weißgerber", "address": "bjoern@weissgerber.example"} | values
    return client.post(reverse("join", args=[merchant.slug]), values, headers={"Accept-Language": "de"})


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_offer_is_the_headline(client, cafe):
    page = client.get(reverse("join", args=[cafe.slug]), headers={"Accept-Language": "en"})
    assert "Ten stamps, ein Kaffee nach Wahl on the house." in text(page)
    assert "One stamp per visit, the first one is on it already. No app, no password." in text(page)


def test_joining_opens_the_card_with_the_welcome_stamp(client, cafe):
    answer = join(client, cafe)
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    with tenancy.scope(cafe):
        member = Member.objects.get()
        assert (member.name, member.email, member.language) == (
            "Björn Weißgerber",
            "bjoern@weissgerber.example",
            "de",
        )
        assert consents.current(member) == {}
    assert 'aria-label="' in page.content.decode()
    assert member.spoken_number in text(page).replace("\xa0", " ")


def test_consent_is_kept_with_its_evidence_and_waits_for_the_link(client, cafe):
    join(client, cafe, consent="on")
    with tenancy.scope(cafe):
        member = Member.objects.get()
        consent = Consent.objects.get()
        assert (consent.purpose, consent.given, consent.confirmed) == ("email_marketing", True, False)
        assert consent.evidence["source"] == "signup"
        assert not consents.allows(member, Consent.Purpose.EMAIL_MARKETING)
    relaying.relay(cafe)
    with tenancy.scope(cafe):
        welcome = Message.objects.get()
        assert (welcome.campaign, welcome.figures["confirm"]) == ("welcome", True)


def test_a_known_address_gets_a_code_and_no_second_account(client, cafe):
    join(client, cafe)
    answer = join(client, cafe, name="Björn W.", address="BJOERN@weissgerber.example")
    assert answer["Location"] == reverse("enter_code", args=[cafe.slug])
    with tenancy.scope(cafe):
        assert Member.objects.count() == 1
        message = Message.objects.get(campaign="sign_in_code")
    page = client.get(answer["Location"])
    assert "B…N@weissgerber.example" in text(page)
    assert client.post(answer["Location"], {"code": "000000"}).status_code == 200
    opened = client.post(answer["Location"], {"code": message.figures["code"]})
    with tenancy.scope(cafe):
        assert opened["Location"] == url_of(cafe, Member.objects.get())


def test_asking_for_a_strangers_card_looks_the_same(client, cafe):
    answer = client.post(reverse("find_card", args=[cafe.slug]), {"address": "niemand@example.org"})
    assert answer["Location"] == reverse("enter_code", args=[cafe.slug])
    assert client.get(answer["Location"]).status_code == 200
    with tenancy.scope(cafe):
        assert Message.objects.count() == 0


def test_a_slip_in_the_address_is_named_and_nothing_typed_is_lost(client, cafe):
    page = join(client, cafe, address="juergen@gmial.com", consent="on")
    assert page.status_code == 422
    assert "gmail.com" in text(page)
    assert 'value="Björn Weißgerber"' in page.content.decode()
    with tenancy.scope(cafe):
        assert Member.objects.count() == 0
    taken = join(client, cafe, address="juergen@gmial.com", take="juergen@gmail.com")
    assert taken.status_code == 302
    with tenancy.scope(cafe):
        assert Member.objects.get().email == "juergen@gmail.com"


@pytest.mark.parametrize("address", ["", "kein-at", "a@b", "0151"])
def test_a_wrong_address_is_explained(client, cafe, address):
    page = join(client, cafe, address=address)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode()
    with tenancy.scope(cafe):
        assert Member.objects.count() == 0


def test_the_card_says_what_comes_next(client, cafe):
    member = makers.member(cafe, language="en")
    page = text(client.get(url_of(cafe, member)))
    assert "Nine more stamps, then ein Kaffee nach Wahl is free." in page
    assert "1 of 10" in page


def test_a_full_card_offers_to_redeem_and_its_code_lives_for_a_minute(client, cafe):
    member = makers.member(cafe, language="en")
    for hours in range(1, 10):
        makers.turn_to(cafe, makers.NOON + timedelta(hours=hours))
        makers.purchase(cafe, member)
    page = client.get(url_of(cafe, member))
    assert "Ein Kaffee nach Wahl is waiting for you." in text(page)
    assert "10 of 10" in text(page)
    redeem = re.search(r'href="([^"]+/redeem/[^"]+)"', page.content.decode()).group(1)
    shown = client.get(redeem)
    assert re.search(r"\d{3} \d{3}", text(shown))
    with tenancy.scope(cafe):
        assert [reward.name for reward in standing.of(member)[0].unlocked] == ["Ein Kaffee nach Wahl"]


def test_an_unknown_card_is_not_found(client, cafe):
    assert client.get("/card/gibt-es-nicht/").status_code == 404


def test_own_data_can_be_taken_along_and_deleted(client, cafe):
    member = makers.member(cafe, email="max@example.org")
    makers.purchase(cafe, member, 420)
    card = url_of(cafe, member)
    data = client.post(f"{card}data.json", {"export_address": "MAX@example.org"}).json()
    assert data["member"]["email"] == "max@example.org"
    assert [row["amount_minor"] for row in data["purchases"]] == [420]
    assert client.post(f"{card}delete/", {"delete_address": "max@example.org"}).status_code == 200
    with tenancy.scope(cafe):
        gone = Member.objects.get()
        assert (gone.name, gone.email, gone.status) == ("", "", "erased")
    assert client.get(card).status_code == 404


def test_settings_change_consents_and_language(client, cafe):
    member = makers.member(cafe, email="max@example.org", language="de")
    card = url_of(cafe, member)
    client.post(f"{card}settings/", {"profiling": "on", "language": "en"})
    with tenancy.scope(cafe):
        assert consents.allows(member, Consent.Purpose.PROFILING)
        assert Member.objects.get().language == "en"
    client.post(f"{card}settings/", {"language": "en"})
    with tenancy.scope(cafe):
        assert not consents.allows(member, Consent.Purpose.PROFILING)


def test_the_card_is_light_and_loads_nothing_from_elsewhere(client, cafe):
    member = makers.member(cafe)
    for hours in range(1, 8):
        makers.turn_to(cafe, makers.NOON + timedelta(hours=hours))
        makers.purchase(cafe, member)
    page = client.get(url_of(cafe, member))
    assert len(gzip.compress(page.content)) < 10_000
    assert not re.search(rb'(?:src|href)="(?:https?:)?//(?!localhost)', page.content)
    assert b"<script" not in page.content
