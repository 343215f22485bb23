"""The kinds of fields that bodies and answers are made of."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from loyalty import tenancy
from loyalty.money import LARGEST_MINOR


class Body(BaseModel):
    """What is sent: strict types, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """What is answered. Built from rows and figures of our own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Answer):
    """One page of a list. Its subclasses say of what: `data`."""

    next_cursor: str | None


def _within_reach(moment):
    # Before 1970 some timezones differ by seconds, which RFC 3339 cannot write; near 9999 the calendar ends.
    if not 1970 <= moment.year <= 2999:
        raise ValueError(_("Write a year from 1970 to 2999."))
    return moment


def _in_merchants_time(moment):
    return moment.astimezone(ZoneInfo(tenancy.merchant().timezone)).isoformat()


def text(longest, shortest=0):
    """A text of so many characters."""
    return Annotated[str, Field(min_length=shortest, max_length=longest)]


Id = text(64, 1)
ExternalId = text(255, 1)
Amount = Annotated[int, Field(ge=0, le=LARGEST_MINOR)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
When = Annotated[AwareDatetime, AfterValidator(_within_reach)]
Moment = Annotated[
    datetime,
    PlainSerializer(_in_merchants_time, return_type=str, when_used="unless-none"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""A moment in an answer: with the offset of the merchant's timezone, so that midnight reads as midnight."""
