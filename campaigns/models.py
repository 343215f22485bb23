"""Messages: what is said to whom, once per occasion."""

from django.db import models
from django.db.models import Q

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Message(TenantModel):
    """One message to one member for one occasion.

    `figures` is what the text is made of (ids, numbers, names of rewards), never personal data: name and address
    are read when it is rendered, and so leave with the member.
    """

    class Status(models.TextChoices):
        DUE = "due"  # To be sent at `due_at` or later; with `claimed_at`, a worker is just at it.
        SENDING = "sending"  # Handed to the mail server, whose answer we do not know yet.
        SENT = "sent"
        HELD = "held"  # A sandbox's: it goes nowhere but to the outbox.
        SKIPPED = "skipped"  # Not wanted any more when its time came; `problem` says why.
        FAILED = "failed"  # Refused for good; `problem` says why.

    member = TenantForeignKey("members.Member")
    campaign = models.CharField(max_length=40)
    occasion = models.CharField(max_length=120)
    channel = models.CharField(max_length=10, default="email")
    language = models.CharField(max_length=2)
    figures = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status, default=Status.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "msg"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="message_has_its_member"),
            models.UniqueConstraint(
                fields=["merchant_id", "campaign", "member", "occasion"], name="one_message_per_occasion"
            ),
        ]
        indexes = [
            # What is due: listed across merchants by the scan role, then claimed within a merchant.
            models.Index(fields=["due_at"], name="message_due", condition=Q(status="due")),
            # What a dead worker left behind, listed across merchants likewise.
            models.Index(fields=["claimed_at"], name="message_on_its_way", condition=Q(status="sending")),
            # The claim within a merchant, oldest first.
            models.Index(
                fields=["merchant_id", "due_at"], name="message_due_here", condition=Q(status="due")
            ),
            # GET /messages, newest first.
            models.Index(fields=["merchant_id", "-created_at"], name="message_newest_first"),
        ]


class MonthlySummaryRun(TenantModel):
    """How far the monthly summaries of a merchant have come, so that a crash resumes and never repeats."""

    month = models.DateField()
    after_member_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant_id", "month"], name="one_summary_run_per_month")
        ]
