"""Rewards, redemptions, vouchers."""

from typing import Annotated, Literal

from pydantic import Field

from loyalty.rest.shapes.coalition import PartnersState
from loyalty.rest.shapes.fields import Amount, Answer, Body, Id, Moment, Page, When, text
from loyalty.rest.shapes.members import MemberState
from loyalty.rest.shapes.purchases import NewItem

Kind = Literal["product", "amount_off", "percent_off", "gift_card"]
Percent = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3})?$")]
Count = Annotated[int, Field(ge=0, le=10**9)]
AtLeastOne = Annotated[int, Field(ge=1, le=10**9)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Skus = Annotated[list[text(120, 1)], Field(max_length=1000)]


class CardReward(Body):
    """A reward that a full card gives. `percent` is a decimal text, "12.5"."""

    name: text(120, 1)
    description: text(240) = ""
    kind: Kind = "product"
    value_minor: Amount | None = None
    percent: Percent | None = None
    skus: Skus = []
    stock: Count | None = None
    min_purchase_minor: Amount = 0
    valid_days: Days | None = None
    cost_to_merchant_minor: Amount | None = None


class NewReward(CardReward):
    """A reward for points of `program`: `cost` of them."""

    program: Id
    cost: AtLeastOne
    per_member: AtLeastOne | None = None
    starts_at: When | None = None
    ends_at: When | None = None


class ChangedReward(Body):
    """Fields that are sent are changed. `archived`: true puts the reward away, false brings it back."""

    name: text(120, 1) = ""
    description: text(240) = ""
    cost: AtLeastOne = 1
    value_minor: Amount | None = None
    percent: Percent | None = None
    skus: Skus = []
    stock: Count | None = None
    min_purchase_minor: Amount = 0
    valid_days: Days | None = None
    cost_to_merchant_minor: Amount | None = None
    per_member: AtLeastOne | None = None
    starts_at: When | None = None
    ends_at: When | None = None
    archived: bool = False


class Reward(Answer):
    id: str
    program: str | None
    name: str
    description: str
    kind: str
    cost: int
    value_minor: int | None
    percent: str | None
    skus: list[str]
    min_purchase_minor: int
    cost_to_merchant_minor: int | None
    stock: int | None
    taken: int
    per_member: int | None
    valid_days: int | None
    starts_at: Moment | None
    ends_at: Moment | None
    archived_at: Moment | None
    created_at: Moment


class Rewards(Page):
    data: list[Reward]


class NewRedemption(Body):
    """`member` or `card`. `use`: "now" hands it over, "later" makes a voucher."""

    member: Id | None = None
    card: text(400, 1) | None = None
    reward: Id
    use: Literal["now", "later"] = "now"
    location: Id | None = None


class Redemption(Answer):
    """`voucher`, `gift_card`: its code, where there is one.

    `balance`: what is left on the account, in the reward's program.
    """

    id: str
    member: str
    reward: str
    cost: int
    use: str
    status: Literal["done", "cancelled"]
    at: Moment
    cancelled_at: Moment | None
    location: str | None
    actor: str
    voucher: str | None
    gift_card: str | None
    balance: int | None


class MadeRedemption(Redemption):
    member_state: MemberState | PartnersState


class Redemptions(Page):
    data: list[Redemption]


class Voucher(Answer):
    """`url`: the card of the member who holds it. `held_until`: while a till has it for itself."""

    code: str
    reward: str
    name: str
    kind: str
    member: str | None
    status: Literal["open", "held", "used", "void", "expired"]
    valid_until: Moment | None
    held_until: Moment | None
    used_at: Moment | None
    purchase: str | None
    created_at: Moment
    url: str | None


class Vouchers(Page):
    data: list[Voucher]


class NewHold(Body):
    """For how long nobody but this key can use the voucher."""

    minutes: Annotated[int, Field(ge=1, le=60)] = 10


class UsedOn(Body):
    """What the voucher is used on, and by whom. A voucher for a product needs nothing of it; codes of promotions may
    need the member.
    """

    member: Id | None = None
    card: text(400, 1) | None = None
    amount_minor: Amount | None = None
    items: Annotated[list[NewItem], Field(max_length=1000)] = []


class UsedVoucher(Voucher):
    discount_minor: int
