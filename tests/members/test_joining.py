"""Someone becomes a member: what is written down, what is refused, and that nobody becomes two."""

import re
from datetime import UTC, date, datetime

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.merchants.models import Location
from members import consents, finding, joining
from members.models import CardToken, Consent, Member
from tests import makers

FORMER = datetime(2025, 1, 2, 9, 30, tzinfo=UTC)


def in_all():
    return Member.objects.count(), CardToken.objects.count(), Consent.objects.count()


def test_a_member_gets_a_number_a_card_and_the_merchants_language_and_timezone(cafe):
    member = joining.register(
        name="  Aylin   Yılmaz ", email="Aylin@GMAIL.com", phone="0151 23456789", birthday=date(1990, 2, 28)
    )
    member.refresh_from_db()
    assert re.fullmatch(r"\d{8}", member.number)
    assert member.spoken_number == f"{member.number[:4]} {member.number[4:]}"
    assert (member.name, member.email, member.email_key, member.phone, member.birthday) == (
        "Aylin Yılmaz", "Aylin@gmail.com", "aylin@gmail.com", "+4915123456789", date(1990, 2, 28),
    )  # fmt: skip
    assert (member.language, member.timezone, member.joined_at) == ("de", "Europe/Berlin", makers.NOON)
    assert (member.status, member.external_id, member.visits) == ("active", None, 0)
    card = CardToken.objects.get()
    assert (card.member_id, card.merchant_id, card.revoked_at, len(card.token)) == (
        member.id,
        cafe.id,
        None,
        22,
    )


def test_a_member_may_have_a_language_a_place_and_a_past_of_their_own(cafe):
    location = Location.objects.get()
    member = joining.register(name="Ben", language="en", location=location, at=FORMER, external_id=" K-77 ")
    member.refresh_from_db()
    assert (member.language, member.joined_at_location, member.joined_at, member.external_id) == (
        "en",
        location,
        FORMER,
        "K-77",
    )


def test_many_may_join_without_an_address(cafe):
    joining.register(name="Ben")
    joining.register(name="Ben")
    assert in_all() == (2, 2, 0)


def test_consents_are_written_down_as_they_were_said(cafe):
    said = [
        {"purpose": "email_marketing", "given": True},
        {"purpose": "profiling", "given": True},
        {"purpose": "sms_marketing", "given": False},
    ]
    member = joining.register(
        name="Ben", email="ben@gmx.de", consents=said, evidence={"source": "signup", "text": "Ja, gern"}
    )
    held = consents.current(member)
    assert {purpose: (row.given, row.confirmed, row.evidence) for purpose, row in held.items()} == {
        "email_marketing": (True, False, {"source": "signup", "text": "Ja, gern"}),
        "profiling": (True, True, {"source": "signup", "text": "Ja, gern"}),
        "sms_marketing": (False, True, {"source": "signup", "text": "Ja, gern"}),
    }


def test_a_consent_that_the_owner_of_the_address_confirmed_counts_at_once(cafe):
    said = [{"purpose": "email_marketing", "given": True, "confirmed": True}]
    assert consents.allows(joining.register(email="ben@gmx.de", consents=said), "email_marketing") is True


def test_all_that_is_wrong_is_named_and_nothing_written(cafe):
    with pytest.raises(Invalid) as refused:
        joining.register(
            name="x" * 161,
            email="aylin@",
            phone="12",
            birthday=date(2026, 3, 13),
            language="fr",
            external_id="y" * 256,
        )
    assert refused.value.facts["field_errors"] == {
        "name": ["A name has at most 160 characters."],
        "email": ["This is not a complete e-mail address. It looks like name@example.com."],
        "phone": ["This is not a complete phone number. Write it with its area code, e.g. 01512 3456789."],
        "birthday": ["A birthday lies in the past, and not before 1900."],
        "language": ["There is German (de) and English (en)."],
        "external_id": ["An id of your own has at most 255 characters."],
    }
    assert in_all() == (0, 0, 0)


def test_a_name_with_control_characters_is_refused(cafe):
    with pytest.raises(Invalid) as refused:
        joining.register(name="Ben\x00")
    assert refused.value.facts["field_errors"] == {
        "name": ["This name contains characters that cannot be printed."]
    }
    assert in_all() == (0, 0, 0)


def test_an_unknown_purpose_is_refused_and_nothing_written(cafe):
    with pytest.raises(Invalid) as refused:
        joining.register(name="Ben", consents=[{"purpose": "pigeon", "given": True}])
    assert refused.value.facts["field_errors"] == {
        "consents.0.purpose": [
            "There is no such purpose. There are: email_marketing, sms_marketing, profiling."
        ]
    }
    assert in_all() == (0, 0, 0)


