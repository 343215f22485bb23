"""What a stranger at the public pages can learn, guess, or do to others: nothing, not often, not much."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns import confirming
from campaigns.models import Message
from loyalty import tenancy
from loyalty.merchants import registering
from loyalty.merchants.models import AuditEntry
from members import consents, finding, signing_in
from members.models import Consent, Member
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    makers.punch_card(merchant)
    return merchant


def live(name="Café Morgenrot"):
    merchant = registering.register(
        name=name, email="aylin@morgenrot.example", currency="EUR", timezone="Europe/Berlin", country="DE"
    ).merchant
    makers.punch_card(merchant)
    return merchant


def find(client, merchant, address):
    return client.post(reverse("find_card", args=[merchant.slug]), {"address": address})


def join(client, merchant, address, name="Björn", **more):
    return client.post(
        reverse("join", args=[merchant.slug]), {"name": name, "address": address, "keep": "1", **more}
    )


def same(page):
    """A page without what is new in each of them."""
    return re.sub(rb'(nonce|value)="[^"]{16,}"', b"", page.content)


# --- Who is a member --------------------------------------------------------------------------------------------------


def test_known_and_unknown_addresses_lead_to_the_same_page_and_a_cookie_that_tells_nothing(client, cafe):
    makers.member(cafe, email="ben@example.org")
    pages, cookies = [], []
    for address in ("ben@example.org", "bin@example.org"):
        answer = find(client, cafe, address)
        assert (answer.status_code, answer["Location"]) == (302, reverse("enter_code", args=[cafe.slug]))
        cookies.append(client.cookies["asked"].value)
        pages.append(same(client.get(answer["Location"])))
    assert pages[0] == pages[1]
    assert len(cookies[0]) == len(cookies[1])
    with tenancy.scope(cafe):
        member = Member.objects.get()
    assert member.id.hex not in cookies[0]


def test_a_phone_number_does_not_tell_the_mailbox_behind_it(client, cafe):
    makers.member(cafe, email="ben@example.org", phone="0151 23456789")
    page = client.get(find(client, cafe, "0151 23456789")["Location"])
    assert "example.org" not in page.content.decode()


def test_wrong_codes_are_refused_alike_for_known_and_unknown_addresses(client, cafe):
    makers.member(cafe, email="ben@example.org")
    answers = {}
    for address in ("ben@example.org", "bin@example.org"):
        url = find(client, cafe, address)["Location"]
        answers[address] = [client.post(url, {"code": "12345"}) for _ in range(11)]
    known, unknown = answers.values()
    assert [page.status_code for page in known] == [200] * 10 + [429]
    assert [same(page) for page in known] == [same(page) for page in unknown]


def test_the_code_of_one_member_opens_no_other_card(client, cafe):
    makers.member(cafe, email="ben@example.org")
    other = makers.member(cafe, email="cem@example.org")
    with tenancy.scope(cafe):
        code = signing_in.new_code(other)
    url = find(client, cafe, "ben@example.org")["Location"]
    assert client.post(url, {"code": code}).status_code == 200


# --- Somebody's mailbox -----------------------------------------------------------------------------------------------


def test_five_codes_an_hour_are_enough_for_anybody(client, cafe):
    makers.member(cafe, email="ben@example.org")
    answers = [find(client, cafe, "ben@example.org") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) <= 720
    assert [find(client, cafe, "nobody@example.org").status_code for _ in range(6)] == [302] * 5 + [429]
    with tenancy.scope(cafe):
        assert Message.objects.filter(campaign="sign_in_code").count() == 5


def test_another_code_is_sent_and_no_guess_counted(client, cafe):
    makers.member(cafe, email="ben@example.org")
    url = find(client, cafe, "ben@example.org")["Location"]
    page = client.get(url).content.decode()
    assert 'name="again"' in page
    assert client.post(url, {"again": "1"}).status_code == 302
    with tenancy.scope(cafe):
        assert Message.objects.filter(campaign="sign_in_code").count() == 2


def test_one_mailbox_is_written_to_so_often_a_day_however_many_shops_there_are(client):
    address = "stranger@mailbox.example"
    shops = [live(f"Café {number}") for number in range(21)]
    answers = [join(client, shop, address) for shop in shops]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    with tenancy.scope(shops[-1]):
        assert Member.objects.count() == 0


def test_ticking_a_consent_again_and_again_fills_no_mailbox(cafe):
    member = makers.member(cafe, email="ben@example.org")
    with tenancy.scope(cafe):
        confirming.Event.objects.update(relayed_at=makers.NOON)
        for _ in range(5):
            consents.give(member, Consent.Purpose.EMAIL_MARKETING, confirmed=False, evidence={})
            confirming.ask(member)
        assert Message.objects.filter(campaign="confirmation").count() == 3


@pytest.mark.parametrize(
    "name", ["Win now https://evil.example", "Preis: www.evil.example", "go to evil.com"]
)
def test_our_greeting_carries_nobodys_advertisement(client, cafe, name):
    assert join(client, cafe, "stranger@mailbox.example", name=name).status_code == 422
    with tenancy.scope(cafe):
        assert Member.objects.count() == 0


@pytest.mark.parametrize("name", ["Dr.Weber", "Björn W.", "J. R. Müller-Lüdenscheidt", "St. John O’Neill"])
def test_names_with_dots_are_names(client, cafe, name):
    assert join(client, cafe, "guest@mailbox.example", name=name).status_code == 302


# --- A flood ----------------------------------------------------------------------------------------------------------


def test_one_network_signs_up_so_many_and_the_next_is_not_in_its_way(client, cafe):
    answers = [join(client, cafe, f"bot{number}@mailbox.example").status_code for number in range(61)]
    assert answers == [302] * 60 + [429]
    other = client.post(
        reverse("join", args=[cafe.slug]),
        {"name": "Ben", "address": "ben@example.org"},
        REMOTE_ADDR="203.0.113.7",
    )
    assert other.status_code == 302


def test_an_ipv6_line_counts_as_one_network(client, cafe):
    url = reverse("find_card", args=[cafe.slug])
    statuses = [
        client.post(
            url, {"address": f"a{number}@example.org"}, REMOTE_ADDR=f"2001:db8::{number:x}"
        ).status_code
        for number in range(31)
    ]
    assert statuses == [302] * 30 + [429]


def test_a_proxy_is_believed_only_where_there_is_one(client, cafe, settings):
    url = reverse("find_card", args=[cafe.slug])

    def ask(number):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        return client.post(url, {"address": f"a{number}@example.org"}, headers=headers).status_code

    assert [ask(number) for number in range(31)] == [302] * 30 + [429]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert ask(31) == 302


# --- Somebody else's card ---------------------------------------------------------------------------------------------


@pytest.fixture
def photographed(cafe):
    """The address of a card that was seen at the counter; whose it is one does not know."""
    member = makers.member(
        cafe, name="Ben Okafor", email="ben@mailbox.example", phone="0151 23456789", language="en"
    )
    with tenancy.scope(cafe):
        return reverse("card", args=[finding.card_of(member).token])


def test_a_card_that_others_have_seen_does_not_tell_the_mailbox_or_the_number(client, cafe, photographed):
    makers.turn_to(cafe, makers.NOON + timedelta(hours=1))
    for page in ("", "?new=1", "history/", "settings/", "install/", "manifest.webmanifest"):
        shown = client.get(photographed + page).content.decode()
        assert "ben@mailbox.example" not in shown
        assert "15123456789" not in shown


@pytest.mark.parametrize(("page", "field"), [("data.json", "export_address"), ("delete/", "delete_address")])
@pytest.mark.parametrize("typed", ["", "bin@mailbox.example", "0151 23456780", "nonsense"])
def test_nor_does_it_give_the_data_away_or_let_anybody_delete_it(
    client, cafe, photographed, page, field, typed
):
    answer = client.post(photographed + page, {field: typed})
    assert answer.status_code == 422
    assert "This is not the address that belongs to this card." in answer.content.decode()
    assert client.get(photographed + page).status_code == 405
    with tenancy.scope(cafe):
        assert Member.objects.get().status == Member.Status.ACTIVE


@pytest.mark.parametrize("typed", ["Ben@Mailbox.example ", "0151/23456789", "+4915123456789"])
def test_whose_it_is_takes_the_data_along(client, photographed, typed):
    answer = client.post(f"{photographed}data.json", {"export_address": typed})
    assert answer.json()["member"]["name"] == "Ben Okafor"


def test_the_address_cannot_be_tried_out(client, cafe, photographed):
    for number in range(10):
        client.post(f"{photographed}delete/", {"delete_address": f"guess{number}@mailbox.example"})
    late = client.post(f"{photographed}delete/", {"delete_address": "ben@mailbox.example"})
    assert late.status_code == 429
    with tenancy.scope(cafe):
        assert Member.objects.get().status == Member.Status.ACTIVE


def test_a_card_without_any_address_can_be_deleted_by_who_holds_it(client, cafe):
    member = makers.member(cafe)
    with tenancy.scope(cafe):
        card = reverse("card", args=[finding.card_of(member).token])
    assert client.post(f"{card}delete/").status_code == 200
    with tenancy.scope(cafe):
        assert Member.objects.get().status == Member.Status.ERASED
        assert AuditEntry.objects.get(action="member.erased").subject == member.public_id
