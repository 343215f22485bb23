"""Codes on packs, and what is not a purchase and deserves something all the same."""

from datetime import date
from typing import Annotated

from pydantic import Field, RootModel

from loyalty.rest.shapes.fields import Answer, Body, ExternalId, Moment, Page, When, text
from loyalty.rest.shapes.jobs import Job
from loyalty.rest.shapes.members import MemberState, Unlocked
from loyalty.rest.shapes.purchases import Credit

Worth = Annotated[int, Field(ge=1, le=10**9)]


class CodeGives(Body):
    amount: Worth


class NewCodes(Body):
    """`gives`: what one code is worth, in the program's unit. `valid_until`: the last day, or a moment."""

    count: Annotated[int, Field(ge=1, le=1_000_000)]
    gives: CodeGives
    name: text(120) = ""
    valid_until: date | When | None = None


class Codes(Answer):
    batch: str
    codes: list[str]


class CodesJob(Job):
    """They are being made: `url` is where they can be read, `GET /jobs/{id}` tells how far it is."""

    batch: str


class MadeCodes(RootModel):
    root: Codes | CodesJob


class CodeWorth(Answer):
    amount: int


class CodeBatch(Answer):
    """`made` and `used`: how many of the `count` there are by now, and how many were used."""

    id: str
    program: str
    name: str
    count: int
    made: int
    used: int
    gives: CodeWorth
    valid_until: Moment | None
    job: str | None
    created_at: Moment
    created_by: str


class CodeBatches(Page):
    data: list[CodeBatch]


class ProductCode(Answer):
    code: str
    used_at: Moment | None
    member: str | None


class ProductCodes(Page):
    data: list[ProductCode]


class EnteredCode(Body):
    """As it was typed or scanned: hyphens, spaces and small letters do not matter."""

    code: text(60)


class UsedCode(Answer):
    code: str
    credits: list[Credit]
    unlocked: list[Unlocked]
    member_state: MemberState


class NewMemberEvent(Body):
    """`name`: as the rules call it. `external_id`: your own id of it; the same one is credited once."""

    name: text(60, 1)
    external_id: ExternalId | None = None


class MemberEvent(Answer):
    """A repeat is answered (200) with what was given then; `unlocked` is left empty."""

    name: str
    external_id: str | None
    credits: list[Credit]
    unlocked: list[Unlocked]
    member_state: MemberState
