"""Nothing is allowed by silence; the latest word holds; every word stays."""

from datetime import timedelta

import pytest

from loyalty import clock
from members import consents, joining
from members.models import Consent
from tests import makers

LATER = makers.NOON + timedelta(days=1)


@pytest.fixture
def ben(cafe):
    return joining.register(name="Ben", email="ben@gmx.de")


def words():
    return [(row.purpose, row.given, row.confirmed, row.evidence) for row in Consent.objects.order_by("id")]


def test_who_said_nothing_allows_nothing(ben):
    assert consents.current(ben) == {}
    assert consents.allows(ben, "email_marketing") is False


def test_a_consent_counts_once_it_is_confirmed(ben):
    consents.give(ben, "email_marketing", confirmed=False, evidence={"source": "signup"})
    assert consents.allows(ben, "email_marketing") is False
    consents.confirm(ben, "email_marketing", {"source": "link"})
    assert consents.allows(ben, "email_marketing") is True
    assert consents.allows(ben, "profiling") is False
    assert words() == [
        ("email_marketing", True, False, {"source": "signup"}),
        ("email_marketing", True, True, {"source": "link"}),
    ]


def test_a_link_followed_twice_confirms_once(ben):
    consents.give(ben, "email_marketing", confirmed=False, evidence={})
    first = consents.confirm(ben, "email_marketing", {"source": "link"})
    assert consents.confirm(ben, "email_marketing", {"source": "scanner"}) == first
    assert len(words()) == 2


def test_what_was_never_given_cannot_be_confirmed(ben):
    with pytest.raises(consents.NothingToConfirm) as refused:
        consents.confirm(ben, "email_marketing", {})
    assert refused.value.code == "nothing_to_confirm"
    assert words() == []


def test_what_was_withdrawn_cannot_be_confirmed_by_an_old_mail(ben):
    consents.give(ben, "email_marketing", confirmed=False, evidence={})
    consents.withdraw(ben, "email_marketing", evidence={"source": "unsubscribe"})
    with pytest.raises(consents.NothingToConfirm):
        consents.confirm(ben, "email_marketing", {})
    assert len(words()) == 2


def test_the_latest_word_holds_and_every_word_stays(ben):
    consents.give(ben, "profiling", confirmed=True, evidence={"source": "counter"})
    with clock.at(LATER):
        consents.withdraw(ben, "profiling", evidence={"source": "card"})
        assert consents.withdraw(ben, "profiling", evidence={"source": "card"}).at == LATER
    assert consents.allows(ben, "profiling") is False
    assert words() == [
        ("profiling", True, True, {"source": "counter"}),
        ("profiling", False, True, {"source": "card"}),
    ]


def test_an_objection_before_any_consent_is_written_down(ben):
    consents.withdraw(ben, "profiling", evidence={"source": "letter"})
    assert words() == [("profiling", False, True, {"source": "letter"})]


def test_an_unknown_purpose_is_a_mistake_of_the_code(ben):
    with pytest.raises(ValueError, match="pigeon"):
        consents.give(ben, "pigeon", confirmed=True, evidence={})
    assert words() == []


def test_many_members_take_one_query(ben, django_assert_num_queries):
    cem = joining.register(name="Cem", consents=[{"purpose": "profiling", "given": True}])
    with django_assert_num_queries(1):
        held = consents.current_of([ben, cem])
    assert {member_id: list(purposes) for member_id, purposes in held.items()} == {
        ben.id: [],
        cem.id: ["profiling"],
    }
