"""A member takes a reward: pays for it in points, or takes what a full card unlocked.

Rule: docs/rules.md, "Redeeming".
"""

from django.db.models import F

from loyalty import clock, tenancy
from members import locking
from members.models import Member
from programs import catalogue, ledger
from programs.accounts import Unlock
from programs.coalition import terms
from programs.models import Program
from programs.sheet import Source
from rewards import booking, eligibility, refusals, waiting
from rewards.gift_cards import issuing
from rewards.gifts.refusals import GivenOn
from rewards.models import Redemption, Reward, Voucher
from rewards.refusals import AlreadyUsed

__all__ = ["AlreadyUsed", "cancel", "give_back_points", "open_unlocks", "redeem", "refuse_unfit"]


def redeem(*, member, reward, use="now", location=None, unlock=None, wait=False, actor="") -> Redemption:
    """Take a reward, for an open unlock of it or for its cost in points. Returns the Redemption.

    use: "now" hands it over; "later" makes a voucher. What takes money off a purchase, an experience and what a
    partner gives always make a voucher, and a gift card is issued to the member, whichever way. wait: where all places
    are taken the member is put on the list, and pays nothing; the redemption is waiting then.
    Locks the member, the account, then the reward. Raises InsufficientBalance, OutOfStock, FullyBooked, LimitReached,
    NotEligible, NotStarted, Ended; nothing is written then.
    """
    locking.lock([member.id])
    unlock = unlock or booking.open_unlock(member, reward)
    refuse_unfit(member, reward, unlock)
    redemption = Redemption(
        member=member, reward=reward, use=use, location=location, actor=actor, partner_id=tenancy.acting_id(),
        cost=unlock.cost if unlock else reward.cost,
    )  # fmt: skip
    try:
        booking.book(redemption, unlock)
    except refusals.FullyBooked:
        if not wait:
            raise
        return waiting.join(redemption, unlock)
    if reward.capacity is not None:
        waiting.leave(redemption)
    return redemption


def cancel(redemption, *, actor="") -> Redemption:
    """Undo a redemption: the points go back into the lots they came from, an unlock is open again.

    Its gift card is voided with it; its place is offered to whoever waits longest. Who waits leaves the list. Doing so
    again changes nothing. Raises AlreadyUsed when its voucher was used, GiftCardUsed when its gift card was.
    """
    locking.lock([redemption.member_id])
    rows = Redemption.objects.select_related("reward").select_for_update(of=("self",), no_key=True)
    redemption = rows.get(id=redemption.id)
    if redemption.status == Redemption.Status.CANCELLED:
        return redemption
    if redemption.status == Redemption.Status.WAITING:
        return waiting.withdraw(redemption)
    voucher = Voucher.objects.select_for_update(no_key=True).filter(redemption=redemption).first()
    if voucher and voucher.status == Voucher.Status.USED:
        raise AlreadyUsed(voucher=voucher.code)
    if voucher and voucher.member_id != redemption.member_id:
        raise GivenOn(voucher=voucher.code)
    if voucher is None:
        issuing.take_back(redemption, actor=actor)
    queue = waiting.lock(redemption.reward)
    give_back_points(redemption, actor=actor)
    Voucher.objects.filter(redemption=redemption).update(status=Voucher.Status.VOID)
    booking.tell("redemption.cancelled", redemption)
    if redemption.reward.capacity is not None:
        waiting.offer(redemption.reward, queue)
    return redemption


def give_back_points(redemption, *, actor=""):
    """Mark a redemption cancelled and return what it cost: points, unlock, stock. Returns the entry, or None."""
    entry = None
    if redemption.entry_id:
        sheet = ledger.open_accounts([redemption.account_id])[redemption.account_id]
        source = Source(redemption_id=redemption.id, actor=actor)
        entry = ledger.reverse(sheet, redemption.entry_id, at=clock.now(), source=source)
        ledger.save([sheet])
    # What was handed out unasked is not handed out again by itself.
    Unlock.objects.filter(redemption_id=redemption.id).update(
        status=Unlock.Status.OPEN, redemption_id=None, as_voucher=False
    )
    Reward.objects.filter(id=redemption.reward_id, taken__gt=0).update(taken=F("taken") - 1)
    redemption.status, redemption.cancelled_at = Redemption.Status.CANCELLED, clock.now()
    redemption.save(update_fields=["status", "cancelled_at"])
    return entry


def open_unlocks(member_id):
    """What full cards have unlocked for a member and was not taken yet, oldest first."""
    rows = Unlock.objects.filter(member_id=member_id, status=Unlock.Status.OPEN, reward__isnull=False)
    return rows.select_related("reward").order_by("at", "id")


def refuse_unfit(member, reward, unlock=None):
    """Raises NotEligible, NotStarted, Ended, LimitReached: why a member cannot have a reward now, whatever it costs."""
    if member.status != Member.Status.ACTIVE:
        raise refusals.NotEligible(member=member.public_id, reason="inactive")
    if reward.kind == Reward.Kind.RECOGNITION and unlock is None:
        raise refusals.OnlyGiven(reward=reward.public_id, reason="given")
    _refuse_elsewhere(reward)
    if unlock is None and (reward.unlocked_only or reward.program_id is None):
        raise refusals.OnlyByFullCard(reward=reward.public_id, reason="full_card")
    known = eligibility.of_members([reward], [member.id])[member.id]
    refused = eligibility.refusal(reward, known, clock.now())
    if refused is not None:
        raise refused


def _refuse_elsewhere(reward):
    """In a coalition a partner's own reward is had there alone, and points are taken where its terms say so."""
    here = tenancy.acting_id()
    if reward.partner_id not in (None, here):
        raise refusals.OnlyElsewhere(reward=reward.public_id, reason="elsewhere")
    if here is not None:
        terms.refuse_redeeming(catalogue.current(Program.objects.filter(id=reward.program_id))[0], here)
