"""Coalitions: partners and invitations, the directory, prepaid points, settlements; and what a partner is shown."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from loyalty.money import LARGEST_MINOR
from loyalty.rest.shapes.answers import Unit
from loyalty.rest.shapes.fields import Amount, Answer, Body, Id, Moment, Page, When, text
from loyalty.rest.shapes.members import Member
from programs.earning import Earn

Points = Annotated[int, Field(ge=1, le=LARGEST_MINOR)]


class Caps(Body):
    """`points_per_month`: the most that a partner may give in a calendar month; null: no cap."""

    points_per_month: Points | None = None


class NewPartner(Body):
    """`merchant`: whom to invite. `earn`: its own terms, in the shape of a program's; by default the program's."""

    merchant: Id
    earn: Earn | None = None
    redeems: bool = True
    caps: Caps = Caps()


class ChangedPartner(Body):
    """Fields that are sent are changed. New terms hold from the next purchase on."""

    earn: Earn | None = None
    redeems: bool = True
    caps: Caps = Caps()


class NewDeparture(Body):
    """`at`: from when on the shop takes no part; by default at once."""

    at: When | None = None


class Partner(Answer):
    """A merchant in a coalition, from its invitation on. Its id is the invitation's."""

    id: str
    program: str
    program_name: str
    operator: str
    operator_name: str
    merchant: str
    name: str
    earn: Earn
    redeems: bool
    caps: Caps
    status: Literal["invited", "active", "leaving", "left"]
    invited_at: Moment
    accepted_at: Moment | None
    leaves_at: Moment | None


class Partners(Page):
    data: list[Partner]


class Shop(Answer):
    """A shop as customers see it. `gives` is a sentence."""

    merchant: str
    name: str
    address: str
    gives: str
    redeems: bool


class Directory(Answer):
    data: list[Shop]


class NewBlock(Body):
    """Points bought beforehand. `when_used_up`: "refuse" gives none any more, "alert" gives on and tells."""

    points: Points
    price_minor: Amount
    alert_below: Annotated[int, Field(ge=0, le=LARGEST_MINOR)] = 0
    when_used_up: Literal["refuse", "alert"] = "refuse"


class Block(Answer):
    id: str
    partner: str
    points: int
    used: int
    left: int
    price_minor: int
    alert_below: int
    when_used_up: Literal["refuse", "alert"]
    bought_at: Moment


class Blocks(Page):
    data: list[Block]


class PartnersMonth(Answer):
    """`net_minor` = is_owed − owes − fee: what the partner gets (above zero) or pays. `partner`: null for the operator.

    What was taken back in the month is taken off; figures below zero correct an earlier month. `prepaid_minor`: paid
    for points beforehand in this month, not part of the net.
    """

    partner: str | None
    merchant: str
    name: str
    issued_points: int
    redeemed_points: int
    owes_minor: int
    is_owed_minor: int
    fee_minor: int
    net_minor: int
    prepaid_minor: int


class OperatorsMonth(Answer):
    """`float_minor`: what moved into the float, which holds what is issued and not yet redeemed."""

    fee_minor: int
    float_minor: int


class Settlement(Answer):
    """All nets, the fee and the float sum to zero. A partner is told its own row alone; `operator` is null then."""

    program: str
    month: str
    currency: str
    partners: list[PartnersMonth]
    operator: OperatorsMonth | None


class PartnersAccount(Answer):
    """What a partner is shown of a member's account: what the counter needs."""

    program: str
    unit: Unit
    balance: int
    pending: int
    tier: str | None


class PartnersState(Answer):
    accounts: list[PartnersAccount]


class PartnersMember(Answer):
    """What a partner is shown of a member. `name`: as it was given at this partner's counter, if it was."""

    id: str
    number: str
    name: str | None
    language: str
    status: Literal["active", "merged", "erased"]
    accounts: list[PartnersAccount]


class FoundMember(RootModel):
    """A member of your own; or a coalition's, by its card, as far as a partner is told."""

    root: Member | PartnersMember


class NewIntroduction(Body):
    """A name that a guest gave at this counter. No other partner is told."""

    card: text(400, 1)
    name: text(160, 1)
