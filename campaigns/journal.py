"""What the database knows of messages on their way: committed before each is handed over, and after."""

from datetime import timedelta

from campaigns import registry
from campaigns.channels.outcome import Fate, Outcome
from campaigns.models import Message
from loyalty import clock
from loyalty.merchants.models import Merchant
from loyalty.tenancy import at_once

UNCONFIRMED = "unconfirmed"
# 1, 2, 4 … minutes, then each hour; given up after about a day.
LONGEST_WAIT = timedelta(hours=1)
ATTEMPTS = 30

# The lease is part of the condition: whoever overslept it changes nothing any more.
_DEPARTS = (
    "UPDATE campaigns_message SET status = 'sending', claimed_at = %s"
    " WHERE merchant_id = %s AND id = %s AND status = 'due' AND claimed_at = %s"
)
_FATE = (
    "UPDATE campaigns_message SET status = %s, attempts = %s, problem = %s, sent_at = %s, due_at = %s,"
    " claimed_at = CASE WHEN %s THEN NULL ELSE claimed_at END,"
    " figures = CASE WHEN %s THEN '{}'::jsonb ELSE figures END"
    " WHERE merchant_id = %s AND id = %s AND claimed_at = %s"
)


class Journal:
    """The messages of one worker, one after the other. Each entry is committed before the next step is taken.

    What became of a message is written together with the next one's departure: one commit per message. So at any
    time at most one message of a worker is on its way with its fate unknown.
    """

    def __init__(self, merchant: Merchant):
        self.merchant = merchant
        self.notes: list[tuple[str, list]] = []

    def departs(self, message: Message) -> bool:
        """Commit that a message is being handed over. False: the lease has ended and another worker has it."""
        now = clock.now()
        departure = (_DEPARTS, [now, self.merchant.id, message.id, message.claimed_at])
        *_noted, departed = at_once.execute(self.merchant, [*self.notes, departure])
        self.notes.clear()
        message.claimed_at = now
        return departed == 1

    def note(self, message: Message, outcome: Outcome) -> None:
        """Remember what became of a message until the next departure, or close()."""
        self.notes.append(
            (_FATE, [*_fate(message, outcome), self.merchant.id, message.id, message.claimed_at])
        )

    def close(self) -> None:
        if self.notes:
            at_once.execute(self.merchant, self.notes)
            self.notes.clear()


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1 minute, doubled each time, at most an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)


def is_secret(message: Message) -> bool:
    """Whether what it says must be forgotten as soon as it is done with."""
    return registry.BY_NAME[message.campaign].secret


def _fate(message, outcome):
    """status, attempts, problem, sent_at, due_at, whether the claim ends, whether the figures are forgotten."""
    now, attempts, secret = clock.now(), message.attempts + 1, is_secret(message)
    if outcome.fate is Fate.SENT:
        return Message.Status.SENT.value, attempts, "", now, message.due_at, False, secret
    if outcome.fate is Fate.LATER and attempts < ATTEMPTS:
        return Message.Status.DUE.value, attempts, outcome.problem, None, now + backoff(attempts), True, False
    return Message.Status.FAILED.value, attempts, outcome.problem, None, message.due_at, False, secret
