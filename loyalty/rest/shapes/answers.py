"""Answers that belong to no one noun."""

from pydantic import ConfigDict

from loyalty.rest.shapes.fields import Answer, Body, Moment, When


class Problem(Answer):
    """RFC 9457. Besides these members it carries the facts: `field_errors`, `balance`, `cost` …"""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    field_errors: dict[str, list[str]] | None = None


class Unit(Answer):
    singular: str
    plural: str


class Nothing(Body):
    """The body of a request that needs none: empty, or {}."""


class TurnClock(Body):
    now: When


class TestClock(Answer):
    now: Moment


class TurnedClock(TestClock):
    """`ran`: how many of each kind were done on the way."""

    ran: dict[str, int]
