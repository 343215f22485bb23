"""Subscriptions as they are told: to the member who takes everything along."""

from programs.subscriptions.models import Payment, Seat, Subscription


def everything_of(member) -> list[dict]:
    """All that is kept of a member's subscriptions, with seats and fees, JSON-ready: amounts in minor units."""
    rows = Subscription.objects.filter(member=member).select_related("program").order_by("id")
    return [_subscription(row) for row in rows]


def seats_of(member) -> list[dict]:
    """The seats that a member has on others' subscriptions."""
    rows = Seat.objects.filter(member=member).select_related("subscription__program").order_by("id")
    return [
        {"program": row.subscription.program.name, "name": row.name, "since": row.created_at.isoformat()}
        for row in rows
    ]


def _subscription(row):
    moments = ("started_at", "period_starts_at", "period_ends_at", "cancelled_at", "paused_at", "ended_at")
    return {
        "id": row.public_id, "program": row.program.name, "plan": row.plan, "status": row.status,
        "price_minor": row.price_minor, "currency": row.currency, "interval": row.interval, "payment": row.payment,
        **{name: _at(getattr(row, name)) for name in moments},
        "stripe_customer": row.stripe_customer, "stripe_subscription": row.stripe_subscription,
        "seats": [
            {"name": seat.name, "kind": seat.kind} for seat in Seat.objects.filter(subscription=row).order_by("id")
        ],
        "payments": [
            {
                "amount_minor": fee.amount_minor, "at": _at(fee.at), "method": fee.method,
                "period_starts_on": fee.period_starts_on.isoformat(), "external_id": fee.external_id,
            }
            for fee in Payment.objects.filter(subscription=row).order_by("period")
        ],
    }  # fmt: skip


def _at(moment):
    return moment.isoformat() if moment else None
