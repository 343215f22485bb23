"""Members, what they hold, and what is written in their books."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from loyalty.money import LARGEST_MINOR
from loyalty.rest.shapes.answers import Problem, Unit
from loyalty.rest.shapes.fields import Answer, Body, ExternalId, Id, Moment, Page, text

Purpose = Literal["email_marketing", "sms_marketing", "profiling"]
Language = Literal["de", "en"]
Kind = Literal["person", "company"]


class GivenConsent(Body):
    """`confirmed`: the owner of the address has proved it to you (double opt-in); else it waits for our mail."""

    purpose: Purpose
    given: bool
    confirmed: bool | None = None


class NewMember(Body):
    """`referred_by`: who brought them, by a member's id, or the number, code or address of their card."""

    kind: Kind = "person"
    name: text(160) = ""
    email: text(254) | None = None
    phone: text(40) | None = None
    birthday: date | None = None
    language: Language | None = None
    external_id: ExternalId | None = None
    referred_by: text(400, 1) | None = None
    consents: Annotated[list[GivenConsent], Field(max_length=3)] = []


class ChangedMember(Body):
    """Fields that are sent are changed; null takes a value away."""

    kind: Kind = "person"
    name: text(160) = ""
    email: text(254) | None = None
    phone: text(40) | None = None
    birthday: date | None = None
    language: Language = "de"
    external_id: ExternalId | None = None
    consents: Annotated[list[GivenConsent], Field(max_length=3)] = []


class NewMembers(Body):
    members: Annotated[list[NewMember], Field(max_length=10_000)]


class Card(Answer):
    url: str
    token: str


class Consent(Answer):
    purpose: str
    given: bool
    confirmed: bool
    at: Moment


class RewardName(Answer):
    id: str
    name: str
    kind: str


class Unlocked(Answer):
    """A reward that is ready to be taken. `voucher`: its code, where it comes as one."""

    reward: RewardName
    voucher: str | None


class Expiring(Answer):
    amount: int
    at: Moment


class NextReward(Answer):
    """The cheapest reward not yet within reach, and what is missing to it."""

    reward: RewardName
    missing: int


class ToSpend(Answer):
    """A reward that the balance pays for once so much more has been spent; today and so many days before count."""

    reward: RewardName
    missing_minor: int
    within_days: int


class Tier(Answer):
    """`until`: the end of the period or, once it runs, of the grace. `missing`: to the `next`, in minor units, points
    or visits, as the program counts; both null at the top."""

    name: str | None
    until: Moment | None
    next: str | None
    missing: int | None
    perks: tuple[str, ...]


class AccountState(Answer):
    """What a member has in a program. `balance` is below zero where a refund took back what was spent."""

    program: str
    type: str
    unit: Unit
    balance: int
    pending: int
    lifetime: int
    expiring: list[Expiring]
    next_reward: NextReward | None
    unlocked: list[Unlocked]
    stamps_required: int | None = None
    tier: Tier | None = None
    to_spend: list[ToSpend] = []


class MemberState(Answer):
    accounts: list[AccountState]


class Member(Answer):
    id: str
    number: str
    card: Card | None
    kind: Kind
    name: str
    email: str | None
    phone: str | None
    birthday: date | None
    language: str
    external_id: str | None
    referred_by: str | None
    status: Literal["active", "merged", "erased"]
    created_at: Moment
    consents: list[Consent]
    accounts: list[AccountState]


class Members(Page):
    data: list[Member]


class MemberResult(Answer):
    """One row of a batch: a member (`status` 201, or 200 when it was one before), or the problem."""

    status: int
    member: Member | None = None
    problem: Problem | None = None


class MemberResults(Answer):
    results: list[MemberResult]


class Adjustment(Body):
    program: Id
    amount: Annotated[int, Field(ge=-LARGEST_MINOR, le=LARGEST_MINOR)]
    reason: text(200, 1)


class LotPart(Answer):
    """The lots that an entry made, used or filled again: with how much of each."""

    amount: int
    expires_at: Moment | None


class Because(Answer):
    """Why a rule gave what it gave, or nothing. Besides these it carries the figures that its text is made of."""

    model_config = ConfigDict(extra="allow", frozen=True)

    rule: str | None
    code: str
    amount: int
    text: str


class Entry(Answer):
    id: str
    program: str
    kind: Literal[
        "earn",
        "activate",
        "redeem",
        "expire",
        "refund",
        "restore",
        "adjust",
        "transfer_in",
        "transfer_out",
        "merge",
    ]
    amount: int
    pending_amount: int
    balance_after: int
    at: Moment
    purchase: str | None
    refund: str | None
    redemption: str | None
    lots: list[LotPart]
    because: list[Because]
    actor: str


class Entries(Page):
    data: list[Entry]
