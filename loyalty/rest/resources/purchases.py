"""Purchases: recorded, looked at beforehand, sent in batches, given back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty import tenancy
from loyalty.errors import Invalid, Refused
from loyalty.rest import acting, bodies, named, pagination, problems
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import members, partners, purchases
from loyalty.rest.schema import operation
from loyalty.rest.shapes import purchases as shapes
from loyalty.rest.shapes.answers import Problem
from loyalty.tenancy.partners import reading as reading_as_partner
from members.models import Member
from programs.models import Refund
from programs.purchases import Item, Points
from programs.refunding import Returned
from rewards import checkout

MOST = 10_000


class PurchaseList(Resource):
    @operation(
        "List purchases, the latest first", scope="read", answers={200: shapes.Purchases}, pages=True,
        query={
            "member": "Only purchases of this member.", "external_id": "Only the purchase with this id of yours.",
            "program": "Only purchases that count in this program; also a coalition's in which you are a partner.",
        },
    )  # fmt: skip
    def get(self, request):
        found = acting.purchases(self.query.get("program"))
        if member := self.query.get("member"):
            found = found.filter(member=named.member_in_path(member))
        if external_id := self.query.get("external_id"):
            found = found.filter(external_id=acting.kept_external_id(external_id))
        with reading_as_partner():
            page, following = pagination.page(self.query, found, by="occurred_at")
        return answer(shapes.Purchases(data=purchases.listed(page), next_cursor=following))

    @operation(
        "Record a purchase", scope="counter", takes=shapes.NewPurchase,
        answers={201: shapes.Purchase, 200: shapes.Purchase},
    )  # fmt: skip
    def post(self, request):
        body = self.body(shapes.NewPurchase)
        member = named.member(body)
        sale = _sale(body, member, named.location(body.location))
        recorded = checkout.ring_up(sale, actor=self.actor)
        paid = checkout.gift_cards_paid([(sale, recorded)])
        told = purchases.purchase(recorded, paid, state=_state_of(recorded.purchase, member))
        return answer(told, 200 if recorded.is_repeat else 201)


class PurchasePreview(Resource):
    @operation(
        "Ask what a purchase would give; nothing is stored", scope="counter", takes=shapes.NewPurchase,
        answers={200: shapes.Purchase},
    )  # fmt: skip
    def post(self, request):
        body = self.body(shapes.NewPurchase)
        member = named.member(body)
        sale = _sale(body, member, named.location(body.location))
        # Recorded and taken back, so that the answer is the purchase's own to the last figure, also what is there
        # after it.
        with transaction.atomic():
            recorded = checkout.ring_up(sale, actor=self.actor)
            paid = checkout.gift_cards_paid([(sale, recorded)])
            state = _state_of(recorded.purchase, member)
            told = purchases.purchase(recorded, paid, state=state, is_stored=recorded.is_repeat)
            transaction.set_rollback(True)
        return answer(told if recorded.is_repeat else _without_codes(told))


class PurchaseBatch(Resource):
    largest_body = 64_000_000

    @operation(
        "Record many purchases, in the order given; good rows are kept when others fail", scope="counter",
        takes=shapes.NewPurchases, answers={200: shapes.PurchaseResults},
    )  # fmt: skip
    def post(self, request):
        read = bodies.read_rows(shapes.NewPurchase, self.raw, "purchases", MOST)
        sales = _sales(read)
        acting.refuse_if_elsewhere(read, sales)
        recorded = iter(checkout.ring_up_many(_good(sales), actor=self.actor))
        results = [one if isinstance(one, Refused) else next(recorded) for one in sales]
        rung_up = [pair for pair in zip(sales, results, strict=True) if not isinstance(pair[1], Refused)]
        told = iter(purchases.purchases(_good(results), checkout.gift_cards_paid(rung_up)))
        return answer(shapes.PurchaseResults(results=[_result(one, told) for one in results]))


class PurchaseDetail(Resource):
    @operation("Read a purchase", scope="read", answers={200: shapes.Purchase})
    def get(self, request, purchase_id):
        row = acting.purchase(purchase_id)
        told = purchases.listed([row])[0]
        return answer(told.model_copy(update={"member_state": _state_of(row)}))


class PurchaseRefunds(Resource):
    @operation(
        "List the refunds of a purchase, the latest first",
        scope="read",
        answers={200: shapes.Refunds},
        pages=True,
    )
    def get(self, request, purchase_id):
        made = Refund.objects.filter(purchase=acting.purchase(purchase_id))
        page, following = pagination.page(self.query, made)
        return answer(shapes.Refunds(data=purchases.refunds(page), next_cursor=following))

    @operation(
        "Give a purchase back: an amount, items, or all that is left", scope="counter", takes=shapes.NewRefund,
        answers={201: shapes.MadeRefund},
    )  # fmt: skip
    def post(self, request, purchase_id):
        body = self.body(shapes.NewRefund)
        if body.amount_minor is not None and body.items is not None:
            raise Invalid({"items": [_("Send either amount_minor or items.")]})
        row = acting.purchase(purchase_id)
        items = None if body.items is None else [Returned(one.sku, one.quantity) for one in body.items]
        given_back = checkout.give_back(row, amount_minor=body.amount_minor, items=items, actor=self.actor)
        return answer(purchases.made_refund(given_back, _state_of(row)), 201)


class RefundDetail(Resource):
    @operation("Read a refund", scope="read", answers={200: shapes.Refund})
    def get(self, request, purchase_id, refund_id):
        of = Refund.objects.filter(purchase=acting.purchase(purchase_id))
        return answer(purchases.refunds([of.by_public_id("rfd", refund_id)])[0])


def _sale(body, member, location):
    acting.refuse_foreign_codes(body.vouchers, body.gift_cards)
    items = tuple(Item(**item.model_dump()) for item in body.items)
    return checkout.Sale(
        member=member, amount_minor=body.amount_minor, currency=body.currency, items=items,
        occurred_at=body.occurred_at, location=location, external_id=acting.kept_external_id(body.external_id),
        vouchers=tuple(body.vouchers), gift_cards=tuple(body.gift_cards), points=_points(body.points),
        partner=tenancy.acting_id(),
    )  # fmt: skip


def _points(sent):
    return None if sent is None else Points(acting.payable_in(sent.program).id, sent.amount)


def _sales(read):
    """Each row's Sale, or the refusal it deserves."""
    known = named.Many([body for body in read if not isinstance(body, Refused)])
    results = []
    for body in read:
        try:
            results.append(
                body if isinstance(body, Refused) else _sale(body, known.member(body), known.location(body))
            )
        except Refused as refusal:
            results.append(refusal)
    return results


