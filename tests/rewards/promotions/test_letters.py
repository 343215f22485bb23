"""Letters: one for each member, each with a code of their own."""

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.jobs import jobs
from rewards import catalogue
from rewards.models import Voucher
from rewards.promotions import letters, making
from rewards.promotions.models import Letter, LetterRun
from tests import makers

pytestmark = pytest.mark.django_db
TEXT = {"de": "Liebe/r {name}, danke.", "en": "Dear {first_name}, thank you."}


@pytest.fixture
def cafe(db):
    return makers.merchant()


@pytest.fixture
def guests(cafe):
    return [makers.member(cafe, f"Gast {number}").id for number in range(3)]


@pytest.fixture
def inside(cafe, guests):
    with tenancy.scope(cafe):
        yield cafe


@pytest.fixture
def promotion(inside):
    reward = catalogue.create_reward(name="Ein Kaffee", unlocked_only=True)
    return making.make(reward=reward, code="DANKE")[0]


def test_each_member_has_a_code_of_their_own(promotion, guests):
    run, job = letters.write(promotion, text=TEXT, member_ids=guests)
    rows = list(Letter.objects.filter(run=run).order_by("number").select_related("voucher"))
    assert (job, [row.member_id for row in rows]) == (None, guests)
    assert [row.voucher.member_id for row in rows] == guests
    assert len({row.voucher.code for row in rows}) == 3


def test_more_than_fifty_are_a_job(promotion, guests, monkeypatch):
    monkeypatch.setattr(letters, "AT_ONCE", 2)
    monkeypatch.setattr(letters, "CHUNK", 2)
    run, job = letters.write(promotion, text=TEXT, member_ids=guests)
    assert (run.job_id, Voucher.objects.count()) == (job.id, 0)
    done = jobs.work(job)
    assert (done.status, done.done, Voucher.objects.count()) == ("done", 3, 3)
    assert Letter.objects.filter(voucher=None).count() == 0


def test_a_slip_of_the_pen_in_braces_is_refused(promotion, guests):
    with pytest.raises(Invalid) as refusal:
        letters.write(promotion, text={"de": "Liebe {nmae}"}, member_ids=guests)
    assert list(refusal.value.facts["field_errors"]) == ["text.de"]
    assert (LetterRun.objects.count(), Voucher.objects.count()) == (0, 0)


def test_what_is_named_in_braces_is_filled_in():
    assert letters.merged("Dear {first_name}, {reward}.", {"first_name": "Jo", "reward": "a coffee"}) == (
        "Dear Jo, a coffee."
    )


def test_nobody_gets_two_letters(promotion, guests):
    assert letters.active([guests[1], guests[0], guests[1]]) == [guests[1], guests[0]]
