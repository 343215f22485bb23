"""Corrections by hand: with a reason, by somebody, and above a limit by two.

Rule: docs/rules/moving.md, "Adjustments".
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, tenancy
from loyalty.errors import Invalid, Refused
from loyalty.events import recording
from members import finding, locking
from members.models import Member
from programs import catalogue, expiry, ledger, unlocking
from programs.bonuses import AdjustmentProposal
from programs.models import Program
from programs.sheet import NewEntry, Source

LONGEST_ACTOR = 160


class NeedsSecondPerson(Refused):
    code = "needs_second_person"
    sentence = gettext_lazy("Somebody else has to approve this correction: you proposed it yourself.")


class AlreadyDecided(Refused):
    code = "already_decided"
    sentence = gettext_lazy("This correction was decided already.")


class MemberGone(Refused):
    code = "not_eligible"
    sentence = gettext_lazy("This guest has left. Nothing can be booked on the card any more.")


def adjust(*, member, program, amount, reason, actor) -> NewEntry | AdjustmentProposal:
    """Correct a balance by `amount` (up or down, in the program's unit): the new entry's sheet line.

    Above the program's limit nothing is booked: the AdjustmentProposal is returned that waits for a second person.
    Otherwise as `book`.
    """
    _refuse_empty(amount, reason)
    live = _current(program)
    limit = live.settings.adjustment_limit
    if limit is None or abs(amount) <= limit:
        return _book(member, live, amount, reason, actor)
    member = finding.survivor(member)
    locking.lock([member.id])
    _refuse_gone(member)
    proposal = AdjustmentProposal.objects.create(
        member=member,
        program=program,
        amount=amount,
        reason=_short(reason),
        proposed_by=actor[:LONGEST_ACTOR],
    )
    _tell("adjustment.proposed", proposal)
    return proposal


def book(*, member, program, amount, reason, actor) -> NewEntry:
    """Correct a balance without looking at the limit, as for what has just been done at the counter.

    Down at most to zero. Stamps that fill a card unlock its reward. Locks the member, then the account.
    Raises Invalid without a reason or with amount 0, InsufficientBalance, MemberGone.
    """
    _refuse_empty(amount, reason)
    return _book(member, _current(program), amount, reason, actor)


def approve(proposal, *, actor) -> AdjustmentProposal:
    """Book a correction that waited, as the second person. Returns the proposal with its entry.

    Locks the member, the proposal, then the account. Raises NeedsSecondPerson, AlreadyDecided, and what booking
    raises; the proposal waits on then.
    """
    proposal = _decide(proposal)
    if proposal.proposed_by == actor[:LONGEST_ACTOR]:
        raise NeedsSecondPerson(adjustment=proposal.public_id)
    both = f"{proposal.proposed_by} + {actor}"[:LONGEST_ACTOR]
    entry = _book(proposal.member, _current(proposal.program), proposal.amount, proposal.reason, both)
    proposal.entry_id = entry.id
    return _decided(proposal, AdjustmentProposal.Status.APPROVED, actor)


def decline(proposal, *, actor) -> AdjustmentProposal:
    """Let a correction that waited be: also by whoever proposed it. Locks the member and the proposal.

    Raises AlreadyDecided.
    """
    proposal = _decided(_decide(proposal), AdjustmentProposal.Status.DECLINED, actor)
    _tell("adjustment.declined", proposal)
    return proposal


def waiting():
    """The corrections that wait for a second person, the oldest first."""
    rows = AdjustmentProposal.objects.filter(status=AdjustmentProposal.Status.WAITING)
    return rows.select_related("member", "program").order_by("proposed_at", "id")


def _decide(proposal):
    """The proposal as it is under lock, still to be decided."""
    locking.lock([proposal.member_id])
    rows = AdjustmentProposal.objects.select_related("member", "program")
    proposal = rows.select_for_update(of=("self",), no_key=True).get(id=proposal.id)
    if proposal.status != AdjustmentProposal.Status.WAITING:
        raise AlreadyDecided(adjustment=proposal.public_id, status=proposal.status)
    return proposal


def _decided(proposal, status, actor):
    proposal.status, proposal.decided_by, proposal.decided_at = status, actor[:LONGEST_ACTOR], clock.now()
    proposal.save(update_fields=["status", "decided_by", "decided_at", "entry"])
    return proposal


def _book(member, live, amount, reason, actor):
    member = finding.survivor(member)
    locking.lock([member.id])
    _refuse_gone(member)
    key = (member.id, live.program.id)
    sheet = ledger.open_sheets([key], with_lots=True)[key]
    now = clock.now()
    # It can be spent at once, so that the time to its expiry begins now.
    expires_at = expiry.expires_at(live.settings.expiry, now, tenancy.merchant().timezone)
    source = Source(reason=_short(reason), actor=actor, version_id=live.version_id)
    entry = sheet.adjust(amount, at=now, source=source, expires_at=expires_at if amount > 0 else None)
    unlocks = unlocking.unlock(sheet, live, at=now)
    ledger.save([sheet])
    unlocking.save(unlocks)
    recording.record(
        "points.adjusted",
        member_id=member.id,
        member=member.public_id,
        program=live.program.public_id,
        amount=amount,
    )
    return entry


def _current(program):
    return catalogue.current(Program.objects.filter(id=program.id))[0]


def _short(reason):
    return reason.strip()[:200]


def _tell(kind, proposal):
    recording.record(
        kind, member_id=proposal.member_id, adjustment=proposal.public_id, member=proposal.member.public_id,
        program=proposal.program.public_id, amount=proposal.amount,
    )  # fmt: skip


def _refuse_empty(amount, reason):
    wrong = {}
    if not reason.strip():
        wrong["reason"] = [_("Write down why, so that it can be understood later.")]
    if amount == 0:
        wrong["amount"] = [_("An adjustment by nothing changes nothing.")]
    if wrong:
        raise Invalid(wrong)


def _refuse_gone(member):
    if member.status == Member.Status.ERASED:
        raise MemberGone(member=member.public_id)
