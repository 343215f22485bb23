"""News is a row, written in the transaction in which it happened."""

from loyalty import clock
from loyalty.events.models import Event


def record(kind, *, member_id=None, at=None, **payload):
    """Write one event. payload: public ids and figures, JSON-ready, no personal data."""
    return Event.objects.create(kind=kind, member_id=member_id, at=at or clock.now(), payload=payload)
