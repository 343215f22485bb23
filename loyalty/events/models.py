"""News: what happened, written in the transaction in which it happened, told to others after the commit."""

from django.db import models

from loyalty import clock
from loyalty.tenancy.models import TenantModel


class Event(TenantModel):
    """One thing that happened. `payload` holds ids and figures, never personal data."""

    kind = models.CharField(max_length=40)
    member_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    relayed_at = models.DateTimeField(null=True)

    prefix = "evt"

    class Meta(TenantModel.Meta):
        indexes = [
            # The relay: what has not been told yet, oldest first.
            models.Index(
                fields=["merchant_id", "id"],
                name="event_not_yet_relayed",
                condition=models.Q(relayed_at__isnull=True),
            ),
            # GET /events, newest first.
            models.Index(fields=["merchant_id", "-at"], name="event_newest_first"),
        ]
