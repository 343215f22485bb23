"""Gift cards: issued and topped up, charged and refunded, read with their entries."""

from loyalty.merchants import auditing
from loyalty.rest import named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import gift_cards as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import gift_cards as shapes
from loyalty.rest.shapes.answers import Nothing
from rewards.gift_cards import finding, issuing, spending
from rewards.gift_cards.models import GiftCard, GiftCardEntry


class GiftCardList(Resource):
    @operation(
        "List gift cards, the newest first", scope="read", answers={200: shapes.GiftCards}, pages=True,
        query={"member": "Only gift cards of this member."},
    )  # fmt: skip
    def get(self, request):
        found = GiftCard.objects.all()
        if member := self.query.get("member"):
            found = found.filter(member=named.member_in_path(member))
        return answer(_page(self.query, found))

    @operation("Issue a gift card", scope="admin", takes=shapes.NewGiftCard, answers={201: shapes.GiftCard})
    def post(self, request):
        body = self.body(shapes.NewGiftCard)
        card = issuing.issue(
            balance_minor=body.balance_minor, currency=body.currency, expires_at=body.expires_at,
            member=named.member_in_path(body.member) if body.member else None, actor=self.actor,
        )  # fmt: skip
        auditing.record(self.actor, "gift_card.issued", card.public_id, balance_minor=card.balance_minor)
        return answer(rows.gift_card(card), 201)


class MemberGiftCards(Resource):
    @operation(
        "List a member's gift cards, the newest first",
        scope="read",
        answers={200: shapes.GiftCards},
        pages=True,
    )
    def get(self, request, member_id):
        return answer(_page(self.query, GiftCard.objects.filter(member=named.member_in_path(member_id))))


class GiftCardDetail(Resource):
    @operation("Read a gift card by its code", scope="read", answers={200: shapes.GiftCard})
    def get(self, request, code):
        return answer(rows.gift_card(finding.find(code)))

    @operation(
        "Change until when a gift card can be spent", scope="admin", takes=shapes.ChangedGiftCard,
        answers={200: shapes.GiftCard},
    )  # fmt: skip
    def patch(self, request, code):
        body, card = self.body(shapes.ChangedGiftCard), finding.find(code)
        changed = issuing.set_expiry(card, expires_at=body.expires_at)
        auditing.record(self.actor, "gift_card.changed", changed.public_id)
        return answer(rows.gift_card(changed))


class GiftCardCharges(Resource):
    @operation(
        "Take an amount off a gift card, whole or not at all", scope="counter", takes=shapes.GiftCardAmount,
        answers={201: shapes.MovedGiftCard},
    )  # fmt: skip
    def post(self, request, code):
        body, card = self.body(shapes.GiftCardAmount), finding.find(code)
        entry = spending.charge(card, amount_minor=body.amount_minor, actor=self.actor)
        return answer(rows.moved(entry), 201)


class GiftCardTopUps(Resource):
    @operation(
        "Put more money on a gift card", scope="admin", takes=shapes.GiftCardAmount,
        answers={201: shapes.MovedGiftCard},
    )  # fmt: skip
    def post(self, request, code):
        body, card = self.body(shapes.GiftCardAmount), finding.find(code)
        entry = issuing.top_up(card, amount_minor=body.amount_minor, actor=self.actor)
        auditing.record(self.actor, "gift_card.topped_up", card.public_id, amount_minor=body.amount_minor)
        return answer(rows.moved(entry), 201)


class GiftCardRefunds(Resource):
    @operation(
        "Give money back to a gift card, up to what was paid with it", scope="counter", takes=shapes.GiftCardRefund,
        answers={201: shapes.MovedGiftCard},
    )  # fmt: skip
    def post(self, request, code):
        body, card = self.body(shapes.GiftCardRefund), finding.find(code)
        entry = spending.refund(card, amount_minor=body.amount_minor, actor=self.actor)
        return answer(rows.moved(entry), 201)


class GiftCardEntries(Resource):
    @operation(
        "List what happened on a gift card, the latest first", scope="read", answers={200: shapes.GiftCardEntries},
        pages=True,
    )  # fmt: skip
    def get(self, request, code):
        written = GiftCardEntry.objects.filter(gift_card=finding.find(code))
        page, following = pagination.page(self.query, written)
        return answer(
            shapes.GiftCardEntries(data=[rows.gift_card_entry(row) for row in page], next_cursor=following)
        )


class GiftCardVoid(Resource):
    @operation(
        "Take a gift card out of use; what is left on it is gone",
        scope="admin",
        answers={200: shapes.GiftCard},
    )
    def post(self, request, code):
        self.body(Nothing)
        card = issuing.void(finding.find(code), actor=self.actor)
        auditing.record(self.actor, "gift_card.voided", card.public_id)
        return answer(rows.gift_card(card))


def _page(query, found):
    page, following = pagination.page(query, found)
    return shapes.GiftCards(data=[rows.gift_card(row) for row in page], next_cursor=following)
