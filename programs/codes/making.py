"""Batches of product codes are made: few at once, many by a job. Rule: docs/rules/codes.md, "Product codes"."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from loyalty import clock, ids, readable_codes, tenancy
from loyalty.errors import Invalid
from loyalty.jobs import jobs
from loyalty.tenancy import bulk
from programs import catalogue, expiry
from programs.codes.models import CodeBatch, ProductCode
from programs.models import Program

KIND = "product_codes"
AT_ONCE = 1_000
MOST = 1_000_000
CHUNK = 5_000


def make(*, program, count, amount, name="", valid_until=None, result_url=None, actor=""):
    """Make `count` codes of a program, each worth `amount` in its unit: (CodeBatch, [codes], None) up to AT_ONCE,
    (CodeBatch, None, Job) for more.

    valid_until: the last day on which they are good, or the moment at which they end, or None. result_url: told the
    batch, gives the address under which the codes can be read. Raises Invalid.
    """
    if not 1 <= count <= MOST:
        raise Invalid({"count": [_("Write a number from 1 to %(most)s.") % {"most": MOST}]})
    if not _keeps_value(program):
        raise Invalid({"gives": [_("Nothing is collected in this program. Choose another one.")]})
    until = _end_of(valid_until)
    batch = CodeBatch(
        program=program, name=name.strip(), count=count, amount=amount, valid_until=until, created_by=actor
    )
    if count <= AT_ONCE:
        batch.save(force_insert=True)
        return batch, _insert(batch.id, count), None
    url = result_url(batch) if result_url else ""
    job = jobs.start(KIND, {"batch": batch.public_id}, count, result_url=url)
    batch.job_id = job.id
    batch.save(force_insert=True)
    return batch, None, job


def next_chunk(job):
    """The next codes of a job's batch. What was made is what the job counts: both are one transaction."""
    count = min(CHUNK, job.total - job.done)
    if count:
        _insert(ids.parse(CodeBatch.prefix, job.params["batch"]), count)
    return count


def _insert(batch_id, count):
    """Write so many new codes. One that there is already, by chance, is made anew."""
    made: list[str] = []
    while len(made) < count:
        codes = {readable_codes.new() for _ in range(count - len(made))}
        taken = set(ProductCode.objects.filter(code__in=codes).values_list("code", flat=True))
        fresh = list(codes - taken - set(made))
        bulk.insert(ProductCode, ("id", "batch", "code"), [(ids.new(), batch_id, code) for code in fresh])
        made += fresh
    return made


def _keeps_value(program):
    live = catalogue.current(Program.objects.filter(id=program.id))[0]
    return live.type.keeps_value(live.settings)


def _end_of(valid_until):
    """The moment at which codes end: 24:00 of a last day in the merchant's timezone. Raises Invalid when it is over."""
    if valid_until is None:
        return None
    if not isinstance(valid_until, datetime):
        valid_until = expiry.midnight(valid_until + timedelta(days=1), tenancy.merchant().timezone)
    if valid_until <= clock.now():
        raise Invalid({"valid_until": [_("This is over already. Choose a day that is still to come.")]})
    return valid_until
