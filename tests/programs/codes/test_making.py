"""Batches of codes: as many as were asked for, each different, at once or in the background."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from loyalty import readable_codes, tenancy
from loyalty.jobs import jobs
from loyalty.jobs.models import Job
from programs import catalogue
from programs.codes import making
from programs.codes.models import CodeBatch, ProductCode
from tests import makers
from tests.programs import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def points(cafe):
    return makers.points_program(cafe)


def make(merchant, program, count, **more):
    with tenancy.scope(merchant):
        return making.make(**{"program": program, "count": count, "amount": 50} | more)


def counted(merchant):
    with tenancy.scope(merchant):
        return ProductCode.objects.count()


def test_a_thousand_codes_are_there_at_once_and_all_are_different(cafe, points):
    batch, codes, job = make(cafe, points, 1000, name="Herbst", actor="Aylin")
    assert (len(codes), len(set(codes)), job) == (1000, 1000, None)
    assert all(readable_codes.parse(code) == code for code in codes)
    assert (batch.count, batch.amount, batch.name, batch.created_by) == (1000, 50, "Herbst", "Aylin")
    with tenancy.scope(cafe):
        assert set(ProductCode.objects.filter(batch=batch).values_list("code", flat=True)) == set(codes)


def test_more_are_made_by_a_job_chunk_by_chunk(cafe, points, monkeypatch):
    monkeypatch.setattr(making, "CHUNK", 400)
    batch, codes, job = make(cafe, points, 1001, result_url=lambda batch: f"/{batch.public_id}")
    assert (codes, job.status, job.total, job.result_url) == (None, "waiting", 1001, f"/{batch.public_id}")
    claim, seen = None, []
    for _ in range(3):
        claim = jobs.work_a_chunk(cafe, job.id, claim)
        seen.append(counted(cafe))
    assert seen == [400, 800, 1001]
    with tenancy.scope(cafe):
        assert (Job.objects.get().status, Job.objects.get().done) == ("done", 1001)
        assert CodeBatch.objects.get().job_id == job.id


def test_a_job_that_is_done_already_makes_no_more(cafe, points):
    job = make(cafe, points, 1001)[2]
    with tenancy.scope(cafe):
        jobs.work(job)
        jobs.work(job)
    assert counted(cafe) == 1001


def test_a_code_that_there_is_already_is_made_anew(cafe, points, monkeypatch):
    taken = make(cafe, points, 1)[1][0]
    fresh = readable_codes.new()
    following = iter([taken, taken, fresh, taken, readable_codes.new()])
    monkeypatch.setattr(readable_codes, "new", lambda: next(following))
    _batch, codes, _job = make(cafe, points, 2)
    assert (len(set(codes)), taken in codes, fresh in codes) == (2, False, True)


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_none_and_too_many_are_refused(cafe, points, count):
    with books.refused(cafe, "invalid"):
        making.make(program=points, count=count, amount=50)


def test_a_program_in_which_nothing_is_collected_has_no_codes(cafe):
    with tenancy.scope(cafe):
        card = catalogue.create(type="discount_card", name="Kundenkarte", settings={"discount_percent": "5"})
    with books.refused(cafe, "invalid") as caught:
        making.make(program=card, count=1, amount=50)
    assert list(caught.value.facts["field_errors"]) == ["gives"]


def test_they_are_good_until_the_end_of_the_last_day(cafe, points):
    batch = make(cafe, points, 1, valid_until=date(2026, 3, 12))[0]
    assert batch.valid_until == datetime(2026, 3, 12, 23, 0, tzinfo=UTC)
    batch = make(cafe, points, 1, valid_until=makers.NOON + timedelta(hours=1))[0]
    assert batch.valid_until == makers.NOON + timedelta(hours=1)
    assert make(cafe, points, 1)[0].valid_until is None


@pytest.mark.parametrize("over", [date(2026, 3, 11), makers.NOON])
def test_an_end_that_is_over_is_refused(cafe, points, over):
    with books.refused(cafe, "invalid") as caught:
        making.make(program=points, count=1, amount=50, valid_until=over)
    assert list(caught.value.facts["field_errors"]) == ["valid_until"]


def test_a_code_is_never_changed_nor_deleted(cafe, points):
    make(cafe, points, 1)
    for statement in ("UPDATE codes_productcode SET code = 'X'", "DELETE FROM codes_codeuse"):
        with tenancy.scope(cafe), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_same_code_twice_in_a_shop_is_refused_by_the_database(cafe, points):
    batch, (code,), _job = make(cafe, points, 1)
    with (
        tenancy.scope(cafe),
        pytest.raises(IntegrityError, match="product_code_is_unique"),
        transaction.atomic(),
    ):
        ProductCode.objects.create(batch=batch, code=code)
