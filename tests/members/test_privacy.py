"""Whoever asks to be forgotten is: no name, no address, no card that works, no consent."""

from datetime import date

import pytest

from members import consents, finding, joining, privacy, signing_in
from members.models import CardToken, Consent, Member, SignInCode
from tests import makers


@pytest.fixture
def aylin(cafe):
    return joining.register(
        name="Aylin",
        email="aylin@gmail.com",
        phone="0151 23456789",
        birthday=date(1990, 2, 28),
        external_id="K-77",
        consents=[
            {"purpose": "email_marketing", "given": True, "confirmed": True},
            {"purpose": "profiling", "given": False},
        ],
    )


def personal(member):
    return member.name, member.email, member.email_key, member.phone, member.birthday, member.external_id


def test_all_that_tells_who_it_was_is_gone(aylin):
    signing_in.new_code(aylin)
    erased = privacy.erase(aylin)
    assert personal(erased) == ("", "", None, None, None, None)
    assert (erased.status, erased.number, erased.joined_at) == ("erased", aylin.number, makers.NOON)
    assert CardToken.objects.get().revoked_at == makers.NOON
    assert SignInCode.objects.count() == 0


def test_consents_are_withdrawn_and_stay_as_proof(aylin):
    privacy.erase(aylin)
    assert [(row.purpose, row.given) for row in Consent.objects.order_by("id")] == [
        ("email_marketing", True), ("profiling", False), ("email_marketing", False),
    ]  # fmt: skip
    assert consents.allows(aylin, "email_marketing") is False


def test_erased_again_nothing_changes(aylin):
    privacy.erase(aylin)
    assert privacy.erase(aylin).status == "erased"
    assert Consent.objects.count() == 3


def test_what_was_merged_into_the_member_goes_too(aylin):
    old = joining.register(name="Ayln", email="ayln@gmail.com")
    oldest = joining.register(name="A.", phone="0151 23456780")
    Member.objects.filter(id=old.id).update(status="merged", merged_into=aylin)
    Member.objects.filter(id=oldest.id).update(status="merged", merged_into=old)
    privacy.erase(aylin)
    old.refresh_from_db()
    oldest.refresh_from_db()
    assert personal(old) == personal(oldest) == ("", "", None, None, None, None)
    assert (old.status, oldest.status) == ("merged", "merged")
    assert CardToken.objects.filter(revoked_at=None).count() == 0


def test_others_stay_who_they_are(aylin):
    ben = joining.register(name="Ben", email="ben@gmx.de")
    privacy.erase(aylin)
    assert finding.find(email="ben@gmx.de") == ben
    assert finding.by_card(finding.card_of(ben).token).name == "Ben"


def test_the_address_is_free_again(aylin):
    privacy.erase(aylin)
    again = joining.register(name="Aylin", email="aylin@gmail.com", phone="0151 23456789", external_id="K-77")
    assert again != aylin
