"""Promotions, their codes, and letters that carry one."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from loyalty.rest.shapes.fields import Answer, Body, Id, Moment, Page, When, text
from loyalty.rest.shapes.jobs import Job
from loyalty.rest.shapes.rewards import AtLeastOne, CardReward

LetterText = text(4000, 1)


class NewPromotion(Body):
    """`code`: one that is shared, or `count`: so many that are good once each. `reward`: its id, or an object with
    which it is made. `usage_limit`: of all codes together. `members_only`: refused on a purchase without a
    member, which a limit `per_member` implies.
    """

    name: text(120) = ""
    code: text(60, 1) | None = None
    count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    reward: Id | CardReward
    usage_limit: AtLeastOne | None = None
    per_member: AtLeastOne | None = None
    members_only: bool = False
    starts_at: When | None = None
    ends_at: When | None = None


class ChangedPromotion(Body):
    """Fields that are sent are changed. `closed`: true ends the promotion, false opens it again."""

    name: text(120, 1) = ""
    usage_limit: AtLeastOne | None = None
    per_member: AtLeastOne | None = None
    members_only: bool = False
    starts_at: When | None = None
    ends_at: When | None = None
    closed: bool = False


class Promotion(Answer):
    """`used`: how many uses count; those of purchases that were given back whole do not. `made`: how many single-use
    codes there are by now, those of letters among them.
    """

    id: str
    name: str
    reward: str
    code: str | None
    count: int | None
    made: int
    usage_limit: int | None
    used: int
    per_member: int | None
    members_only: bool
    status: Literal["planned", "running", "used_up", "ended", "closed"]
    starts_at: Moment | None
    ends_at: Moment | None
    job: str | None
    created_at: Moment
    created_by: str


class Promotions(Page):
    data: list[Promotion]


class CodesOfPromotion(Promotion):
    codes: list[str]


class PromotionJob(Job):
    """They are being made: `url` is where they can be read, `GET /jobs/{id}` tells how far it is."""

    promotion: str


class MadePromotion(RootModel):
    root: CodesOfPromotion | PromotionJob


class PromotionCode(Answer):
    """A single-use code. `member`: whose it is, if it was written to somebody."""

    code: str
    status: Literal["open", "held", "used", "void", "expired"]
    member: str | None
    used_at: Moment | None
    purchase: str | None


class PromotionCodes(Page):
    data: list[PromotionCode]


class PromotionUse(Answer):
    """`returned_at`: since when it counts no more, because its purchase was given back whole."""

    code: str
    member: str | None
    purchase: str | None
    at: Moment
    returned_at: Moment | None
    actor: str


class PromotionUses(Page):
    data: list[PromotionUse]


class LetterTexts(Body):
    """May name {name}, {first_name}, {reward}, {shop} and {until}. A guest gets the language of the card, or the one
    that there is. Paragraphs are parted by an empty line.
    """

    de: LetterText | None = None
    en: LetterText | None = None


class NewLetters(Body):
    """`members`: their ids, or `segment`: whoever is in it now."""

    members: Annotated[list[Id], Field(min_length=1, max_length=10_000)] | None = None
    segment: Id | None = None
    text: LetterTexts


class LetterRun(Answer):
    """`url`: the pages as a PDF to be signed by hand, 100 in a file (`?page=2` for the next ones)."""

    id: str
    promotion: str
    count: int
    made: int
    url: str
    job: str | None
    created_at: Moment
    created_by: str


class LetterRuns(Page):
    data: list[LetterRun]
