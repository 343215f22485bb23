"""Messages leave. Each is handed over at most once, whatever crashes: docs/decisions/0005-one-message-per-occasion.md.

A message is claimed (a lease, still DUE), judged, written, and committed as SENDING between the mail server's yes to
its recipient and its content. Until then a crash loses nothing; from then on nobody hands it over a second time.
"""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import connection
from django.db.models import Q

from campaigns import addressing, audience, cap, journal, judging, registry
from campaigns.channels import email
from campaigns.channels.outcome import Fate, Outcome
from campaigns.journal import Journal
from campaigns.judging import Situation
from campaigns.letters import Addressee
from campaigns.models import Message
from loyalty import clock, tenancy
from loyalty.merchants.models import Merchant
from loyalty.tenancy import bulk
from members.models import Consent

log = structlog.get_logger(__name__)

CHUNK = 100
# For how long a claimed message is left to the worker that claimed it.
LEASE = timedelta(minutes=10)
# A worker stops handing over well before its lease ends.
WORKING_TIME = timedelta(minutes=5)
# Any number, the same for all workers; the merchant's is its companion.
_CLAIMING = 5031


@dataclass(frozen=True, slots=True)
class Envelope:
    """A claimed message and whom it is for."""

    message: Message
    to: Addressee


def send_due(merchant: Merchant, *, most: int | None = None) -> Counter:
    """Send what is due, chunk by chunk, up to about `most` messages; count what became of them by status.

    A sandbox's messages are held instead. Commits as it goes, so outside of sandboxes it must not be called inside
    a scope: what is on its way must stay written down even if the caller fails.
    """
    counts: Counter = Counter()
    with tenancy.scope(merchant):
        give_up_on_unconfirmed()
    while most is None or counts.total() < most:
        with tenancy.scope(merchant):
            envelopes, decided = claim()
        if not envelopes and not decided:
            break
        counts += decided + deliver(merchant, envelopes)
    return counts


def give_up_on_unconfirmed() -> int:
    """Messages left between handing over and its confirmation by a worker that died: they are never sent again."""
    left = Message.objects.filter(status=Message.Status.SENDING, claimed_at__lt=clock.now() - LEASE)
    return left.update(status=Message.Status.FAILED, problem=journal.UNCONFIRMED)


def claim() -> tuple[list[Envelope], Counter]:
    """Take up to CHUNK due messages of the merchant in scope, and decide on each.

    Returns those to be sent, which are leased to the caller, and counts of those that were decided here: skipped,
    held, or (as "due") put off. A handful of statements. Locks the messages until commit; of two workers only one
    claims a merchant's at a time, or both would find room for the last message under a member's cap.
    """
    _one_at_a_time()
    now = clock.now()
    messages = list(_due(now).select_for_update(skip_locked=True).order_by("due_at", "id")[:CHUNK])
    if not messages:
        return [], Counter()
    members = audience.reachable(message.member_id for message in messages)
    consents = audience.consents(members, Consent.Purpose.EMAIL_MARKETING)
    wanted, decided = [], Counter()
    for message, verdict in _judged(messages, members, consents, now):
        if verdict == judging.SEND:
            wanted.append(message)
        decided[_decide(message, verdict, now)] += 1
    decided[Message.Status.DUE] -= 0 if tenancy.merchant().is_sandbox else len(wanted)
    columns = ("status", "due_at", "claimed_at", "sent_at", "problem", "figures")
    bulk.update(Message, columns, [(m.id, *(getattr(m, name) for name in columns)) for m in messages])
    if tenancy.merchant().is_sandbox or not wanted:
        return [], +decided
    to = addressing.addressees(tenancy.merchant(), wanted, members, consents)
    return [Envelope(message, to[message.id]) for message in wanted], +decided


