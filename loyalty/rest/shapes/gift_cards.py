"""Gift cards and their entries."""

from typing import Annotated, Literal

from pydantic import Field

from loyalty.money import LARGEST_MINOR
from loyalty.rest.shapes.fields import Answer, Body, Currency, Id, Moment, Page, When

Money = Annotated[int, Field(ge=1, le=LARGEST_MINOR)]


class NewGiftCard(Body):
    """`currency`: the merchant's, which is also the default. `expires_at`: from when on it cannot be spent.

    `member`: who it is given to, where that is known.
    """

    balance_minor: Money
    currency: Currency | None = None
    expires_at: When | None = None
    member: Id | None = None


class ChangedGiftCard(Body):
    """`expires_at`: null for a card that never expires."""

    expires_at: When | None


class GiftCardAmount(Body):
    amount_minor: Money


class GiftCardRefund(Body):
    """Left out: all that was paid with the card and has not come back."""

    amount_minor: Money | None = None


class GiftCard(Answer):
    """`reward`, `redemption`: what it was given for, where it was not bought."""

    id: str
    code: str
    balance_minor: int
    initial_minor: int
    currency: str
    status: Literal["active", "expired", "void"]
    expires_at: Moment | None
    member: str | None
    reward: str | None
    redemption: str | None
    created_at: Moment


class GiftCards(Page):
    data: list[GiftCard]


class GiftCardEntry(Answer):
    """`amount_minor`: negative for what leaves the card."""

    id: str
    number: int
    kind: Literal["issue", "top_up", "charge", "refund", "void"]
    amount_minor: int
    balance_after_minor: int
    at: Moment
    purchase: str | None
    refund: str | None
    actor: str


class GiftCardEntries(Page):
    data: list[GiftCardEntry]


class MovedGiftCard(GiftCard):
    """The card as it is now, and the entry that was written."""

    entry: GiftCardEntry
