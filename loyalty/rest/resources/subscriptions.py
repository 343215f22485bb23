"""Subscriptions of paid VIP programs: begun, paid, paused, cancelled, shared; and how a merchant is paid online."""

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Invalid, NotFound
from loyalty.rest import named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import subscriptions as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import subscriptions as shapes
from loyalty.rest.shapes.answers import Nothing
from members import finding
from programs.subscriptions import changing, seats, stripe_link
from programs.subscriptions.models import Payment, Seat, Subscription
from rewards import club


class MemberSubscriptions(Resource):
    @operation(
        "List a member's subscriptions, the newest first", scope="read", answers={200: shapes.Subscriptions},
        pages=True,
    )  # fmt: skip
    def get(self, request, member_id):
        return _page(self.query, Subscription.objects.filter(member=named.member_in_path(member_id)))

    @operation(
        "Subscribe a member to a plan: paid at the counter, or online", scope="counter",
        takes=shapes.NewSubscription, answers={201: shapes.BegunSubscription},
    )  # fmt: skip
    def post(self, request, member_id):
        body, member = self.body(shapes.NewSubscription), named.member_in_path(member_id)
        if body.payment == "stripe" and body.external_id is not None:
            raise Invalid({"external_id": [_("A fee that is paid online has Stripe's own id.")]})
        begun, checkout_url = club.subscribe(
            member=member, program=named.program(body.program), plan=body.plan, payment=body.payment,
            external_id=body.external_id, actor=self.actor,
        )  # fmt: skip
        return answer(rows.begun(begun, checkout_url), 201)


class SubscriptionList(Resource):
    @operation(
        "List subscriptions, the newest first", scope="read", answers={200: shapes.Subscriptions}, pages=True,
        query={
            "member": "Only subscriptions of this member.", "program": "Only subscriptions in this program.",
            "status": "Only subscriptions of this status.",
        },
    )  # fmt: skip
    def get(self, request):
        found = Subscription.objects.all()
        if member := self.query.get("member"):
            found = found.filter(member=named.member_in_path(member))
        if program := self.query.get("program"):
            found = found.filter(program=named.program(program))
        if status := self.query.get("status"):
            found = found.filter(status=status)
        return _page(self.query, found)


class SubscriptionDetail(Resource):
    @operation("Read a subscription", scope="read", answers={200: shapes.Subscription})
    def get(self, request, subscription_id):
        return answer(rows.subscription(_named(subscription_id)))


class SubscriptionCancellation(Resource):
    @operation(
        "Cancel a subscription, at once or at the end of what is paid", scope="counter",
        takes=shapes.Cancellation, answers={200: shapes.Subscription},
    )  # fmt: skip
    def post(self, request, subscription_id):
        body = self.body(shapes.Cancellation)
        return answer(rows.subscription(club.cancel(_named(subscription_id), at=body.at, actor=self.actor)))


class SubscriptionPause(Resource):
    @operation(
        "Let a subscription rest; the days left of its period are kept", scope="counter",
        answers={200: shapes.Subscription},
    )  # fmt: skip
    def post(self, request, subscription_id):
        self.body(Nothing)
        return answer(rows.subscription(changing.pause(_named(subscription_id))))


class SubscriptionResume(Resource):
    @operation(
        "Go on after a pause, or take a cancellation back", scope="counter",
        answers={200: shapes.Subscription},
    )  # fmt: skip
    def post(self, request, subscription_id):
        self.body(Nothing)
        return answer(rows.subscription(changing.resume(_named(subscription_id))))


