"""How many promotional messages a member gets at most, over all campaigns. Pure.

Rule: docs/operating.md, "Messages and workers".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

MESSAGES = 2
DAYS = timedelta(days=7)


def next_allowed(sent: Iterable[datetime], now: datetime) -> datetime:
    """From when on one more may be sent: `now`, or the moment at which one of the last seven days' drops out.

    sent: when the member's promotional messages went out, in any order. In no span of seven days lie more than
    MESSAGES of them.
    """
    recent = sorted(moment for moment in sent if moment > now - DAYS)
    if len(recent) < MESSAGES:
        return now
    return recent[-MESSAGES] + DAYS
