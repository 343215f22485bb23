"""What moves between accounts: transfers from member to member, cards that are brought together."""

from typing import Annotated

from pydantic import Field

from loyalty.money import LARGEST_MINOR
from loyalty.rest.shapes.fields import Answer, Body, Id, Moment
from loyalty.rest.shapes.members import LotPart, MemberState


class NewTransfer(Body):
    """`to`: who receives. `amount`: in the unit of the program, of what can be spent."""

    program: Id
    to: Id
    amount: Annotated[int, Field(ge=1, le=LARGEST_MINOR)]


class Transfer(Answer):
    """`id` is that of the giver's entry, `received` that of the receiver's. `lots`: what was given, with its dates."""

    id: str
    received: str
    program: str
    member: str
    to: str
    amount: int
    at: Moment
    lots: list[LotPart]
    actor: str
    member_state: MemberState


class Merge(Body):
    """`into`: who survives. The id in the path answers with it from then on."""

    into: Id