class SubscriptionPayments(Resource):
    @operation(
        "List the fees that were paid, the latest first", scope="read", answers={200: shapes.Payments},
        pages=True,
    )  # fmt: skip
    def get(self, request, subscription_id):
        paid = Payment.objects.filter(subscription=_named(subscription_id))
        page, following = pagination.page(self.query, paid)
        return answer(shapes.Payments(data=[rows.payment(row) for row in page], next_cursor=following))

    @operation(
        "Take a fee at the counter: the one that is due, else the next in advance", scope="counter",
        takes=shapes.NewPayment, answers={200: shapes.PaidSubscription, 201: shapes.PaidSubscription},
    )  # fmt: skip
    def post(self, request, subscription_id):
        body, subscription = self.body(shapes.NewPayment), _named(subscription_id)
        payment, is_repeat = club.pay(
            subscription, starts_on=body.period_starts_on, external_id=body.external_id, actor=self.actor
        )
        return answer(rows.paid(_named(subscription_id), payment), 200 if is_repeat else 201)


class SubscriptionPayment(Resource):
    @operation("Read a fee that was paid", scope="read", answers={200: shapes.Payment})
    def get(self, request, subscription_id, payment_id):
        return answer(rows.payment(_of(subscription_id, Payment.objects.by_public_id("pay", payment_id))))


class SubscriptionSeats(Resource):
    @operation("List who sits along", scope="read", answers={200: shapes.Seats}, pages=True)
    def get(self, request, subscription_id):
        taken = Seat.objects.filter(subscription=_named(subscription_id))
        page, following = pagination.page(self.query, taken)
        return answer(shapes.Seats(data=[rows.seat(row) for row in page], next_cursor=following))

    @operation(
        "Let somebody sit along: a person of the household, or a pet", scope="counter", takes=shapes.NewSeat,
        answers={201: shapes.Seat},
    )  # fmt: skip
    def post(self, request, subscription_id):
        body, subscription = self.body(shapes.NewSeat), _named(subscription_id)
        member = finding.find(id=body.member) if body.member is not None else None
        return answer(rows.seat(seats.add(subscription, name=body.name, kind=body.kind, member=member)), 201)


class SubscriptionSeat(Resource):
    @operation("Read a seat", scope="read", answers={200: shapes.Seat})
    def get(self, request, subscription_id, seat_id):
        return answer(rows.seat(_of(subscription_id, Seat.objects.by_public_id("seat", seat_id))))

    @operation("Free a seat", scope="counter", answers={200: shapes.Subscription})
    def delete(self, request, subscription_id, seat_id):
        seats.remove(_of(subscription_id, Seat.objects.by_public_id("seat", seat_id)))
        return answer(rows.subscription(_named(subscription_id)))


class SubscriptionPortal(Resource):
    @operation(
        "Open Stripe's portal for a guest who pays online", scope="counter", answers={200: shapes.Portal}
    )
    def post(self, request, subscription_id):
        self.body(Nothing)
        subscription = _named(subscription_id)
        if subscription.stripe_customer is None:
            raise stripe_link.NotPaidOnline(subscription=subscription.public_id)
        url = stripe_link.open_portal(subscription.stripe_customer, subscription.member)
        return answer(shapes.Portal(url=url))


class PaymentSettings(Resource):
    @operation("Read how the merchant is paid online", scope="read", answers={200: shapes.PaymentSettings})
    def get(self, request):
        return answer(rows.payment_settings())

    @operation(
        "Enter the keys of the merchant's account at Stripe", scope="admin", takes=shapes.NewPaymentSettings,
        answers={200: shapes.PaymentSettings},
    )  # fmt: skip
    def post(self, request):
        body = self.body(shapes.NewPaymentSettings)
        stripe_link.set_up(
            secret_key=body.stripe_secret_key, webhook_secret=body.stripe_webhook_secret, actor=self.actor
        )
        return answer(rows.payment_settings())


def _named(public_id):
    return Subscription.objects.by_public_id("sub", public_id)


def _of(subscription_id, row):
    """A row of the subscription in the path; another's is not found."""
    if row.subscription_id != _named(subscription_id).id:
        raise NotFound(id=row.public_id)
    return row


def _page(query, found):
    page, following = pagination.page(query, found)
    return answer(shapes.Subscriptions(data=rows.subscriptions(page), next_cursor=following))