def _good(results):
    return [one for one in results if not isinstance(one, Refused)]


def _state_of(purchase, member=None):
    """The standing of a purchase's member, or None. member: whom the request named, mostly the same."""
    if purchase.member_id is None:
        return None
    if tenancy.acting() is not None:
        return partners.state(purchase.member_id)
    if member is None or member.id != purchase.member_id:
        member = Member.objects.get(id=purchase.member_id)
    return members.state(member)


def _without_codes(told):
    """A preview promises rewards, and not the codes of vouchers that nobody has."""
    made = {one.voucher for one in told.unlocked} - {None}
    if not made:
        return told
    accounts = [
        one.model_copy(update={"unlocked": _no_codes(one.unlocked, made)})
        for one in told.member_state.accounts
    ]
    state = told.member_state.model_copy(update={"accounts": accounts})
    return told.model_copy(update={"unlocked": _no_codes(told.unlocked, made), "member_state": state})


def _no_codes(unlocked, made):
    return [one.model_copy(update={"voucher": None}) if one.voucher in made else one for one in unlocked]


def _result(one, told):
    if isinstance(one, Refused):
        problem = problems.of_refusal(one)
        return shapes.PurchaseResult(status=problem.status, problem=Problem(**problem.document()))
    return shapes.PurchaseResult(status=200 if one.is_repeat else 201, purchase=next(told))
