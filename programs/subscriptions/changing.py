"""Subscriptions are cancelled, paused and taken up again.

Rule: docs/rules/vip.md, "Cancelling" and "Pausing".
"""

from datetime import timedelta
from typing import Literal

from loyalty import clock
from programs.subscriptions import ending, holding, opening, stripe_link
from programs.subscriptions.models import Subscription

Status, By = Subscription.Status, Subscription.Payment


def cancel(subscription, *, at: Literal["now", "period_end"]) -> Subscription:
    """End a subscription at once, or with the period that is paid. Doing so again changes nothing.

    Locks the subscription, the members it covers, and their accounts. With Stripe also what stripe_link raises.
    """
    held = opening.hold(subscription)
    row, now = held.subscription, clock.now()
    if row.status == Status.ENDED or (row.status == Status.CANCELLED and at == "period_end"):
        return row
    is_unpaid = row.status in (Status.PENDING, Status.PAST_DUE)
    at_once = at == "now" or is_unpaid
    if row.status == Status.PAUSED and not at_once:
        _go_on(held)
    cancel_at_stripe(row, at_once=at_once)
    if at_once:
        ending.end(held, at=now, reason="cancelled")
        return row
    row.status, row.cancelled_at = Status.CANCELLED, now
    held.save(at=now, reason="resumed")
    held.tell("cancelled", at=now)
    return row


def pause(subscription) -> Subscription:
    """Let benefits and fees rest; the days left of the period are kept. Raises WrongStatus."""
    held = opening.hold(subscription)
    row, now = held.subscription, clock.now()
    holding.refuse_unless(row, Status.TRIALING, Status.ACTIVE)
    if row.payment == By.STRIPE:
        stripe_link.pause(row)
    row.days_left = max((held.day(row.period_ends_at) - held.day(now)).days, 1)
    row.status, row.paused_at, row.covers = Status.PAUSED, now, False
    held.save(at=now, reason="paused")
    held.tell("paused", at=now, days_left=row.days_left)
    return row


def resume(subscription) -> Subscription:
    """Go on after a pause, or take a cancellation back while the paid period runs. Raises WrongStatus."""
    held = opening.hold(subscription)
    row, now = held.subscription, clock.now()
    holding.refuse_unless(row, Status.PAUSED, Status.CANCELLED)
    if row.status == Status.PAUSED:
        _go_on(held)
    elif row.payment == By.STRIPE:
        stripe_link.take_back_cancellation(row)
    row.cancelled_at = None
    row.status = Status.TRIALING if row.period == 0 else Status.ACTIVE
    held.save(at=now, reason="resumed")
    held.tell("resumed", at=now)
    return row


def cancel_at_stripe(row, *, at_once):
    """Let Stripe take no more fees for a subscription that is paid there."""
    if row.payment != By.STRIPE:
        return
    if row.stripe_subscription:
        stripe_link.cancel(row, at_period_end=not at_once)
    elif row.stripe_session:
        stripe_link.close_checkout(row.stripe_session)


def _go_on(held):
    """The days that were left when it was paused begin today. Only a pause of days moves the day of renewal."""
    row = held.subscription
    ends_on = held.day(clock.now()) + timedelta(days=row.days_left)
    if ends_on != held.day(row.period_ends_at):
        row.anchor_on, row.period_ends_at = ends_on, held.midnight(ends_on)
    row.covers, row.paused_at, row.days_left = True, None, None
    if row.payment == By.STRIPE:
        stripe_link.go_on(row)
