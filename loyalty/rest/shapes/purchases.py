"""Purchases and refunds."""

from typing import Annotated, Any

from pydantic import Field

from loyalty.rest.shapes.answers import Problem, Unit
from loyalty.rest.shapes.coalition import PartnersState
from loyalty.rest.shapes.fields import (
    Amount,
    Answer,
    Body,
    Currency,
    ExternalId,
    Id,
    Moment,
    Page,
    When,
    text,
)
from loyalty.rest.shapes.members import Because, MemberState, Unlocked

Quantity = Annotated[int, Field(ge=1, le=1_000_000)]


class NewItem(Body):
    """A line of the receipt. `amount_minor` is the line's total."""

    sku: text(120) = ""
    name: text(240) = ""
    category: text(120) = ""
    brand: text(120) = ""
    quantity: Quantity = 1
    amount_minor: Amount


class PaidPoints(Body):
    """As many of these points as balance, step and share allow are taken as money."""

    program: Id
    amount: Annotated[int, Field(ge=1, le=10**12)]


class NewPurchase(Body):
    """`member` or `card`; with neither it is recorded for comparison only. `vouchers`: codes to be used in it.
    `gift_cards`: codes that pay, in this order, each as far as it reaches.
    """

    member: Id | None = None
    card: text(400, 1) | None = None
    amount_minor: Amount
    currency: Currency | None = None
    items: Annotated[list[NewItem], Field(max_length=1000)] = []
    occurred_at: When | None = None
    location: Id | None = None
    external_id: ExternalId | None = None
    vouchers: Annotated[list[text(40, 1)], Field(max_length=20)] = []
    points: PaidPoints | None = None
    gift_cards: Annotated[list[text(40, 1)], Field(max_length=20)] = []


class NewPurchases(Body):
    purchases: Annotated[list[NewPurchase], Field(max_length=10_000)]


class Item(Answer):
    sku: str
    name: str
    category: str
    brand: str
    quantity: int
    amount_minor: int
    discount_minor: int
    returned: int


class Credit(Answer):
    """What the purchase gave in one program, also when that is nothing."""

    program: str
    amount: int
    unit: Unit
    available_at: Moment | None
    expires_at: Moment | None
    because: list[Because]


class GiftCardPayment(Answer):
    """What a gift card paid, or got back. `balance_minor`: what was on it right afterwards."""

    code: str
    amount_minor: int
    balance_minor: int


class Purchase(Answer):
    """`id` is null in a preview. `member_state` is left out (null) in lists and batches."""

    id: str | None
    member: str | None
    amount_minor: int
    discount_minor: int
    net_minor: int
    refunded_minor: int
    currency: str
    items: list[Item]
    discounts: list[dict[str, Any]]
    occurred_at: Moment
    recorded_at: Moment
    location: str | None
    external_id: str | None
    actor: str
    credits: list[Credit]
    unlocked: list[Unlocked]
    gift_cards: list[GiftCardPayment]
    member_state: MemberState | PartnersState | None


class Purchases(Page):
    data: list[Purchase]


class PurchaseResult(Answer):
    """One row of a batch: a purchase (`status` 201, or 200 when it was recorded before), or the problem."""

    status: int
    purchase: Purchase | None = None
    problem: Problem | None = None


class PurchaseResults(Answer):
    results: list[PurchaseResult]


class ReturnedItem(Body):
    sku: text(120)
    quantity: Quantity = 1


class NewRefund(Body):
    """An amount, or items, or neither: all that is left."""

    amount_minor: Annotated[Amount, Field(ge=1)] | None = None
    items: Annotated[list[ReturnedItem], Field(min_length=1, max_length=1000)] | None = None


class Debit(Answer):
    program: str
    amount: int


class GivenBack(Answer):
    """What a refund gives back: the points of a reward whose voucher was used in the purchase, or points that were
    taken as money (without a `redemption`)."""

    redemption: str | None
    program: str | None
    amount: int


class Refund(Answer):
    id: str
    purchase: str
    amount_minor: int
    at: Moment
    debits: list[Debit]


class MadeRefund(Refund):
    returned: list[GivenBack]
    gift_cards: list[GiftCardPayment]
    member_state: MemberState | PartnersState | None


class Refunds(Page):
    data: list[Refund]
