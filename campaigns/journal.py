"""What the database knows of messages on their way: committed before each is handed over, and after."""

from datetime import timedelta

from campaigns import registry
from campaigns.channels.outcome import Fate, Outcome
from campaigns.models import Message
from loyalty import clock, tenancy
from loyalty.merchants.models import Merchant

UNCONFIRMED = "unconfirmed"
# 1, 2, 4 … minutes, then each hour; given up after about a day.
LONGEST_WAIT = timedelta(hours=1)
ATTEMPTS = 30


class Journal:
    """The messages of one worker, one after the other. Each entry is committed before the next step is taken.

    What became of a message is written together with the next one's departure: one commit per message. So at any
    time at most one message of a worker is on its way with its fate unknown.
    """

    def __init__(self, merchant: Merchant):
        self.merchant = merchant
        self.notes: list[tuple[Message, Outcome]] = []

    def departs(self, message: Message) -> bool:
        """Commit that a message is being handed over. False: the lease has ended and another worker has it."""
        with tenancy.scope(self.merchant):
            self._write_notes()
            now = clock.now()
            mine = Message.objects.filter(
                id=message.id, status=Message.Status.DUE, claimed_at=message.claimed_at
            )
            departs = mine.update(status=Message.Status.SENDING, claimed_at=now) == 1
        self.notes.clear()
        message.claimed_at = now
        return departs

    def note(self, message: Message, outcome: Outcome) -> None:
        """Remember what became of a message until the next departure, or close()."""
        self.notes.append((message, outcome))

    def close(self) -> None:
        if self.notes:
            with tenancy.scope(self.merchant):
                self._write_notes()
            self.notes.clear()

    def _write_notes(self):
        for message, outcome in self.notes:
            Message.objects.filter(id=message.id, claimed_at=message.claimed_at).update(
                **_columns(message, outcome)
            )


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1 minute, doubled each time, at most an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)


def forgotten(message: Message) -> dict:
    """The columns that forget what must not be kept once a message is done with."""
    return {"figures": {}} if registry.BY_NAME[message.campaign].secret else {}


def _columns(message, outcome):
    now, attempts = clock.now(), message.attempts + 1
    if outcome.fate is Fate.SENT:
        sent = {"status": Message.Status.SENT, "sent_at": now, "problem": ""}
        return sent | {"attempts": attempts} | forgotten(message)
    if outcome.fate is Fate.LATER and attempts < ATTEMPTS:
        waits = {"status": Message.Status.DUE, "claimed_at": None, "due_at": now + backoff(attempts)}
        return waits | {"attempts": attempts, "problem": outcome.problem}
    return {"status": Message.Status.FAILED, "attempts": attempts, "problem": outcome.problem} | forgotten(
        message
    )
