"""Rewards that are handed out without being asked for, as vouchers or gift cards: entry rewards of tiers, free rewards
of a paid club, cash-back. And taken back where a refund takes away what they were for.

Rule: docs/rules/tiers.md, "Entry rewards", and docs/rules/cash-back.md, "Cash-back".
"""

from collections import Counter

from django.db.models import Min

from loyalty.errors import Refused
from members.models import Member
from programs import refunding
from programs.accounts import Account, Unlock
from rewards import redeeming
from rewards.models import Redemption, Reward, Voucher


def issue(unlocks, *, actor=""):
    """Hand out those of the unlocks that are handed out at once; their redemption_id says what became of them.

    One that cannot be had now (out of stock, over) stays open, to be asked for at the counter. Locks the members.
    """
    for unlock in unlocks:
        if unlock.as_voucher and unlock.reward_id:
            _issue(unlock, actor)


def issue_due(*, limit=1000) -> int:
    """Hand out what waits to be, of the merchant in scope; return how many that were. Safe to run twice."""
    waiting = Unlock.objects.filter(status=Unlock.Status.OPEN, as_voucher=True, reward__isnull=False)
    rows = list(waiting.order_by("at", "id").select_for_update(skip_locked=True, no_key=True)[:limit])
    issue(rows)
    return len(rows)


def run_due(*, limit=1000) -> Counter:
    """A round of `issue_due`, as a duty."""
    return +Counter(rewards=issue_due(limit=limit))


def next_due_at():
    """Since when something of the merchant in scope waits to be handed out, or None."""
    waiting = Unlock.objects.filter(status=Unlock.Status.OPEN, as_voucher=True, reward__isnull=False)
    return waiting.aggregate(at=Min("at"))["at"]


def withdraw(lost, *, actor=""):
    """Take back unused entry rewards of tiers that a refund took away; used ones stay.

    lost: {account id: names of the tiers}.
    """
    for account_id, levels in lost.items():
        rows = Unlock.objects.filter(account_id=account_id, level__in=levels)
        take_back(rows.exclude(status=Unlock.Status.WITHDRAWN).order_by("id"), actor=actor)


def take_back(unlocks, *, actor=""):
    """Take back what was handed out for these unlocks and is unused; used ones stay."""
    for unlock in unlocks:
        if unlock.redemption_id is None or _cancelled(unlock, actor):
            Unlock.objects.filter(id=unlock.id).update(status=Unlock.Status.WITHDRAWN)


def pay_debts(purchase, *, actor=""):
    """After a refund: what was handed out for spend that was returned is taken back, the newest first, while it is
    unused and the account owes for it."""
    accounts = Account.objects.filter(member_id=purchase.member_id, debt__gt=0).values_list("id", flat=True)
    for account_id in accounts:
        rows = Unlock.objects.filter(
            account_id=account_id, as_voucher=True, entry__isnull=False, status=Unlock.Status.TAKEN
        )
        for unlock in rows.order_by("-id"):
            if not Account.objects.filter(id=account_id, debt__gt=0).exists():
                break
            if _cancelled(unlock, actor):
                refunding.withdraw_unlock(unlock, purchase=purchase, actor=actor)


def _issue(unlock, actor):
    member, reward = Member.objects.get(id=unlock.member_id), Reward.objects.get(id=unlock.reward_id)
    try:
        redemption = redeeming.redeem(member=member, reward=reward, use="later", unlock=unlock, actor=actor)
    except Refused:
        Unlock.objects.filter(id=unlock.id).update(as_voucher=False)
    else:
        unlock.redemption_id = redemption.id


def _cancelled(unlock, actor):
    """Whether what was handed out was unused, and is void now."""
    redemption = Redemption.objects.get(id=unlock.redemption_id)
    if Voucher.objects.filter(redemption=redemption, status=Voucher.Status.USED).exists():
        return False
    try:
        redeeming.cancel(redemption, actor=actor)
    except Refused:
        return False
    return True
