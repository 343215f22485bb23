"""What Stripe tells of subscriptions, followed: each event once, and never backwards, in whatever order they come.

A subscription is what the newest of its events says of it; older ones that come later change nothing.
Rule: docs/rules/vip.md, "Paying by Stripe".
"""

from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from loyalty import clock, ids
from loyalty.errors import NotFound
from programs.subscriptions import ending, gifts, opening, periods
from programs.subscriptions.models import Payment, StripeEvent, Subscription

Status = Subscription.Status
# Of two events of the same second and period the one that has come further holds.
FURTHER = (
    "incomplete",
    "trialing",
    "past_due",
    "active",
    "paused",
    "unpaid",
    "incomplete_expired",
    "canceled",
)
TOLD = {
    "trialing": Status.TRIALING, "active": Status.ACTIVE, "past_due": Status.PAST_DUE, "unpaid": Status.PAST_DUE,
    "paused": Status.PAUSED,
}  # fmt: skip
ABOUT_SUBSCRIPTIONS = "customer.subscription."
NOT_BEGUN = ("incomplete",)
OVER = ("canceled", "incomplete_expired")
# Invoices that pay a period; others are for changes within one.
OF_A_PERIOD = ("subscription_create", "subscription_cycle")


def follow(event: dict) -> Subscription | None:
    """Do what an event says, unless it was followed before. Returns the subscription that it was new for.

    In one transaction with the note that it was followed. Locks the subscription, its members and accounts.
    """
    if not _is_new(event):
        return None
    told, kind = event["data"]["object"], event["type"]
    row = _find(*_names(kind, told))
    if row is None:
        return None
    if kind.startswith(ABOUT_SUBSCRIPTIONS):
        _take_over(row, told, _moment(event["created"]))
    elif kind == "invoice.paid":
        _note_fee(row, told)
    elif kind == "checkout.session.completed":
        _note_checkout(row, told)
    elif kind == "checkout.session.expired":
        _end_unpaid(row)
    return row


def _is_new(event):
    try:
        with transaction.atomic():
            StripeEvent.objects.create(
                event_id=event["id"], kind=event["type"][:80], created_at=_moment(event["created"])
            )
    except IntegrityError as error:
        if "stripe_event_followed_once" not in str(error):
            raise
        return False
    return True


def _take_over(row, told, created_at):
    """What a subscription is now at Stripe it is here."""
    held = opening.hold(row)
    row = held.subscription
    starts_at, ends_at = _period(told)
    if row.status == Status.ENDED or not _is_news(row, created_at, starts_at, told["status"]):
        return
    row.stripe_subscription, row.stripe_customer = told["id"], _id(told.get("customer"))
    row.stripe_at, row.stripe_status = created_at, told["status"]
    if told["status"] in NOT_BEGUN:
        row.save()
        return
    row.period_starts_at, row.period_ends_at = starts_at, ends_at
    _take_over_price(row, told)
    if told["status"] in OVER:
        failed = (told.get("cancellation_details") or {}).get("reason") == "payment_failed"
        ending.end(held, at=clock.now(), reason="unpaid" if failed else "cancelled")
    else:
        _go_on(held, told)


def _go_on(held, told):
    """A subscription that lives on: its status, and whether benefits hold."""
    row, before, now = held.subscription, held.subscription.status, clock.now()
    row.status = _status(row, told)
    is_next = row.stripe_period_at is not None and row.period_starts_at > row.stripe_period_at
    row.stripe_period_at = row.period_starts_at
    if row.status != Status.PAST_DUE:
        row.grace_until_at = periods.after_days(row.period_ends_at, held.settings.grace_days, held.timezone)
    elif before != Status.PAST_DUE:
        row.grace_until_at = periods.after_days(row.period_starts_at, held.settings.grace_days, held.timezone)
    row.covers = row.status != Status.PAUSED and told["status"] != "unpaid"
    if row.status == Status.PAST_DUE:
        row.covers = row.covers and now < row.grace_until_at
    _note_times(held, now)
    held.save(at=now, reason={Status.PAUSED: "paused", Status.PAST_DUE: "unpaid"}.get(row.status, "paid"))
    if row.status != before or (is_next and row.status == Status.ACTIVE):
        held.tell(_news(before, row.status), at=now)


