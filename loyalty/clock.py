"""The only clock. Everything that asks for the time asks here.

Inside the scope of a sandbox merchant it shows that merchant's time, which stands still until it is turned.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """The moment, in UTC: the stopped clock's where one is set, else the machine's."""
    return _stopped_at.get() or datetime.now(UTC)


def today(timezone: str) -> date:
    """The calendar day in a timezone, e.g. "Europe/Berlin"."""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def at(moment: datetime | None):
    """Stop the clock at a moment for the block. None lets it show what it showed before."""
    token = _stopped_at.set(moment.astimezone(UTC) if moment else _stopped_at.get())
    try:
        yield
    finally:
        _stopped_at.reset(token)
