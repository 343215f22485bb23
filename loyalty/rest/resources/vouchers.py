"""What happens to a voucher besides its use: held for a sale, released, given on, drawn as a code."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from campaigns import gifts
from loyalty.design import qr
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import rewards as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import rewards as shapes
from loyalty.rest.shapes.answers import Nothing
from rewards import vouchers
from rewards.gifts import giving
from rewards.promotions import using


class VoucherHold(Resource):
    @operation(
        "Hold a voucher for the sale that is being rung up", scope="counter", takes=shapes.NewHold,
        answers={200: shapes.Voucher},
    )  # fmt: skip
    def post(self, request, code):
        body, voucher = self.body(shapes.NewHold), vouchers.find(code)
        return answer(rows.voucher(vouchers.hold(voucher, minutes=body.minutes, actor=self.actor)))


class VoucherRelease(Resource):
    @operation("Give a hold up", scope="counter", answers={200: shapes.Voucher})
    def post(self, request, code):
        self.body(Nothing)
        return answer(rows.voucher(vouchers.release(vouchers.find(code), actor=self.actor)))


class VoucherTransfer(Resource):
    @operation(
        "Give a voucher to a friend: a link goes to the address", scope="counter", takes=shapes.NewTransfer,
        answers={201: shapes.VoucherGift},
    )  # fmt: skip
    def post(self, request, code):
        body, voucher = self.body(shapes.NewTransfer), vouchers.find(code)
        gift = giving.offer(voucher, to_email=body.to_email, actor=self.actor)
        gifts.send(gift)
        return answer(rows.gift(gift), 201)


class VoucherTransferWithdrawal(Resource):
    @operation(
        "Take a voucher back that was not accepted yet", scope="counter", answers={200: shapes.VoucherGift}
    )
    def post(self, request, code):
        self.body(Nothing)
        gift = giving.take_back(vouchers.find(code))
        gift.refresh_from_db()
        return answer(rows.gift(gift))


class VoucherQr(Resource):
    @operation("The voucher's code as a QR code", scope="read", answers={(200, "image/svg+xml"): str})
    def get(self, request, code):
        voucher = using.find(code)
        drawn = qr.drawing(voucher.code, text=_("Code of the voucher"))
        # A picture that stands by itself has to say what it is.
        drawn = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        return HttpResponse(drawn, content_type="image/svg+xml")
