"""Jobs: chunk by chunk, nothing twice, whatever stops on the way."""

from datetime import timedelta

import pytest

from loyalty import clock, tenancy
from loyalty.errors import Refused
from loyalty.events.models import Event
from loyalty.jobs import jobs
from loyalty.jobs.models import Job
from loyalty.jobs.tasks import work_on_job, work_on_jobs
from loyalty.tenancy import due
from tests import makers
from tests.campaigns import shop
from tests.campaigns.test_tasks import at_once  # noqa: F401

pytestmark = pytest.mark.django_db


class Stop(Refused):
    code = "stopped"


def write_events(job):
    """Three rows a chunk, named by their number."""
    numbers = range(job.done, min(job.done + 3, job.total))
    for number in numbers:
        Event.objects.create(kind="tests.row", payload={"number": number})
        if number == job.params.get("refuses_at"):
            raise Stop()
        if number == job.params.get("breaks_at"):
            raise ZeroDivisionError
    return len(numbers)


@pytest.fixture(autouse=True)
def rows_kind():
    jobs.kind("tests.rows", write_events)


@pytest.fixture
def bakery():
    with clock.at(makers.NOON):
        yield shop.live()


def start(merchant, total=7, **params):
    with tenancy.scope(merchant):
        return jobs.start("tests.rows", params, total, result_url="/rows")


def state(merchant, job):
    with tenancy.scope(merchant):
        row = Job.objects.get(id=job.id)
        numbers = (
            Event.objects.filter(kind="tests.row").order_by("id").values_list("payload__number", flat=True)
        )
        return row.status, row.done, list(numbers)


def test_a_job_is_done_chunk_by_chunk_and_counts_with_each(bakery):
    job, seen, claim = start(bakery), [], None
    for _ in range(3):
        claim = jobs.work_a_chunk(bakery, job.id, claim)
        seen.append((*state(bakery, job)[:2], claim is not None))
    assert seen == [("running", 3, True), ("running", 6, True), ("done", 7, False)]
    assert state(bakery, job)[2] == list(range(7))


def test_it_waits_until_a_worker_comes_and_says_when_it_was_finished(bakery):
    job = start(bakery, total=2)
    assert (job.status, job.done, job.total, job.result_url, job.finished_at) == (
        "waiting",
        0,
        2,
        "/rows",
        None,
    )
    assert jobs.work_a_chunk(bakery, job.id) is None
    with tenancy.scope(bakery):
        assert Job.objects.get().finished_at == makers.NOON


def test_a_kind_that_nobody_knows_is_a_mistake_of_ours(bakery):
    with tenancy.scope(bakery), pytest.raises(LookupError):
        jobs.start("tests.unknown", {}, 1)


def test_it_is_done_in_the_open_scope_where_no_worker_comes(bakery):
    job = start(bakery)
    with tenancy.scope(bakery):
        assert jobs.work(job).status == "done"
        assert jobs.work(job).done == 7
    assert state(bakery, job) == ("done", 7, list(range(7)))


def test_what_one_worker_has_claimed_another_leaves_alone_until_the_lease_ends(bakery):
    job = start(bakery)
    claim = jobs.work_a_chunk(bakery, job.id)
    assert jobs.work_a_chunk(bakery, job.id) is None
    assert due.with_jobs() == []
    assert state(bakery, job)[1] == 3
    with clock.at(makers.NOON + jobs.LEASE):
        assert due.with_jobs() == [(bakery.id, job.id)]
        assert jobs.work_a_chunk(bakery, job.id) is not None
        # Who comes back after having been given up finds the claim gone.
        assert jobs.work_a_chunk(bakery, job.id, claim) is None
    assert state(bakery, job) == ("running", 6, list(range(6)))


def test_a_refusal_undoes_its_chunk_and_ends_the_job_with_its_code(bakery):
    job = start(bakery, refuses_at=4)
    claim = jobs.work_a_chunk(bakery, job.id)
    assert jobs.work_a_chunk(bakery, job.id, claim) is None
    assert state(bakery, job) == ("failed", 3, [0, 1, 2])
    with tenancy.scope(bakery):
        assert Job.objects.get().error == "stopped"
    assert due.with_jobs() == []


def test_a_mistake_undoes_its_chunk_and_is_tried_again_after_the_lease_five_times_in_all(bakery):
    job, moment = start(bakery, breaks_at=1), makers.NOON
    for attempt in range(1, 6):
        with clock.at(moment):
            assert jobs.work_a_chunk(bakery, job.id) is None
            assert jobs.work_a_chunk(bakery, job.id) is None
        with tenancy.scope(bakery):
            assert Job.objects.get().failures == attempt
        assert state(bakery, job) == ("failed" if attempt == 5 else "waiting", 0, [])
        moment += jobs.LEASE + timedelta(seconds=1)
    with tenancy.scope(bakery):
        assert Job.objects.get().error == "internal_error"


def test_a_mistake_that_has_passed_is_forgotten(bakery):
    job = start(bakery, breaks_at=1)
    jobs.work_a_chunk(bakery, job.id)
    with tenancy.scope(bakery):
        Job.objects.update(params={})
    with clock.at(makers.NOON + jobs.LEASE):
        jobs.work_a_chunk(bakery, job.id)
    with tenancy.scope(bakery):
        assert Job.objects.get().failures == 0


def test_workers_find_all_jobs_also_those_of_sandboxes_and_finish_them(bakery, at_once):  # noqa: F811
    cafe = makers.merchant()
    mine, theirs = start(bakery), start(cafe, total=4)
    assert due.with_jobs() == [(bakery.id, mine.id), (cafe.id, theirs.id)]
    with clock.at(makers.NOON):
        work_on_jobs()
    assert state(bakery, mine) == ("done", 7, list(range(7)))
    assert state(cafe, theirs) == ("done", 4, list(range(4)))
    assert due.with_jobs() == []


def test_the_lease_of_a_sandboxs_job_runs_by_the_machines_clock(bakery):
    cafe = makers.merchant(at=makers.NOON - timedelta(days=3000))
    job = start(cafe)
    jobs.work_a_chunk(cafe, job.id)
    assert due.with_jobs() == []
    with tenancy.scope(cafe):
        assert Job.objects.get().claimed_until == makers.NOON + jobs.LEASE


def test_a_task_that_comes_twice_or_for_nobody_does_nothing(bakery, at_once):  # noqa: F811
    job = start(bakery)
    for _ in range(2):
        work_on_job(str(bakery.id), str(job.id))
    work_on_job(str(job.id), str(job.id))
    assert state(bakery, job) == ("done", 7, list(range(7)))