@pytest.mark.parametrize(
    ("again", "field"),
    [
        ({"email": " AYLIN@gmail.com"}, "email"),
        ({"phone": "+49 151 23456789"}, "phone"),
        ({"external_id": "K-77"}, "external_id"),
        ({"email": "aylin@gmail.com", "phone": "0151 23456789", "external_id": "K-77"}, "email"),
    ],
)
def test_an_address_number_or_id_that_is_taken_is_refused_with_its_member(cafe, again, field):
    first = joining.register(name="Aylin", email="Aylin@gmail.com", phone="015123456789", external_id="K-77")
    said = [{"purpose": "profiling", "given": True}]
    with pytest.raises(joining.AlreadyMember) as refused:
        joining.register(name="Someone", consents=said, **again)
    assert (refused.value.code, refused.value.member, refused.value.facts) == (
        "already_member",
        first,
        {"field": field},
    )
    assert str(refused.value) == "There is already a card for this. Please look it up, or have it sent."
    assert in_all() == (1, 1, 0)


def test_a_number_that_is_taken_is_drawn_again(cafe, monkeypatch):
    drawn = iter([48217390, 48217390, 7])
    monkeypatch.setattr(joining.secrets, "randbelow", lambda _below: next(drawn))
    assert [joining.register(name="Ben").number for _ in range(2)] == ["48217390", "00000007"]


def test_a_batch_gives_each_row_its_member_or_its_refusal(cafe):
    first = joining.register(name="Aylin", email="aylin@gmail.com", external_id="A-1")
    results = joining.register_many(
        [
            {
                "name": "Ben",
                "external_id": "B-1",
                "phone": "0151 23456789",
                "consents": [{"purpose": "profiling", "given": True}],
            },
            {"name": "Aylin?", "external_id": "A-1"},
            {"name": "Cem", "email": "cem@"},
            {"name": "Dora", "email": "AYLIN@gmail.com"},
            {"name": "Ben again", "external_id": "B-1"},
            {"name": "Emil", "phone": "015123456789"},
            {"name": "Frieda", "language": "en", "at": FORMER},
            {"name": "Gül", "consents": [{"purpose": "pigeon", "given": True}]},
        ]
    )
    ben, again, wrong, taken, repeat, sharing, frieda, pigeon = results
    assert (ben.is_repeat, ben.member.name, ben.member.external_id) == (False, "Ben", "B-1")
    assert (again.is_repeat, again.member) == (True, first)
    assert list(wrong.facts["field_errors"]) == ["email"]
    assert (type(taken), taken.member, taken.facts) == (joining.AlreadyMember, first, {"field": "email"})
    assert (repeat.is_repeat, repeat.member) == (True, ben.member)
    assert (sharing.member, sharing.facts) == (ben.member, {"field": "phone"})
    assert (frieda.member.language, frieda.member.joined_at) == ("en", FORMER)
    assert list(pigeon.facts["field_errors"]) == ["consents.0.purpose"]
    assert in_all() == (3, 3, 1)
    stored = Member.objects.get(external_id="B-1")
    assert (stored.name, stored.phone, stored.email, stored.email_key, stored.status, stored.visits) == (
        "Ben", "+4915123456789", "", None, "active", 0,
    )  # fmt: skip
    assert consents.allows(stored, "profiling") is True
    assert finding.by_card(finding.card_of(stored).token) == stored


def test_a_batch_sent_again_changes_nothing(cafe):
    rows = [{"name": f"Gast {n}", "external_id": f"K-{n}"} for n in range(5)]
    first = joining.register_many(rows)
    again = joining.register_many(rows)
    assert [row.is_repeat for row in first + again] == [False] * 5 + [True] * 5
    assert [row.member for row in first] == [row.member for row in again]
    assert in_all() == (5, 5, 0)


def test_a_large_batch_takes_as_few_statements_as_a_small_one(cafe, django_assert_num_queries):
    rows = [{"name": f"Gast {n}", "external_id": f"K-{n}", "email": f"gast{n}@gmx.de"} for n in range(3000)]
    with django_assert_num_queries(5) as seen:
        small = joining.register_many(rows[:2])
    statements = [query["sql"].split(" ")[0] for query in seen.captured_queries]
    assert statements == ["SELECT", "SELECT", "SELECT", "INSERT", "INSERT"]
    with django_assert_num_queries(5):
        large = joining.register_many(rows[2:])
    assert len({row.member.number for row in small + large}) == Member.objects.count() == 3000


def test_an_empty_batch_is_no_work(cafe):
    assert joining.register_many([]) == []
    assert in_all() == (0, 0, 0)


@pytest.mark.django_db
def test_members_of_one_merchant_are_not_known_to_another():
    cafe, bakery = makers.merchant(), makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")
    with tenancy.scope(cafe):
        joining.register(email="aylin@gmail.com", phone="0151 23456789", external_id="K-77")
    with tenancy.scope(bakery):
        joining.register(email="aylin@gmail.com", phone="0151 23456789", external_id="K-77")
        [again] = joining.register_many([{"external_id": "K-77"}])
        assert again.is_repeat is True
        assert Member.objects.count() == 1
