"""Messages to members."""

from loyalty.rest.shapes.fields import Answer, Moment, Page


class Message(Answer):
    """One message to one member for one occasion. A sandbox's are `held`: they go nowhere but here.

    `to`, `subject` and `text` are told in a sandbox only. In live they are between the shop and its guest: among
    them are codes that let into a card.
    """

    id: str
    member: str
    campaign: str
    channel: str
    occasion: str
    language: str
    status: str
    due_at: Moment
    sent_at: Moment | None
    created_at: Moment
    problem: str
    to: str | None
    subject: str | None
    text: str | None


class Messages(Page):
    data: list[Message]