def _note_fee(row, told):
    """A fee that Stripe has taken: written down once, and the period's free rewards with it."""
    if told.get("billing_reason") not in OF_A_PERIOD or not told["amount_paid"]:
        return
    held = opening.hold(row)
    row = held.subscription
    if Payment.objects.filter(external_id=told["id"]).exists():
        return
    row.paid_through += 1
    row.period = row.paid_through
    lines = (told.get("lines") or {}).get("data") or [{"period": {"start": told["created"]}}]
    begins = max(line["period"]["start"] for line in lines)
    Payment.objects.create(
        subscription=row, period=row.paid_through, period_starts_on=held.day(_moment(begins)),
        amount_minor=told["amount_paid"], method=row.payment, at=_moment(told["created"]), actor="Stripe",
        external_id=told["id"],
    )  # fmt: skip
    row.save(update_fields=["paid_through", "period"])
    if row.status != Status.ENDED:
        gifts.give(held, at=clock.now())
    held.tell("paid", at=clock.now(), amount_minor=told["amount_paid"])


def _note_checkout(row, told):
    """The checkout is done. What became of it, Stripe tells with the subscription."""
    Subscription.objects.filter(id=row.id).update(
        stripe_customer=_id(told.get("customer")), stripe_subscription=_id(told.get("subscription"))
    )


def _end_unpaid(row):
    """The checkout has run out: the subscription was never begun."""
    held = opening.hold(row)
    if held.subscription.status == Status.PENDING and held.subscription.stripe_subscription is None:
        ending.end(held, at=clock.now(), reason="cancelled")


def _names(kind, told):
    """The id that we gave along, as it comes back in the metadata, and Stripe's own of the subscription."""
    if kind.startswith(ABOUT_SUBSCRIPTIONS):
        return told.get("metadata"), told["id"]
    if kind.startswith("invoice."):
        details = (told.get("parent") or {}).get("subscription_details") or {}
        return details.get("metadata"), _id(details.get("subscription") or told.get("subscription"))
    if kind.startswith("checkout.session."):
        return told.get("metadata"), _id(told.get("subscription"))
    return None, None


def _find(metadata, stripe_id):
    """Ours, or None for what the merchant sells there besides."""
    ours = (metadata or {}).get("subscription")
    if ours:
        try:
            return Subscription.objects.filter(id=ids.parse("sub", ours)).first()
        except NotFound:
            return None
    return Subscription.objects.filter(stripe_subscription=stripe_id).first() if stripe_id else None


def _is_news(row, created_at, starts_at, status):
    if row.stripe_at is None or created_at != row.stripe_at:
        return row.stripe_at is None or created_at > row.stripe_at
    known = row.stripe_period_at or starts_at, FURTHER.index(row.stripe_status)
    return (starts_at, FURTHER.index(status)) >= known


def _status(row, told):
    if told.get("pause_collection"):
        return Status.PAUSED
    status = TOLD[told["status"]]
    if status == Status.TRIALING and row.paid_through:
        # Days that were kept over a pause: Stripe calls them a trial, but they are paid.
        status = Status.ACTIVE
    leaves = told.get("cancel_at_period_end") or told.get("cancel_at")
    return Status.CANCELLED if leaves and status in (Status.TRIALING, Status.ACTIVE) else status


def _note_times(held, now):
    row = held.subscription
    row.cancelled_at = (row.cancelled_at or now) if row.status == Status.CANCELLED else None
    if row.status != Status.PAUSED:
        row.paused_at = row.days_left = None
    elif row.paused_at is None:
        row.paused_at = now
        row.days_left = max((held.day(row.period_ends_at) - held.day(now)).days, 1)


def _news(before, status):
    if before == Status.PENDING:
        return "started"
    if before in (Status.PAST_DUE, Status.ACTIVE, Status.TRIALING) and status == Status.ACTIVE:
        return "renewed"
    return {Status.ACTIVE: "resumed", Status.TRIALING: "resumed"}.get(status, status)


def _period(told):
    """The running period: of the subscription's item, or of the subscription itself as older versions tell it."""
    items = (told.get("items") or {}).get("data") or [{}]
    of_item = items[0] if "current_period_start" in items[0] else told
    return _moment(of_item["current_period_start"]), _moment(of_item["current_period_end"])


def _take_over_price(row, told):
    items = (told.get("items") or {}).get("data") or [{}]
    price = items[0].get("price") or {}
    if price.get("unit_amount") is not None:
        row.price_minor = price["unit_amount"]
    if (price.get("recurring") or {}).get("interval") in periods.MONTHS:
        row.interval = price["recurring"]["interval"]


def _id(named):
    """Stripe names things by their id, or sends them whole."""
    return named["id"] if isinstance(named, dict) else named


def _moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)
