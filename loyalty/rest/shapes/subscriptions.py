"""Subscriptions of paid VIP programs, their seats and fees, and how a merchant is paid online."""

from datetime import date
from typing import Literal

from loyalty.rest.shapes.fields import Answer, Body, ExternalId, Id, Moment, Page, text

Status = Literal["pending", "trialing", "active", "past_due", "paused", "cancelled", "ended"]
Method = Literal["counter", "stripe"]


class NewSubscription(Body):
    """`plan`: its name in the program. At the counter the first fee is taken now; `external_id` is your own for it."""

    program: Id
    plan: text(120, 1)
    payment: Method = "counter"
    external_id: ExternalId | None = None


class SeatTaken(Answer):
    """`member`: whose card has the benefits, too."""

    id: str
    name: str
    kind: Literal["person", "pet"]
    member: str | None


class Subscription(Answer):
    """`seats` are those beside the payer. `price_minor` stays what it was when the subscription began.

    `covered`: benefits hold now. `paid_until`: the end of the last period that is paid. `grace_until_at`: while a fee
    is due, when benefits end. `days_left`: of the period, while it is paused.
    """

    id: str
    member: str
    program: str
    plan: str
    status: Status
    covered: bool
    payment: Method
    price_minor: int
    currency: str
    interval: Literal["month", "year"]
    started_at: Moment
    period_starts_at: Moment
    period_ends_at: Moment
    grace_until_at: Moment | None
    cancel_at_period_end: bool
    cancelled_at: Moment | None
    paused_at: Moment | None
    days_left: int | None
    ended_at: Moment | None
    seats: list[SeatTaken]


class BegunSubscription(Subscription):
    """`checkout_url`: where the guest pays, for a subscription that is paid online."""

    checkout_url: str | None


class Subscriptions(Page):
    data: list[Subscription]


class Cancellation(Body):
    """`period_end`: benefits hold until the end of what is paid. `now`: they end at once."""

    at: Literal["now", "period_end"]


class NewPayment(Body):
    """The first unpaid period is meant: the one that is due, else the next in advance.

    `period_starts_on`: its first day, for who wants to be sure which one is paid. `external_id`: your own; the same
    again is the same payment.
    """

    external_id: ExternalId | None = None
    period_starts_on: date | None = None


class Payment(Answer):
    id: str
    subscription: str
    period_starts_on: date
    amount_minor: int
    method: Method
    at: Moment
    actor: str
    external_id: str | None


class Payments(Page):
    data: list[Payment]


class PaidSubscription(Subscription):
    last_payment: Payment


class KeptSubscription(Subscription):
    payments: list[Payment]


class NewSeat(Body):
    """`member`: another member of yours, whose card then has the benefits, too."""

    name: text(120, 1)
    kind: Literal["person", "pet"] = "person"
    member: Id | None = None


class Seat(SeatTaken):
    subscription: str
    created_at: Moment


class Seats(Page):
    data: list[Seat]


class Portal(Answer):
    """Where the guest changes the means of payment and finds invoices."""

    url: str


class NewPaymentSettings(Body):
    """The keys of the merchant's own account at Stripe. They are kept sealed, and never shown again."""

    stripe_secret_key: text(255, 8)
    stripe_webhook_secret: text(255, 8)


class StripeSettings(Answer):
    """`key_hint`: how the secret key ends. `webhook_url`: where Stripe has to send its events."""

    is_set_up: bool
    key_hint: str | None
    webhook_url: str


class PaymentSettings(Answer):
    stripe: StripeSettings
