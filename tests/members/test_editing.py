"""A member's data is corrected; what is another's stays theirs; consent stays with its address."""

from datetime import date

import pytest

from loyalty.errors import Invalid, NotFound
from members import consents, editing, joining, privacy
from members.models import Consent, Member

ALLOWED = [
    {"purpose": "email_marketing", "given": True, "confirmed": True},
    {"purpose": "sms_marketing", "given": True, "confirmed": True},
]


@pytest.fixture
def ben(cafe):
    return joining.register(name="Ben", email="ben@gmx.de", phone="0151 23456789", consents=ALLOWED)


def test_what_is_named_changes_and_the_rest_stays(ben):
    changed = editing.change(
        ben, name="Benjamin", birthday=date(1980, 2, 29), language="en", external_id="K-1"
    )
    stored = Member.objects.get()
    assert changed == stored
    assert (stored.name, stored.birthday, stored.language) == ("Benjamin", date(1980, 2, 29), "en")
    assert (stored.external_id, stored.email, stored.phone) == ("K-1", "ben@gmx.de", "+4915123456789")


def test_an_empty_text_takes_a_value_away(ben):
    editing.change(ben, email="", phone="", name="")
    stored = Member.objects.get()
    assert (stored.email, stored.email_key, stored.phone, stored.name) == ("", None, None, "")


def test_a_new_address_must_be_confirmed_anew(ben):
    editing.change(ben, email="benjamin@gmx.de")
    assert consents.allows(ben, "email_marketing") is False
    assert consents.allows(ben, "sms_marketing") is True
    held = consents.current(ben)["email_marketing"]
    assert (held.given, held.confirmed, held.evidence) == (True, False, {"source": "address_changed"})


def test_the_same_address_in_other_letters_needs_no_new_confirmation(ben):
    editing.change(ben, email="Ben@gmx.de", phone="+49 151 23456789")
    assert Member.objects.get().email == "Ben@gmx.de"
    assert consents.allows(ben, "email_marketing") is True
    assert Consent.objects.count() == 2


def test_another_members_address_is_refused_and_nothing_changes(ben):
    cem = joining.register(name="Cem", email="cem@gmx.de", external_id="K-2")
    for fields, field in (
        ({"email": "CEM@gmx.de", "name": "X"}, "email"),
        ({"external_id": "K-2", "name": "X"}, "external_id"),
    ):
        with pytest.raises(joining.AlreadyMember) as refused:
            editing.change(ben, **fields)
        assert (refused.value.member, refused.value.facts) == (cem, {"field": field})
    stored = Member.objects.get(id=ben.id)
    assert (stored.name, stored.email, stored.external_id) == ("Ben", "ben@gmx.de", None)
    assert Consent.objects.count() == 2


def test_what_is_wrong_is_named_and_nothing_changes(ben):
    with pytest.raises(Invalid) as refused:
        editing.change(ben, name="Benjamin", phone="1", birthday=date(1899, 12, 31))
    assert list(refused.value.facts["field_errors"]) == ["phone", "birthday"]
    assert Member.objects.get().name == "Ben"


def test_an_erased_member_cannot_be_changed(ben):
    privacy.erase(ben)
    with pytest.raises(NotFound):
        editing.change(ben, name="Ben")
    assert Member.objects.get().name == ""


def test_what_is_counted_cannot_be_edited(ben):
    with pytest.raises(TypeError, match="visits"):
        editing.change(ben, visits=100)
    assert Member.objects.get().visits == 0
