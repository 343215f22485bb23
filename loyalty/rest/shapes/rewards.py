"""Rewards, redemptions, vouchers."""

from typing import Annotated, Literal

from pydantic import Field

from loyalty.money import LARGEST_MINOR
from loyalty.rest.shapes.coalition import PartnersState
from loyalty.rest.shapes.fields import Amount, Answer, Body, Id, Moment, Page, When, text
from loyalty.rest.shapes.members import MemberState
from loyalty.rest.shapes.purchases import NewItem

Kind = Literal[
    "product", "amount_off", "percent_off", "gift_card", "free_shipping", "experience", "service", "recognition",
    "partner",
]  # fmt: skip
AppliesTo = Literal["purchase", "items", "cheapest_item"]
Percent = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3})?$")]
Count = Annotated[int, Field(ge=0, le=10**9)]
AtLeastOne = Annotated[int, Field(ge=1, le=10**9)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Skus = Annotated[list[text(120, 1)], Field(max_length=1000)]
Names = Annotated[list[text(120, 1)], Field(max_length=100)]
Ids = Annotated[list[Id], Field(max_length=100)]


class Unlock(Body):
    """So much has to be spent within so many days, today and those before, before the reward can be had."""

    spend_minor: Annotated[int, Field(ge=1, le=LARGEST_MINOR)]
    within_days: Annotated[int, Field(ge=1, le=3_660)]


class EarlyAccess(Body):
    """Who has one of the tiers, or is in one of the segments, can have it so many hours before `starts_at`."""

    tiers: Names = []
    segments: Ids = []
    hours: Annotated[int, Field(ge=1, le=8_760)]


class CardReward(Body):
    """A reward that a full card gives. `percent` is a decimal text, "12.5".

    `applies_to`: what an amount or a percentage is taken off; without it, the items that are named by `skus`,
    `categories` or `brands`, or else the purchase. `most_minor`: of a percentage, at most so much. `exclusive`: not
    together with other vouchers.
    """

    name: text(120, 1)
    description: text(240) = ""
    kind: Kind = "product"
    value_minor: Amount | None = None
    percent: Percent | None = None
    skus: Skus = []
    categories: Names = []
    brands: Names = []
    applies_to: AppliesTo | None = None
    most_minor: Annotated[int, Field(ge=1, le=LARGEST_MINOR)] | None = None
    exclusive: bool = False
    transferable: bool = False
    stock: Count | None = None
    min_purchase_minor: Amount = 0
    valid_days: Days | None = None
    cost_to_merchant_minor: Amount | None = None


class NewReward(CardReward):
    """A reward for points of `program`: `cost` of them. 0: free for whoever may have it, `per_member` times.

    `tiers` (names) and `segments` (ids): who may have it, one of each suffices. An experience has `capacity` places.
    Recognition has no cost, and needs no program. A partner's reward names who gives it, and the price agreed on.
    """

    program: Id | None = None
    cost: Count = 0
    per_member: AtLeastOne | None = None
    starts_at: When | None = None
    ends_at: When | None = None
    tiers: Names = []
    segments: Ids = []
    unlock: Unlock | None = None
    early_access: EarlyAccess | None = None
    capacity: AtLeastOne | None = None
    takes_place_at: When | None = None
    partner_name: text(120) = ""
    partner_price_minor: Amount | None = None


class ChangedReward(Body):
    """Fields that are sent are changed. `archived`: true puts the reward away, false brings it back."""

    name: text(120, 1) = ""
    description: text(240) = ""
    cost: Count = 0
    value_minor: Amount | None = None
    percent: Percent | None = None
    skus: Skus = []
    categories: Names = []
    brands: Names = []
    applies_to: AppliesTo | None = None
    most_minor: Annotated[int, Field(ge=1, le=LARGEST_MINOR)] | None = None
    exclusive: bool = False
    transferable: bool = False
    stock: Count | None = None
    min_purchase_minor: Amount = 0
    valid_days: Days | None = None
    cost_to_merchant_minor: Amount | None = None
    per_member: AtLeastOne | None = None
    starts_at: When | None = None
    ends_at: When | None = None
    tiers: Names = []
    segments: Ids = []
    unlock: Unlock | None = None
    early_access: EarlyAccess | None = None
    capacity: AtLeastOne | None = None
    takes_place_at: When | None = None
    partner_name: text(120) = ""
    partner_price_minor: Amount | None = None
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
    categories: list[str]
    brands: list[str]
    applies_to: AppliesTo
    most_minor: int | None
    exclusive: bool
    transferable: bool
    min_purchase_minor: int
    cost_to_merchant_minor: int | None
    stock: int | None
    taken: int
    per_member: int | None
    valid_days: int | None
    starts_at: Moment | None
    ends_at: Moment | None
    tiers: list[str]
    segments: list[str]
    unlock: Unlock | None
    early_access: EarlyAccess | None
    capacity: int | None
    takes_place_at: Moment | None
    partner_name: str
    partner_price_minor: int | None
    archived_at: Moment | None
    created_at: Moment


class Rewards(Page):
    data: list[Reward]


class NewRedemption(Body):
    """`member` or `card`. `use`: "now" hands it over, "later" makes a voucher. `wait`: where all places are taken
    the member is put on the waiting list, and pays nothing yet."""

    member: Id | None = None
    card: text(400, 1) | None = None
    reward: Id
    use: Literal["now", "later"] = "now"
    wait: bool = False
    location: Id | None = None


class Redemption(Answer):
    """`voucher`, `gift_card`: its code, where there is one.

    `balance`: what is left on the account, in the reward's program. `waiting`: on the list for a place; nothing was
    taken yet. `text`: why the shop gave it, of an award.
    """

    id: str
    member: str
    reward: str
    cost: int
    use: str
    status: Literal["done", "waiting", "cancelled"]
    at: Moment
    cancelled_at: Moment | None
    location: str | None
    actor: str
    text: str
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


class NewTransfer(Body):
    to_email: text(254, 3)


class VoucherGift(Answer):
    """A voucher on its way to a friend. `to_email` is forgotten when it was accepted or taken back."""

    id: str
    giver: str
    receiver: str | None
    to_email: str | None
    status: Literal["offered", "accepted", "taken_back"]
    offered_at: Moment
    closed_at: Moment | None


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


class NewAward(Body):
    """Recognition for a member, and why: "Guest of the month in March"."""

    member: Id | None = None
    card: text(400, 1) | None = None
    text: Annotated[str, Field(min_length=1, max_length=240)]


class Proposal(Answer):
    """Whom a month's figures propose. `by`: most visits, highest spend (minor units), or faithful for the longest time:
    the day of the first visit. `awarded`: how often the member was given this reward already."""

    by: Literal["visits", "spend", "faithful"]
    member: str
    visits: int
    spend_minor: int
    first_visit_at: Moment
    awarded: int


class Proposals(Answer):
    month: str
    data: list[Proposal]
