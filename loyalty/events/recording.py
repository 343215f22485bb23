"""News is a row, written in the transaction in which it happened."""

from loyalty import clock, ids
from loyalty.events.models import Event
from loyalty.tenancy import bulk

COLUMNS = ("id", "kind", "member_id", "payload", "at")


def record(kind, *, member_id=None, at=None, **payload):
    """Write one event. payload: public ids and figures, JSON-ready, no personal data."""
    bulk.insert(Event, COLUMNS, [(ids.new(), kind, member_id, payload, at or clock.now())])
