"""Jobs are started, worked on in chunks, and finished. What is done in a chunk is said by the job's kind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from loyalty import clock, tenancy
from loyalty.errors import Refused
from loyalty.jobs.models import Job

log = structlog.get_logger("loyalty.jobs")

# For so long a worker has a job for itself. A chunk takes seconds; who is silent for longer has died.
LEASE = timedelta(minutes=2)
# A passing trouble (a database that restarts) must not end a job; one that stays must.
MOST_FAILURES = 5

_kinds: dict[str, Callable[[Job], int]] = {}


def kind(name: str, work: Callable[[Job], int]) -> None:
    """Make a kind of job known; called once for each process, when the apps are ready.

    work: does the next chunk of a job, in the merchant's scope and in one transaction with the count; returns how
    many rows that were, 0 when there is nothing left. `job.done` says where to go on. A Refused ends the job.
    """
    _kinds[name] = work


def start(name: str, params: dict, total: int, *, result_url: str = "") -> Job:
    """Write down a job for the merchant in scope; the workers find it after the commit.

    params: JSON-ready, for the kind's own use. total: how many rows there will be.
    """
    if name not in _kinds:
        raise LookupError(f"there is no kind of job {name!r}")
    return Job.objects.create(kind=name, params=params, total=total, result_url=result_url)


def work(job: Job) -> Job:
    """Do all of a job in the scope that is open: for a sandbox, and for tests. Locks the job until commit."""
    job = Job.objects.select_for_update(no_key=True).get(id=job.id)
    while not job.is_finished:
        _work_a_chunk(job)
    return job


def work_a_chunk(merchant, job_id: UUID, claim: datetime | None = None) -> datetime | None:
    """Claim a job and do one chunk of it, in a transaction of its own. Returns the claim for the next chunk, or None.

    claim: what the chunk before returned; without one only a job is taken that nobody else has claimed. None comes
    back when the job is finished, held by another worker, or has failed this time. Called outside of a scope,
    where the clock shows the machine's time. Locks the job.
    """
    now = clock.now()
    until = now + LEASE
    try:
        with tenancy.scope(merchant):
            job = _claimed(job_id, claim, now)
            if job is None:
                return None
            _work_a_chunk(job, until)
            return None if job.is_finished else until
    except Exception as error:
        log.error("job_failed", job=str(job_id), exc_info=error)
        with tenancy.scope(merchant):
            _count_failure(job_id, until)
        return None


def unclaimed() -> list[UUID]:
    """Jobs of the merchant in scope that are not finished, the oldest first: for a sandbox whose clock is turned."""
    rows = Job.objects.filter(status__in=[Job.Status.WAITING, Job.Status.RUNNING]).order_by("id")
    return list(rows.values_list("id", flat=True))


def _claimed(job_id, claim, now):
    """The job under lock, if it is this worker's; None while another one is at it."""
    job = Job.objects.select_for_update(no_key=True, skip_locked=True).filter(id=job_id).first()
    if job is None or job.is_finished:
        return None
    is_free = job.claimed_until is None or job.claimed_until <= now
    return job if is_free or job.claimed_until == claim else None


def _work_a_chunk(job, until=None):
    """One chunk and its count. A refusal undoes the chunk and ends the job."""
    try:
        with tenancy.scope(tenancy.merchant()):
            made = _kinds[job.kind](job)
    except Refused as refused:
        _finish(job, Job.Status.FAILED, refused.code)
        return
    job.done += made
    job.status, job.claimed_until, job.failures = Job.Status.RUNNING, until, 0
    if job.done >= job.total or made == 0:
        _finish(job, Job.Status.DONE)
    else:
        job.save(update_fields=["done", "status", "claimed_until", "failures"])


def _finish(job, status, error=""):
    job.status, job.error, job.finished_at, job.claimed_until = status, error, clock.now(), None
    job.save(update_fields=["done", "status", "error", "finished_at", "claimed_until"])


def _count_failure(job_id, until):
    # Claimed until then, so that it is not tried again at once.
    job = Job.objects.select_for_update(no_key=True).get(id=job_id)
    if job.is_finished:
        return
    job.failures += 1
    job.claimed_until = until
    job.save(update_fields=["failures", "claimed_until"])
    if job.failures >= MOST_FAILURES:
        _finish(job, Job.Status.FAILED, "internal_error")
