"""Rewards, and how members take them: redemptions and vouchers."""

from loyalty import clock, tenancy
from loyalty.errors import Invalid
from loyalty.rest import acting, named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import members, partners
from loyalty.rest.rows import rewards as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import rewards as shapes
from loyalty.rest.shapes.answers import Nothing
from members.models import Member
from programs.purchases import Item
from rewards import catalogue, checkout, redeeming, vouchers
from rewards.models import Redemption, Reward, Voucher
from rewards.promotions import using


class RewardList(Resource):
    @operation(
        "List rewards, the newest first", scope="read", answers={200: shapes.Rewards}, pages=True,
        query={"program": "Only rewards of this program."},
    )  # fmt: skip
    def get(self, request):
        found = acting.rewards(self.query.get("program"))
        page, following = pagination.page(self.query, found)
        return answer(shapes.Rewards(data=[rows.reward(row) for row in page], next_cursor=following))

    @operation("Make a reward", scope="admin", takes=shapes.NewReward, answers={201: shapes.Reward})
    def post(self, request):
        body = self.body(shapes.NewReward)
        program = acting.offering_in(body) if body.program else None
        if program is None and body.kind != Reward.Kind.RECOGNITION:
            raise Invalid({"program": [rows.PROGRAM_NEEDED]})
        columns = rows.columns(body) | {"program": program, "partner_id": tenancy.acting_id()}
        return answer(rows.reward(catalogue.create_reward(**columns)), 201)


class RewardDetail(Resource):
    @operation("Read a reward", scope="read", answers={200: shapes.Reward})
    def get(self, request, reward_id):
        return answer(rows.reward(named.reward(reward_id)))

    @operation(
        "Change a reward; what was redeemed stays as it was paid", scope="admin", takes=shapes.ChangedReward,
        answers={200: shapes.Reward},
    )  # fmt: skip
    def patch(self, request, reward_id):
        body, reward = self.body(shapes.ChangedReward), named.reward(reward_id)
        columns = rows.columns(body)
        if "archived" in columns:
            columns["archived_at"] = (reward.archived_at or clock.now()) if columns.pop("archived") else None
        return answer(rows.reward(catalogue.change_reward(reward, **columns)))


class RedemptionList(Resource):
    @operation(
        "List redemptions, the latest first", scope="read", answers={200: shapes.Redemptions}, pages=True,
        query={"member": "Only redemptions of this member."},
    )  # fmt: skip
    def get(self, request):
        found = Redemption.objects.all()
        if member := self.query.get("member"):
            found = found.filter(member=named.member_in_path(member))
        page, following = pagination.page(self.query, found, by="at")
        return answer(shapes.Redemptions(data=rows.redemptions(page), next_cursor=following))

    @operation(
        "Take a reward, for points or for a full card", scope="counter", takes=shapes.NewRedemption,
        answers={201: shapes.MadeRedemption},
    )  # fmt: skip
    def post(self, request):
        body = self.body(shapes.NewRedemption)
        member = named.somebody(body)
        redemption = redeeming.redeem(
            member=member, reward=acting.reward(body.reward), use=body.use, wait=body.wait,
            location=named.location(body.location), actor=self.actor,
        )  # fmt: skip
        return answer(_made(redemption, member), 201)


class RedemptionDetail(Resource):
    @operation("Read a redemption", scope="read", answers={200: shapes.Redemption})
    def get(self, request, redemption_id):
        return answer(rows.redemption(acting.redemption(redemption_id)))


class RedemptionCancellation(Resource):
    @operation(
        "Undo a redemption: the points go back into the lots they came from", scope="counter",
        answers={200: shapes.MadeRedemption},
    )  # fmt: skip
    def post(self, request, redemption_id):
        self.body(Nothing)
        redemption = acting.redemption(redemption_id)
        cancelled = redeeming.cancel(redemption, actor=self.actor)
        return answer(_made(cancelled, Member.objects.get(id=cancelled.member_id)))


class VoucherList(Resource):
    @operation(
        "List vouchers, the newest first", scope="read", answers={200: shapes.Vouchers}, pages=True,
        query={"member": "Only vouchers of this member."},
    )  # fmt: skip
    def get(self, request):
        found = Voucher.objects.select_related("reward")
        if member := self.query.get("member"):
            found = found.filter(member=named.member_in_path(member))
        page, following = pagination.page(self.query, found)
        return answer(shapes.Vouchers(data=rows.vouchers(page), next_cursor=following))


class VoucherDetail(Resource):
    @operation("Read a voucher by its code", scope="read", answers={200: shapes.Voucher})
    def get(self, request, code):
        return answer(rows.voucher(using.find(code)))


class VoucherRedemption(Resource):
    @operation(
        "Use a voucher, or a promotion's code, outside of a purchase recorded here", scope="counter",
        takes=shapes.UsedOn, answers={200: shapes.UsedVoucher},
    )  # fmt: skip
    def post(self, request, code):
        body, voucher = self.body(shapes.UsedOn), using.find(code)
        member = named.member(body, may_be_elsewhere=False)
        discount = _discount(voucher, body, member, self.actor)
        used = using.use_by_itself(voucher, member=member, actor=self.actor)
        return answer(rows.used_voucher(used, discount))


class VoucherVoid(Resource):
    @operation("Take a voucher out of use", scope="counter", answers={200: shapes.Voucher})
    def post(self, request, code):
        self.body(Nothing)
        return answer(rows.voucher(vouchers.void(vouchers.find(code), actor=self.actor)))


def _made(redemption, member):
    told = rows.redemption(redemption).model_dump()
    state = members.state(member) if tenancy.acting() is None else partners.state(member.id)
    return shapes.MadeRedemption(**told, member_state=state)


def _discount(voucher, body, member, actor):
    """What the voucher takes off, in minor units: that of a sale which is looked at and not recorded."""
    vouchers.refuse_unusable(voucher, actor=actor)
    if voucher.reward.is_handed_over:
        return 0
    needs_amount = voucher.reward.kind != Reward.Kind.FREE_SHIPPING or voucher.reward.min_purchase_minor
    if body.amount_minor is None and not needs_amount:
        return 0
    if body.amount_minor is None:
        raise Invalid({"amount_minor": [rows.AMOUNT_NEEDED]})
    items = tuple(Item(**item.model_dump()) for item in body.items)
    sale = checkout.Sale(member=member, amount_minor=body.amount_minor, items=items, vouchers=(voucher.code,))
    recorded = checkout.ring_up(sale, preview=True, actor=actor)
    return sum(
        one["amount_minor"] for one in recorded.purchase.discounts if one.get("voucher") == voucher.code
    )
