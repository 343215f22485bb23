"""Everything that falls due by itself, in the order in which it happens at one moment: one table.

The test clock turns by it, and beat's tasks look by it. Rule: docs/operating.md, "What falls due by itself".
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns import working
from loyalty import clock, tenancy
from loyalty.merchants.models import Merchant
from loyalty.tenancy import due
from programs import occasions, reviewing, settling
from programs.endings import closing, warnings
from programs.subscriptions import renewing
from rewards import club, granting

# How often beat looks: see `loyalty/celery.py`.
SECONDS, MINUTE, QUARTER_OF_AN_HOUR = 5, 60, 900
# So many rows are worked on in one transaction.
CHUNK = 500


@dataclass(frozen=True)
class Duty:
    """Something that falls due by itself.

    next_due_at: asked in a merchant's scope: when there is something to do next, now or earlier where there is
    something already, None where there will be nothing.
    run: one round of what is due for a merchant, safe to run twice. Counts what happened by kind; empty where nothing
    was done, also because others are at it.
    merchants: live ones who have some of it due, as far as this can be told without their scope.
    every: after how many seconds beat looks again.
    """

    name: str
    next_due_at: Callable[[], datetime | None]
    run: Callable[[Merchant], Counter]
    merchants: Callable[[], list[UUID]]
    every: int = MINUTE

    def is_due(self) -> bool:
        moment = self.next_due_at()
        return moment is not None and moment <= clock.now()


def chunks_of(run_due: Callable[..., Counter]) -> Callable[[Merchant], Counter]:
    """A round of `run_due(limit=…)`, which works in the merchant's scope: one chunk, in one transaction."""

    def run(merchant):
        with tenancy.scope(merchant):
            return run_due(limit=CHUNK)

    return run


TABLE = (
    Duty("accounts", settling.next_due_at, chunks_of(settling.run_due), due.with_accounts_to_settle),
    Duty("levels", reviewing.next_due_at, chunks_of(reviewing.run_due), due.with_levels_to_review),
    Duty("subscriptions", renewing.next_due_at, chunks_of(club.run_due), due.with_subscriptions_due),
    Duty("occasions", occasions.next_due_at, chunks_of(occasions.run_due), due.with_occasions),
    Duty("endings", closing.next_due_at, chunks_of(closing.run_due), due.with_endings),
    Duty(
        "warnings",
        warnings.next_due_at,
        chunks_of(warnings.run_due),
        working.merchants_to_warn,
        QUARTER_OF_AN_HOUR,
    ),
    Duty("rewards", granting.next_due_at, chunks_of(granting.run_due), due.with_rewards_to_hand_out),
    Duty("news", working.next_news_at, working.relay, working.merchants_with_news, SECONDS),
    Duty(
        "summaries",
        working.next_summary_at,
        working.summarise,
        working.merchants_with_summaries,
        QUARTER_OF_AN_HOUR,
    ),
    Duty("messages", working.next_message_at, working.send, working.merchants_with_messages, SECONDS),
)
BY_NAME = {duty.name: duty for duty in TABLE}


def waiting(every: int) -> Iterator[tuple[str, UUID]]:
    """(duty, merchant id) of all that is due among the duties that are looked at in this rhythm, in their order."""
    for duty in TABLE:
        if duty.every == every:
            yield from ((duty.name, merchant_id) for merchant_id in duty.merchants())


def round_of(name: str, merchant_id: UUID) -> Counter:
    """One round of a duty for a merchant, by id; for one that is gone there is nothing left to do."""
    merchant = Merchant.objects.filter(id=merchant_id).first()
    return BY_NAME[name].run(merchant) if merchant else Counter()


def do(name: str, merchant_id: UUID) -> bool:
    """One round of a duty for a merchant. Returns whether it did something and there is more of it to do."""
    if not round_of(name, merchant_id):
        return False
    with tenancy.scope(Merchant.objects.get(id=merchant_id)):
        return BY_NAME[name].is_due()


def happen() -> tuple[Counter, datetime | None]:
    """Do all that is due by now for the sandbox in scope, in the table's order, and again what that makes due.

    Returns what happened, by kind, and the next moment at which something is due, or None. Everything in the one
    transaction that is open.
    """
    counts: Counter = Counter()
    while True:
        moments = [_exhaust(duty, counts) for duty in TABLE]
        if not any(did for did, _moment in moments):
            ahead = [moment for _did, moment in moments if moment is not None and moment > clock.now()]
            return counts, min(ahead, default=None)


def _exhaust(duty, counts):
    """Let a duty do all it has to do by now. Returns whether it did something, and when it is due next."""
    did, moment = False, duty.next_due_at()
    while moment is not None and moment <= clock.now():
        done, before = duty.run(tenancy.merchant()), moment
        counts.update(done)
        moment = duty.next_due_at()
        if not done and moment == before:
            break
        did = True
    return did, moment
