"""Whoever is at the counter is found by what they have with them, and nobody else is."""

import pytest
from django.conf import settings

from loyalty import tenancy
from loyalty.errors import NotFound
from members import finding, joining, privacy
from members.models import CardToken, Member
from tests import makers


@pytest.fixture
def aylin(cafe):
    return joining.register(name="Aylin", email="Aylin@gmail.com", phone="0151 23456789", external_id="K-77")


def merged_into(survivor, **details):
    member = joining.register(**details)
    Member.objects.filter(id=member.id).update(status="merged", merged_into=survivor)
    return member


def test_a_card_is_its_token_its_address_or_its_number(aylin):
    card = finding.card_of(aylin)
    assert finding.card_url(card) == f"{settings.PUBLIC_URL}/card/{card.token}/"
    spoken = f" {aylin.number[:4]}-{aylin.number[4:]} "
    for text in (
        card.token,
        f" {card.token}\n",
        finding.card_url(card),
        f"https://x.example/card/{card.token}?a=1#b",
    ):
        assert finding.by_card(text) == aylin
    for text in (aylin.number, aylin.spoken_number, spoken):
        assert finding.find(card=text) == aylin


@pytest.mark.parametrize(
    "text", ["", "12345678", "1234", "x" * 22, "ß" * 22, "\x00", "https://x.example/", "48217390\x00"]
)
def test_an_unknown_card_is_not_found(aylin, text):
    Member.objects.update(number="48217390")
    with pytest.raises(finding.CardUnknown) as refused:
        finding.by_card(text)
    assert refused.value.code == "not_found"
    assert (
        str(refused.value)
        == "This card is not known here. Please check the number, or look by e-mail or phone."
    )


def test_a_revoked_card_is_not_found(aylin):
    card = finding.card_of(aylin)
    CardToken.objects.update(revoked_at=makers.NOON)
    with pytest.raises(NotFound):
        finding.by_card(card.token)
    with pytest.raises(NotFound):
        finding.card_of(aylin)
    assert finding.scan_target(card.token) is None


def test_a_member_is_found_by_address_number_and_id(aylin):
    assert finding.find(email=" AYLIN@Gmail.com ") == aylin
    assert finding.find(phone="+49 151 234 567 89") == aylin
    assert finding.find(phone="0151/23456789") == aylin
    assert finding.find(external_id="K-77") == aylin
    assert finding.find(id=aylin.public_id) == aylin


@pytest.mark.parametrize(
    "wanted",
    [
        {"email": "ben@gmail.com"}, {"email": ""}, {"email": "\x00"}, {"phone": "0151 23456780"}, {"phone": "abc"},
        {"phone": ""},
        {"external_id": "k-77"}, {"external_id": ""},
        {"id": "mem_1"}, {"id": "pur_" + "0" * 32}, {"id": "mem_" + "0" * 32},
    ],
)  # fmt: skip
def test_who_is_not_a_member_is_not_found(aylin, wanted):
    with pytest.raises(NotFound) as refused:
        finding.find(**wanted)
    assert refused.value.code == "not_found"


def test_old_ids_cards_and_addresses_answer_with_the_survivor(aylin):
    first = joining.register(name="A. Yılmaz", email="a.yilmaz@gmx.de", external_id="K-12")
    oldest = merged_into(first, name="Ayln", phone="0151 23456780")
    Member.objects.filter(id=first.id).update(status="merged", merged_into=aylin)
    assert finding.find(id=oldest.public_id) == aylin
    assert finding.find(email="a.yilmaz@gmx.de") == aylin
    assert finding.find(external_id="K-12") == aylin
    assert finding.by_card(oldest.number) == aylin
    assert finding.by_card(finding.card_of(oldest).token) == aylin


def test_an_erased_member_is_found_by_id_alone(aylin):
    card = finding.card_of(aylin)
    privacy.erase(aylin)
    assert finding.find(id=aylin.public_id).status == "erased"
    for wanted in (
        {"card": card.token},
        {"card": aylin.number},
        {"email": "aylin@gmail.com"},
        {"external_id": "K-77"},
    ):
        with pytest.raises(NotFound):
            finding.find(**wanted)


@pytest.mark.django_db
def test_another_merchants_card_is_as_unknown_as_none_at_all():
    cafe, bakery = makers.merchant(), makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")
    with tenancy.scope(cafe):
        aylin = joining.register(email="aylin@gmail.com", external_id="K-77")
        token = finding.card_of(aylin).token
    assert finding.scan_target(token).merchant == cafe
    with tenancy.scope(bakery):
        for wanted in (
            {"card": token},
            {"card": aylin.number},
            {"id": aylin.public_id},
            {"email": "aylin@gmail.com"},
        ):
            with pytest.raises(NotFound):
                finding.find(**wanted)


def test_the_newest_card_is_the_card_and_the_older_ones_still_work(aylin):
    old = finding.card_of(aylin)
    CardToken.objects.update(created_at="2025-01-01T00:00:00Z")
    CardToken.objects.create(token="new-card", merchant_id=aylin.merchant_id, member_id=aylin.id)
    assert finding.card_of(aylin).token == "new-card"
    assert finding.by_card(old.token) == aylin


def test_cards_of_many_members_take_one_query(cafe, django_assert_num_queries):
    members = [joining.register(name=name) for name in ("Ben", "Cem")]
    with django_assert_num_queries(1):
        cards = finding.cards_of(members)
    assert {member_id: card.member_id for member_id, card in cards.items()} == {
        member.id: member.id for member in members
    }


def test_many_are_found_in_few_queries_by_whatever_they_are_known_by(aylin, django_assert_num_queries):
    ben = joining.register(name="Ben", email="ben@gmx.de")
    token = finding.card_of(ben).token
    wanted = [
        ("card", aylin.spoken_number), ("card", token), ("card", "K-77"), ("email", " BEN@gmx.de"),
        ("phone", "0151/23456789"), ("member", "K-77"), ("member", aylin.number), ("member", "ben@gmx.de"),
        ("member", "+49 151 23456789"), ("card", "K-78"), ("member", "\x00"), ("phone", "12"), ("email", ""),
    ]  # fmt: skip
    with django_assert_num_queries(6):
        found = finding.find_many(wanted)
    assert [found.get(pair) for pair in wanted] == [
        aylin, ben, aylin, ben, aylin, aylin, aylin, ben, aylin, None, None, None, None,
    ]  # fmt: skip


def test_of_many_the_external_id_goes_before_a_number(aylin):
    ben = joining.register(name="Ben", external_id=aylin.number)
    assert finding.find_many([("member", aylin.number), ("card", aylin.number)]) == {
        ("member", aylin.number): ben,
        ("card", aylin.number): aylin,
    }


def test_of_many_the_merged_are_followed_and_the_erased_left_out(aylin):
    old = merged_into(aylin, email="ayln@gmx.de")
    gone = joining.register(name="Ben")
    card = finding.card_of(gone)
    privacy.erase(gone)
    wanted = [("email", "ayln@gmx.de"), ("card", old.number), ("card", gone.number), ("card", card.token)]
    assert finding.find_many(wanted) == dict.fromkeys(wanted[:2], aylin)


def test_none_are_found_without_a_query(cafe, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert finding.find_many([]) == {}
