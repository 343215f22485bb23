"""Paid VIP with what it hands out: subscriptions begin, are paid and end, and their free rewards are vouchers at once.

What happens to the subscription itself is in `programs/subscriptions/`. Rule: docs/rules/vip.md, "Free rewards".
"""

from collections import Counter

from programs.accounts import Unlock
from programs.subscriptions import changing, gifts, paying, renewing, stripe_events, subscribing
from programs.subscriptions.models import Subscription
from rewards import granting


def subscribe(**asked) -> tuple[Subscription, str]:
    """As subscribing.subscribe, with the first period's free rewards handed out."""
    begun, checkout_url = subscribing.subscribe(**asked)
    _hand_out(begun)
    return begun, checkout_url


def pay(subscription, **asked):
    """As paying.pay, with the free rewards of the period handed out."""
    paid = paying.pay(subscription, **asked)
    _hand_out(subscription)
    return paid


def cancel(subscription, *, at, actor="") -> Subscription:
    """As changing.cancel. At once, unused vouchers of the running period are taken back; used ones stay."""
    was_over = subscription.status == Subscription.Status.ENDED
    cancelled = changing.cancel(subscription, at=at)
    if not was_over and cancelled.status == Subscription.Status.ENDED:
        _take_back(cancelled, actor)
    return cancelled


def follow(event) -> bool:
    """As stripe_events.follow, with what it gives handed out."""
    row = stripe_events.follow(event)
    if row is None:
        return False
    row.refresh_from_db()
    if row.status == Subscription.Status.ENDED:
        _take_back(row, "Stripe")
    else:
        _hand_out(row)
    return True


def run_due(limit: int = 1000) -> Counter:
    """As renewing.run_due, with the free rewards of periods that begin handed out."""
    counts = renewing.run_due(limit=limit)
    if counts["renewals"]:
        granting.issue_due(limit=limit)
    return counts


def _hand_out(row):
    waiting = gifts.of(row).filter(status=Unlock.Status.OPEN, as_voucher=True)
    granting.issue(list(waiting.order_by("at", "id")))


def _take_back(row, actor):
    if row.ended_at < row.period_ends_at:
        granting.take_back(
            gifts.of_period(row).exclude(status=Unlock.Status.WITHDRAWN).order_by("id"), actor=actor
        )
