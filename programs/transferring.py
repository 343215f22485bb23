"""A member gives points or stamps to another. Rule: docs/rules/moving.md, "Transfers"."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, ids, tenancy
from loyalty.errors import Invalid, Refused
from loyalty.events import recording
from members import finding, locking
from members.merging import SameMember
from members.models import Member
from programs import catalogue, expiry, ledger, unlocking
from programs.accounts import Account, Unlock
from programs.models import Program
from programs.sheet import InsufficientBalance, NewEntry, Source


class CannotTakePart(Refused):
    code = "not_eligible"
    sentence = gettext_lazy("This guest does not take part here, or has left.")


@dataclass(frozen=True, slots=True)
class Transferred:
    """The two sides of a transfer: who gave and who received, and the entry of each."""

    member: Member
    to: Member
    program: Program
    amount: int
    given: NewEntry
    received: NewEntry


def transfer(*, member, to, program, amount, actor="") -> Transferred:
    """Give `amount` > 0, in the program's unit, to another member, in lots that keep their expiry dates.

    Only what can be spent, and no stamps for which a reward on the way was taken already. Debt of the receiver is
    paid first; stamps fill their card. A member who was merged is their survivor. Locks both members, then both
    accounts, in id order. Raises Invalid, SameMember, CannotTakePart, InsufficientBalance; nothing is written then.
    """
    if amount <= 0:
        raise Invalid({"amount": [_("Write how much is given: 1 or more.")]})
    member, to = finding.survivor(member), finding.survivor(to)
    if member.id == to.id:
        raise SameMember(member=member.public_id)
    locking.lock([member.id, to.id])
    live = catalogue.current(Program.objects.filter(id=program.id))[0]
    _refuse_outsiders(live, member, to)
    return _book(live, member, to, amount, actor)


def _book(live, member, to, amount, actor):
    program, now = live.program, clock.now()
    sheets = _open(program, member, to)
    giver = sheets.get((member.id, program.id))
    _refuse_too_much(giver, amount)
    # Only now, when nothing can be refused any more, is an account opened for who had none.
    sheets |= ledger.open_sheets([(to.id, program.id)]) if len(sheets) == 1 else {}
    receiver = sheets[to.id, program.id]
    source = Source(actor=actor, version_id=live.version_id)
    given, received = giver.hand_over(amount, receiver, at=now, source=source, received=source)
    _keep_alive(live, sheets.values(), now)
    unlocks = unlocking.unlock(receiver, live, at=now)
    ledger.save(sheets.values())
    unlocking.save(unlocks)
    _withdraw_unreached(giver)
    recording.record(
        "points.transferred", member_id=member.id, member=member.public_id, to=to.public_id,
        program=program.public_id, amount=amount, entries=[ids.public("ent", one.id) for one in (given, received)],
    )  # fmt: skip
    return Transferred(member, to, program, amount, given, received)


def _refuse_outsiders(live, *members):
    """Who has left, and, where a program does not enrol by itself, who has no account there."""
    active = set(
        Member.objects.filter(id__in=[one.id for one in members], status=Member.Status.ACTIVE).values_list(
            "id", flat=True
        )
    )
    if not live.program.auto_enrol:
        active &= set(Account.objects.filter(program=live.program).filter(
            member_id__in=active).values_list("member_id", flat=True))  # fmt: skip
    for one in members:
        if one.id not in active:
            raise CannotTakePart(member=one.public_id)


def _open(program, *members):
    """The sheets of those who have an account, with their lots."""
    there = Account.objects.filter(program=program, member_id__in=[one.id for one in members])
    return ledger.open_sheets(there.values_list("member_id", "program_id"), with_lots=True)


def _refuse_too_much(giver, amount):
    """More than can be spent, or stamps for which a reward on the way was taken: they stay."""
    free = giver.spendable if giver else 0
    if giver:
        taken = _on_this_card(giver).filter(status=Unlock.Status.TAKEN, cost=0)
        kept = max(taken.values_list("position", flat=True), default=0)
        free = max(0, free - kept) if kept else free
    if amount > free:
        raise InsufficientBalance(balance=free, cost=amount, missing=amount - free)


def _withdraw_unreached(giver):
    """Rewards that wait on the giver's card, and that its stamps do not reach any more."""
    waiting = _on_this_card(giver).filter(status=Unlock.Status.OPEN, position__gt=giver.balance)
    waiting.update(status=Unlock.Status.WITHDRAWN)


def _on_this_card(sheet):
    """What the stamps that lie on the card have unlocked; not what earlier cards did, which were full."""
    unlocks = Unlock.objects.filter(account_id=sheet.id)
    paid = Q(entry__isnull=False) & ~Q(status=Unlock.Status.WITHDRAWN)
    full = unlocks.filter(paid | Q(cost__gt=0, status=Unlock.Status.TAKEN)).order_by("-id").first()
    here = unlocks.filter(entry=None)
    return here.filter(id__gt=full.id) if full else here


def _keep_alive(live, sheets, now):
    """Giving and receiving are activity."""
    if isinstance(live.settings.expiry, expiry.Inactivity):
        until = expiry.expires_at(live.settings.expiry, now, tenancy.merchant().timezone)
        for sheet in sheets:
            sheet.keep_alive(until)
