"""Who brought whom."""

import pytest
from django.db import IntegrityError, transaction

from loyalty.errors import Invalid
from members import finding, joining, merging, privacy, referring
from members.models import Member

pytestmark = pytest.mark.django_db


def merged(old, into):
    Member.objects.filter(id=old.id).update(status=Member.Status.MERGED, merged_into=into)
    return Member.objects.get(id=old.id)


@pytest.mark.parametrize(
    "named",
    [
        lambda member: member.public_id,
        lambda member: member.number,
        lambda member: member.spoken_number,
        lambda member: finding.card_of(member).token,
        lambda member: finding.card_url(finding.card_of(member)),
    ],
)
def test_a_friend_is_named_by_id_number_code_or_address(cafe, named):
    anna = joining.register(name="Anna")
    assert referring.find(named(anna)) == anna
    ben = joining.register(name="Ben", referred_by=referring.find(named(anna)))
    assert Member.objects.get(id=ben.id).referred_by_id == anna.id
    assert referring.referrer(ben) == anna
    assert referring.referrer(anna) is None


@pytest.mark.parametrize("text", ["", "12345678", "mem_x", "mem_" + "0" * 32, "nie gesehen", "a\x00b"])
def test_whom_nobody_knows_is_refused_with_the_fields_name(cafe, text):
    with pytest.raises(Invalid) as refused:
        referring.find(text)
    assert list(refused.value.facts["field_errors"]) == ["referred_by"]


def test_the_surviving_card_has_brought_the_friend(cafe):
    anna, again = joining.register(name="Anna"), joining.register(name="Anna W.")
    ben = joining.register(name="Ben", referred_by=anna)
    cleo = joining.register(name="Cleo", referred_by=merged(anna, again))
    assert referring.referrer(ben) == again
    assert cleo.referred_by_id == again.id
    assert referring.find(anna.public_id) == referring.find(anna.number) == again


def test_a_merge_writes_the_surviving_card_down(cafe):
    anna, again = joining.register(name="Anna"), joining.register(name="Anna W.")
    ben = joining.register(name="Ben", referred_by=anna)
    merging.finish(*merging.begin(anna, again))
    assert Member.objects.get(id=ben.id).referred_by_id == again.id
    merging.finish(*merging.begin(again, ben))
    assert Member.objects.get(id=ben.id).referred_by_id is None


def test_who_is_merged_with_their_own_friend_came_alone(cafe):
    anna = joining.register(name="Anna")
    ben = joining.register(name="Ben", referred_by=anna)
    merged(anna, ben)
    assert referring.referrer(ben) is None


def test_who_has_left_brings_nobody_and_is_thanked_no_more(cafe):
    anna = joining.register(name="Anna")
    ben = joining.register(name="Ben", referred_by=anna)
    number = anna.number
    gone = privacy.erase(anna)
    assert referring.referrer(ben) is None
    for text in (number, anna.public_id):
        with pytest.raises(Invalid):
            referring.find(text)
    with pytest.raises(Invalid):
        joining.register(name="Cleo", referred_by=gone)
    assert Member.objects.filter(name="Cleo").count() == 0


def test_in_a_batch_the_row_with_a_friend_who_has_left_is_refused_alone(cafe):
    anna, gone = joining.register(name="Anna"), privacy.erase(joining.register(name="Weg"))
    rows = [{"name": "Ben", "referred_by": anna}, {"name": "Cleo", "referred_by": gone}, {"name": "Dora"}]
    ben, cleo, dora = joining.register_many(rows)
    assert isinstance(cleo, Invalid)
    stored = Member.objects.in_bulk([ben.member.id, dora.member.id])
    assert [stored[one.member.id].referred_by_id for one in (ben, dora)] == [anna.id, None]


def test_the_database_lets_nobody_bring_themselves(cafe):
    anna = joining.register(name="Anna")
    with pytest.raises(IntegrityError, match="nobody_brings_themselves"), transaction.atomic():
        Member.objects.filter(id=anna.id).update(referred_by=anna)
