"""The people of a company that is a member."""

from loyalty.rest.shapes.fields import Answer, Body, Moment, Page, text


class NewContact(Body):
    """A name, an e-mail address or a phone number: one of them at least."""

    name: text(160) = ""
    email: text(254) | None = None
    phone: text(40) | None = None


class ChangedContact(Body):
    """Fields that are sent are changed; null takes a value away."""

    name: text(160) = ""
    email: text(254) | None = None
    phone: text(40) | None = None


class Contact(Answer):
    id: str
    member: str
    name: str
    email: str | None
    phone: str | None
    created_at: Moment


class Contacts(Page):
    data: list[Contact]
