"""A subscription ends. Rule: docs/rules/vip.md, "Cancelling"."""

from programs.subscriptions import gifts
from programs.subscriptions.models import Subscription


def end(held, *, at, reason):
    """End a subscription at a moment, and with it the benefits. reason: cancelled, unpaid, program_closed.

    What was given for free and not taken goes with it, where its period still ran.
    """
    row = held.subscription
    if at < row.period_ends_at:
        gifts.withdraw(held)
    row.status, row.covers, row.ended_at, row.grace_until_at = Subscription.Status.ENDED, False, at, None
    held.save(at=at, reason=reason)
    held.tell("ended", at=at, reason=reason)
