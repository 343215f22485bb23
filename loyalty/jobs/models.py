"""Work that takes longer than a request may: asked for now, done in chunks in the background, looked at meanwhile."""

from django.db import models
from django.db.models import F, Q

from loyalty import clock
from loyalty.tenancy.models import TenantModel


class Job(TenantModel):
    """One piece of work. A chunk of it and the count of what is done are one transaction: nothing is done twice.

    kind: which function works on it (loyalty.jobs.jobs.kind). params: what that function needs, JSON-ready.
    total, done: how many rows it is about, and how many of them there are. result_url: where to read what came of it.
    claimed_until: the machine's time until which a worker has it for itself, also in a sandbox, whose clock stands.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    params = models.JSONField(default=dict)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    result_url = models.CharField(max_length=400, blank=True)
    # The code of a refusal, or internal_error; "" for none.
    error = models.CharField(max_length=60, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    prefix = "job"

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(name="job_does_no_more_than_all", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="job_is_finished_when_done_or_failed",
                condition=Q(status__in=["done", "failed"], finished_at__isnull=False)
                | Q(status__in=["waiting", "running"], finished_at__isnull=True),
            ),
            models.CheckConstraint(name="failed_job_says_why", condition=~Q(status="failed") | ~Q(error="")),
        ]
        indexes = [
            # What is to be worked on: listed across merchants by the scan role.
            models.Index(
                fields=["claimed_until"],
                name="job_unfinished",
                condition=Q(status__in=["waiting", "running"]),
            )
        ]

    @property
    def is_finished(self):
        return self.status in (self.Status.DONE, self.Status.FAILED)
