"""What a campaign is: who writes its letters, what it may do, and, for a trigger, what news it listens to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import time
from typing import Any
from uuid import UUID

from campaigns import quiet_hours
from campaigns.letters import Addressee, Letter

# A letter's text is made of these: ids, numbers, dates, names of rewards; JSON-ready, no personal data.
Figures = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """One message to be written, unless this occasion has had one. `figures`: what the text is made of."""

    member_id: UUID
    occasion: str
    figures: Figures = field(default_factory=dict)


def _nothing(members: list[Any]) -> Iterable[Draft]:
    return ()


@dataclass(frozen=True)
class Campaign:
    """One reason to write to somebody.

    write: makes the letter out of the figures, when it is sent.
    is_promotional: needs the member's confirmed consent, can be unsubscribed from, and counts for the cap.
    waits_for_room: where the cap is reached it is sent later, and not left out.
    at_once: somebody waits for it right now, so that quiet hours do not hold it.
    secret: its figures are forgotten as soon as it has left.
    hears: kinds of events; drafts: what there is to say to members whom such events happened to, for many at once.
    outdated: of messages whose time has come, those that are not true any more: {message id: why}.
    """

    name: str
    write: Callable[[Addressee, Figures], Letter]
    is_promotional: bool = False
    waits_for_room: bool = False
    at_once: bool = False
    secret: bool = False
    earliest: time = quiet_hours.EARLIEST
    hears: frozenset[str] = frozenset()
    drafts: Callable[[list[Any]], Iterable[Draft]] = _nothing
    outdated: Callable[[list[Any]], dict[UUID, str]] | None = None