def deliver(merchant: Merchant, envelopes: list[Envelope]) -> Counter:
    """Hand claimed messages over, on one line as long as it holds. Count what became of them."""
    book, waiting, counts = Journal(merchant), deque(envelopes), Counter()
    stop_at = clock.now() + WORKING_TIME
    while waiting and clock.now() < stop_at:
        try:
            with email.line() as line:
                _hand_over(line, waiting, book, counts, stop_at)
        except email.Unreachable as error:
            for envelope in waiting:
                book.note(envelope.message, Outcome(Fate.LATER, str(error)))
            counts[Fate.LATER.value] += len(waiting)
            waiting.clear()
    book.close()
    return counts


def _hand_over(line, waiting, book, counts, stop_at):
    """Empty the queue over one line, until it is empty, the line is dead, or the time is up."""
    while waiting and clock.now() < stop_at:
        envelope = waiting.popleft()
        outcome = _pass_on(line, envelope, book)
        if outcome is None:
            continue
        book.note(envelope.message, outcome)
        counts[outcome.fate.value] += 1
        if outcome.line_is_dead:
            return


def _pass_on(line, envelope, book):
    try:
        mail = addressing.mail(envelope.message, envelope.to)
        # An address that no mail server can be told is found here, while only its own letter is at stake.
        mail.recipient.encode("ascii")
    except Exception as error:
        # A letter that cannot be written must not hold up all those behind it, nor be tried for ever.
        log.exception("letter_cannot_be_written", message=envelope.message.public_id)
        return Outcome(Fate.REFUSED, f"cannot be written: {type(error).__name__}")
    return line.hand_over(mail, before=lambda: book.departs(envelope.message))


def _one_at_a_time():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_CLAIMING, str(tenancy.merchant_id())]
        )


def _due(now):
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    return Message.objects.filter(free, status=Message.Status.DUE, due_at__lte=now)


def _judged(messages, members, consents, now):
    """Each message with its verdict, in order: what is sent counts for the cap of what comes after it."""
    recent = _recent(members, now)
    outdated = _outdated(messages)
    for message in messages:
        campaign, member = registry.BY_NAME[message.campaign], members.get(message.member_id)
        situation = Situation(
            reachable=member is not None,
            consents=message.member_id in consents,
            timezone=member.timezone if member else "UTC",
            outdated=outdated.get(message.id, ""),
            recent=tuple(recent[message.member_id]),
        )
        verdict = judging.judge(campaign, situation, now)
        if verdict == judging.SEND and campaign.is_promotional:
            recent[message.member_id].append(now)
        yield message, verdict


def _decide(message, verdict, now):
    """Write the verdict into the row. Returns the status by which it is counted; DUE: nothing is final yet."""
    if verdict.skip:
        message.status, message.problem = Message.Status.SKIPPED, verdict.skip
        message.figures = {} if journal.is_secret(message) else message.figures
    elif verdict.later:
        message.due_at, message.claimed_at = verdict.later, None
    elif tenancy.merchant().is_sandbox:
        message.status, message.sent_at = Message.Status.HELD, now
    else:
        message.claimed_at = now
    return message.status


def _recent(members, now):
    """When promotional messages went out to these members within the cap's days, or are just about to."""
    since = now - cap.DAYS
    gone = Q(status__in=[Message.Status.SENT, Message.Status.HELD], sent_at__gt=since)
    going = Q(status=Message.Status.SENDING) | Q(status=Message.Status.DUE, claimed_at__gt=now - LEASE)
    perhaps = Q(status=Message.Status.FAILED, problem=journal.UNCONFIRMED, claimed_at__gt=since)
    rows = Message.objects.filter(
        gone | going | perhaps, campaign__in=registry.PROMOTIONAL, member__in=list(members)
    )
    moments = defaultdict(list)
    for member_id, sent_at, claimed_at in rows.values_list("member_id", "sent_at", "claimed_at"):
        moments[member_id].append(sent_at or claimed_at)
    return moments


def _outdated(messages):
    by_campaign = defaultdict(list)
    for message in messages:
        by_campaign[message.campaign].append(message)
    why = {}
    for name, rows in by_campaign.items():
        if check := registry.BY_NAME[name].outdated:
            why |= check(rows)
    return why
