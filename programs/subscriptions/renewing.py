"""What happens to subscriptions by itself: periods that end, fees that fall due, graces that run out.

Rule: docs/rules/vip.md, "Renewal".
"""

from collections import Counter
from datetime import datetime

from django.db.models import Min

from loyalty import clock
from members import locking
from programs.models import Program
from programs.subscriptions import ending, gifts, holding, periods
from programs.subscriptions.models import Subscription

Status, By = Subscription.Status, Subscription.Payment


def next_due_at() -> datetime | None:
    """When something is due next for a subscription of the merchant in scope."""
    return Subscription.objects.filter(next_due_at__isnull=False).aggregate(at=Min("next_due_at"))["at"]


def run_due(limit: int = 1000) -> Counter:
    """Do what is due by now for up to `limit` subscriptions of the merchant in scope: Counter(renewals=steps done).

    However late it runs, each subscription takes one step after the other, each stamped with the moment at which it
    was due. Subscriptions that another worker holds are left to it. Safe to run twice.
    """
    now = clock.now()
    due = Subscription.objects.filter(next_due_at__lte=now).order_by("next_due_at", "id")
    rows = list(
        due.select_for_update(skip_locked=True, of=("self",), no_key=True).select_related(
            "program", "member"
        )[:limit]
    )
    # All members of the round before the first account: those of several subscriptions would be locked out of order.
    locking.lock([member_id for row in rows for member_id in holding.covered_by(row)], merged_too=True)
    # Empty where nothing was done: that is how one sees that it is done.
    return +Counter(renewals=sum(catch_up(holding.held(row)) for row in rows))


def catch_up(held) -> int:
    """Let happen what is due by now for one locked subscription, in its order. Returns the number of steps."""
    row, now, steps = held.subscription, clock.now(), 0
    while row.next_due_at is not None and row.next_due_at <= now:
        _step(held, row.next_due_at)
        steps += 1
    return steps


def _step(held, at):
    """One thing that is due at a moment."""
    row = held.subscription
    if row.payment == By.STRIPE:
        _rest(held, at)
    elif row.status == Status.PAST_DUE and at >= row.grace_until_at:
        ending.end(held, at=at, reason="unpaid")
    elif row.status == Status.CANCELLED and row.paid_through <= row.period:
        ending.end(held, at=at, reason="cancelled")
    elif not _program_goes_on(row.program, at):
        ending.end(held, at=at, reason="program_closed")
    else:
        _renew(held, at)


def _renew(held, at):
    """The next period begins: paid in advance, or with its fee due."""
    row = held.subscription
    row.period += 1
    row.period_starts_at = at
    row.period_ends_at = held.midnight(periods.following(row.anchor_on, row.interval, held.day(at)))
    if row.paid_through >= row.period:
        row.status = row.status if row.status == Status.CANCELLED else Status.ACTIVE
        gifts.give(held, at=at)
        held.save(at=at, reason="paid")
        held.tell("renewed", at=at, period_ends_at=row.period_ends_at.isoformat())
        return
    if row.status != Status.PAST_DUE:
        row.grace_until_at = periods.after_days(at, held.settings.grace_days, held.timezone)
    row.status = Status.PAST_DUE
    held.save(at=at, reason="unpaid")
    held.tell("past_due", at=at, amount_minor=row.price_minor, grace_until_at=row.grace_until_at.isoformat())


def _rest(held, at):
    """Stripe has not told of a fee by the end of the grace: benefits rest until it does."""
    row = held.subscription
    if row.status != Status.CANCELLED:
        row.status = Status.PAST_DUE
    row.covers = False
    held.save(at=at, reason="unpaid")
    held.tell("past_due", at=at, amount_minor=row.price_minor)


def _program_goes_on(program, at):
    return program.status == Program.Status.ACTIVE and (program.ends_at is None or at < program.ends_at)
