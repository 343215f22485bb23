"""Who waits for a place of an experience, and who gets the next one that becomes free.

Locks: whoever frees places locks those who wait before the reward, in the order of their ids; whoever joins the list
locks the reward, and so is seen by whoever frees a place afterwards. Rule: docs/rules/rewards.md, "Places".
"""

from loyalty import clock
from loyalty.errors import Conflict, Refused
from members import locking
from members.models import Member
from rewards import booking, eligibility, refusals
from rewards.models import Redemption, Reward

WAITING = Redemption.Status.WAITING


def join(redemption, unlock):
    """Put a redemption that found no place on the list: nothing is paid. A place that became free meanwhile is taken.

    Who is on the list already stays where they are. Returns the redemption that waits, or that has the place.
    """
    reward = Reward.objects.select_for_update(no_key=True).get(id=redemption.reward_id)
    redemption.account_id = redemption.entry_id = None
    if reward.capacity is None or reward.taken < reward.capacity:
        booking.book(redemption, unlock)
        return redemption
    waits = Redemption.objects.filter(reward=reward, member_id=redemption.member_id, status=WAITING).first()
    if waits is not None:
        return waits
    redemption.status = WAITING
    booking.save(redemption)
    booking.tell("reward.waiting", redemption)
    return redemption


def leave(redemption):
    """Who has got a place waits no longer."""
    rows = Redemption.objects.filter(reward_id=redemption.reward_id, member_id=redemption.member_id)
    rows.filter(status=WAITING).update(status=Redemption.Status.CANCELLED, cancelled_at=clock.now())


def withdraw(redemption):
    """Take a redemption off the list. Its row is locked."""
    redemption.status, redemption.cancelled_at = Redemption.Status.CANCELLED, clock.now()
    redemption.save(update_fields=["status", "cancelled_at"])
    booking.tell("redemption.cancelled", redemption)
    return redemption


def lock(reward) -> set:
    """Lock all who wait for a reward, and return their ids; none where it has no places."""
    if reward.capacity is None:
        return set()
    rows = Redemption.objects.filter(reward_id=reward.id, status=WAITING)
    return set(locking.lock(list(rows.values_list("member_id", flat=True))))


def offer(reward, locked):
    """Give the places that are free to those who wait, the longest first: each pays now, or is passed over.

    locked: the members that `lock` has locked. The reward's row is locked by what has freed a place. Who is passed over
    stays on the list. Raises Conflict where somebody who has just joined is doing something else at this moment.
    """
    if eligibility.is_over(reward, clock.now()):
        return
    rows = Redemption.objects.filter(reward_id=reward.id, status=WAITING).select_related("member", "reward")
    for redemption in rows.order_by("at", "id"):
        if redemption.member_id not in locked:
            _lock_newcomer(redemption.member_id)
        try:
            _give(redemption)
        except refusals.FullyBooked:
            return
        except Refused as refused:
            booking.tell("reward.passed_over", redemption, code=refused.code)


def _give(redemption):
    """Raises what taking the reward would be refused for; nothing is written then."""
    member, reward = redemption.member, redemption.reward
    if member.status != Member.Status.ACTIVE:
        raise refusals.NotEligible(member=member.public_id, reason="inactive")
    unlock = booking.open_unlock(member, reward)
    if unlock is None and reward.unlocked_only:
        raise refusals.OnlyByFullCard(reward=reward.public_id, reason="full_card")
    refused = eligibility.refusal(
        reward, eligibility.of_members([reward], [member.id])[member.id], clock.now()
    )
    if refused is not None:
        raise refused
    redemption.cost = unlock.cost if unlock else reward.cost
    redemption.status, redemption.at = Redemption.Status.DONE, clock.now()
    booking.book(redemption, unlock)
    booking.tell("reward.place_given", redemption)


def _lock_newcomer(member_id):
    # Out of the order of ids: never waited for, so that nobody waits in a circle.
    free = Member.objects.select_for_update(no_key=True, skip_locked=True).filter(id=member_id)
    if not list(free):
        raise Conflict()
