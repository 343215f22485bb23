"""Fees that are paid at the counter. Rule: docs/rules/vip.md, "Fees"."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.errors import Refused
from programs.subscriptions import gifts, holding, opening, periods
from programs.subscriptions.models import Payment, Subscription

Status, By = Subscription.Status, Subscription.Payment


class NothingDue(Refused):
    code = "nothing_due"
    sentence = _("Nothing is due. The next period is paid already.")


class AlreadyPaid(Refused):
    code = "already_paid"
    sentence = _("This fee has just been paid.")


class IdUsedElsewhere(Refused):
    code = "external_id_used"
    sentence = _("This id already stands for a fee of another subscription.")


def pay(subscription, *, starts_on: date | None = None, external_id: str | None = None, actor=""):
    """Take the fee of the first unpaid period: the one that is due, else the next one in advance.

    Returns (Payment, whether it was taken before): the same external_id again is the first payment again.

    subscription: as the caller has seen it. A fee that somebody else took since then is not taken twice.
    starts_on: the first day of the period that is meant, for who wants to be sure.
    Locks the subscription, the members it covers, and their accounts.
    Raises AlreadyPaid, NothingDue, WrongStatus, PaidByStripe, IdUsedElsewhere; nothing is written then.
    """
    held = opening.hold(subscription)
    row = held.subscription
    if first := _known(row, external_id):
        return first, True
    if row.payment == By.STRIPE:
        raise holding.PaidByStripe(subscription=row.public_id)
    holding.refuse_unless(row, Status.TRIALING, Status.ACTIVE, Status.PAST_DUE)
    if row.paid_through != subscription.paid_through:
        raise AlreadyPaid(subscription=row.public_id)
    number, begins = row.paid_through + 1, _first_unpaid(held)
    if number > row.period + 1:
        raise NothingDue(subscription=row.public_id)
    if starts_on is not None and starts_on != begins:
        raise AlreadyPaid(subscription=row.public_id, period_starts_on=begins.isoformat())
    now = clock.now()
    payment = take(held, period=number, starts_on=begins, at=now, actor=actor, external_id=external_id)
    if number <= row.period:
        _begin(held, now)
    held.save(at=now, reason="paid")
    held.tell("paid", at=now, amount_minor=payment.amount_minor, period_starts_on=begins.isoformat())
    return payment, False


def take(held, *, period, starts_on, at, actor="", external_id=None) -> Payment:
    """Write down that a period's fee was paid. Raises AlreadyPaid, IdUsedElsewhere where somebody else was first."""
    row = held.subscription
    row.paid_through = period
    try:
        with transaction.atomic():
            return Payment.objects.create(
                subscription=row, period=period, period_starts_on=starts_on, amount_minor=row.price_minor,
                method=row.payment, at=at, actor=actor, external_id=external_id,
            )  # fmt: skip
    except IntegrityError as error:
        if "fee_taken_once_per_id" in str(error):
            raise IdUsedElsewhere(external_id=external_id) from None
        if "fee_taken_once_per_period" in str(error):
            raise AlreadyPaid(subscription=row.public_id) from None
        raise


def _begin(held, now):
    """A period that runs already is paid now."""
    row = held.subscription
    gifts.give(held, at=now)
    if row.paid_through >= row.period:
        row.status, row.grace_until_at = Status.ACTIVE, None
    else:
        begins = held.midnight(_first_unpaid(held))
        row.grace_until_at = periods.after_days(begins, held.settings.grace_days, held.timezone)


def _first_unpaid(held) -> date:
    """The first day of the first period that is not paid."""
    row = held.subscription
    if row.paid_through >= row.period:
        return held.day(row.period_ends_at)
    begins = held.day(row.period_starts_at)
    for _earlier in range(row.period - row.paid_through - 1):
        begins = periods.preceding(row.anchor_on, row.interval, begins)
    return begins


def _known(row, external_id):
    if external_id is None:
        return None
    first = Payment.objects.filter(external_id=external_id).first()
    if first is not None and first.subscription_id != row.id:
        raise IdUsedElsewhere(external_id=external_id)
    return first
