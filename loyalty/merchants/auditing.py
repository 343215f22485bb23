"""The audit log: who changed what, when. Rows are added and never changed."""

from loyalty import clock
from loyalty.merchants.models import AuditEntry


def record(actor: str, action: str, subject: str, **details: object) -> AuditEntry:
    """Write down one deed, in the scope and the transaction in which it is done.

    actor: the name of who did it. action: object and verb, e.g. "staff.added". subject: a public id.
    details: figures and ids, JSON-ready. Never personal data of members: the log outlives an erasure.
    """
    return AuditEntry.objects.create(
        actor=actor[:160], action=action, subject=subject[:60], details=details, at=clock.now()
    )


def newest(limit: int = 50) -> list[AuditEntry]:
    """The latest deeds of the merchant in scope, newest first."""
    return list(AuditEntry.objects.order_by("-at")[:limit])
