"""What became of handing a message over."""

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    SENT = "sent"  # The other side has taken responsibility for it.
    LATER = "later"  # It was certainly not taken; trying again may help.
    REFUSED = "refused"  # It was certainly not taken, and never will be.
    UNKNOWN = "unknown"  # The line broke while it was on its way: it may have been taken.


@dataclass(frozen=True, slots=True)
class Outcome:
    """problem: in a few words and without personal data. line_is_dead: the next message needs a new line."""

    fate: Fate
    problem: str = ""
    line_is_dead: bool = False


SENT = Outcome(Fate.SENT)
