"""Subscriptions, seats and fees as the API tells them. Set-based: a page costs one query more than its rows."""

from collections import defaultdict

from loyalty import ids
from loyalty.rest.shapes import subscriptions as shapes
from programs.subscriptions import stripe_link
from programs.subscriptions.models import Payment, Seat, Subscription

SAME = ("plan", "status", "payment", "price_minor", "currency", "interval", "started_at", "period_starts_at",
        "period_ends_at", "cancelled_at", "paused_at", "days_left", "ended_at")  # fmt: skip


def subscription(row):
    return subscriptions([row])[0]


def subscriptions(rows):
    taken = defaultdict(list)
    for seat_row in Seat.objects.filter(subscription__in=rows).order_by("id"):
        taken[seat_row.subscription_id].append(shapes.SeatTaken(**_taken(seat_row)))
    return [shapes.Subscription(**_told(row), seats=taken[row.id]) for row in rows]


def begun(row, checkout_url):
    return shapes.BegunSubscription(**subscription(row).model_dump(), checkout_url=checkout_url or None)


def paid(row, payment_row):
    return shapes.PaidSubscription(**subscription(row).model_dump(), last_payment=payment(payment_row))


def kept_of(member):
    """A member's subscriptions with all their fees."""
    mine = list(Subscription.objects.filter(member=member).order_by("id"))
    paid = defaultdict(list)
    for fee in Payment.objects.filter(subscription__in=mine).order_by("period"):
        paid[fee.subscription_id].append(payment(fee))
    told = zip(mine, subscriptions(mine), strict=True)
    return [shapes.KeptSubscription(**one.model_dump(), payments=paid[row.id]) for row, one in told]


def seats_of(member):
    """The seats that a member has on others' subscriptions."""
    return [seat(row) for row in Seat.objects.filter(member=member).order_by("id")]


def payment(row):
    return shapes.Payment(
        id=row.public_id, subscription=ids.public("sub", row.subscription_id), period_starts_on=row.period_starts_on,
        amount_minor=row.amount_minor, method=row.method, at=row.at, actor=row.actor, external_id=row.external_id,
    )  # fmt: skip


def seat(row):
    return shapes.Seat(
        **_taken(row), subscription=ids.public("sub", row.subscription_id), created_at=row.created_at
    )


def payment_settings():
    account = stripe_link.account()
    return shapes.PaymentSettings(
        stripe=shapes.StripeSettings(
            is_set_up=account is not None,
            key_hint=account.key_hint if account else None,
            webhook_url=stripe_link.webhook_url(),
        )
    )


def _taken(row):
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": row.kind,
        "member": ids.public("mem", row.member_id),
    }


def _told(row):
    return {name: getattr(row, name) for name in SAME} | {
        "id": row.public_id, "member": ids.public("mem", row.member_id), "program": ids.public("prg", row.program_id),
        "covered": row.covers, "cancel_at_period_end": row.status == "cancelled",
        "grace_until_at": row.grace_until_at if row.status == "past_due" else None,
    }  # fmt: skip
