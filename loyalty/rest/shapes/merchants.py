"""Keys, locations, staff and news of a merchant."""

from typing import Annotated, Any, Literal

from pydantic import Field

from loyalty.rest.shapes.fields import Answer, Body, Moment, Page, text

Scope = Literal["read", "counter", "admin"]


class NewApiKey(Body):
    name: text(120, 1)
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)] = ["admin"]


class ApiKey(Answer):
    """`hint`: the key's last four characters, to tell it from others."""

    id: str
    name: str
    hint: str
    scopes: list[str]
    created_at: Moment
    last_used_at: Moment | None
    revoked_at: Moment | None


class IssuedApiKey(ApiKey):
    """`key` is shown this once and kept nowhere."""

    key: str


class ApiKeys(Page):
    data: list[ApiKey]


class Location(Answer):
    id: str
    name: str
    address: str
    created_at: Moment


class Locations(Page):
    data: list[Location]


class StaffMember(Answer):
    id: str
    name: str
    role: str
    created_at: Moment
    left_at: Moment | None


class Staff(Page):
    data: list[StaffMember]


class Event(Answer):
    """Something that happened. `data` holds ids and figures."""

    id: str
    type: str
    member: str | None
    at: Moment
    data: dict[str, Any]


class Events(Page):
    data: list[Event]
