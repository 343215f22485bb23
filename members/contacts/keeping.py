"""The people of a company are written down, changed, and forgotten.

Rule: docs/rules/companies.md, "People of a company".
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import tenancy
from loyalty.errors import Invalid, Refused
from loyalty.merchants import kept_answers
from members import details, locking
from members.contacts.models import Contact
from members.models import Member

MOST = 200
COLUMNS = ("name", "email", "phone")


class NotACompany(Refused):
    code = "not_a_company"
    sentence = gettext_lazy(
        "Only a company has several people on one account. Make this member a company first."
    )


class TooManyPeople(Refused):
    code = "limit_reached"
    sentence = gettext_lazy("A company has at most %(most)s people on its account.")


def of(member):
    """The people of a company."""
    return Contact.objects.filter(member=member)


def add(member, **fields) -> Contact:
    """Write down somebody who buys for a company. fields: of name, email, phone, one of them at least.

    Locks the member. Raises Invalid, NotACompany, TooManyPeople.
    """
    columns = _checked(fields)
    locking.lock([member.id])
    if Member.objects.get(id=member.id).kind != Member.Kind.COMPANY:
        raise NotACompany(member=member.public_id)
    if of(member).count() >= MOST:
        raise TooManyPeople(most=MOST)
    return Contact.objects.create(member=member, **columns)


def change(contact: Contact, **fields) -> Contact:
    """Change what is given of name, email, phone; an empty text takes a value away. Raises Invalid."""
    held = {name: getattr(contact, name) for name in COLUMNS}
    for name, value in _checked(held | fields).items():
        setattr(contact, name, value)
    contact.save(update_fields=list(COLUMNS))
    return contact


def remove(contact: Contact) -> None:
    """Forget somebody: here, and in the answers that are kept for repeated requests."""
    kept_answers.forget([contact.public_id], [contact.name, contact.email, contact.phone or ""])
    contact.delete()


def forget(member_ids) -> None:
    """Forget the people of companies that are erased, in the same transaction."""
    Contact.objects.filter(member__in=member_ids)._raw_delete("default")


def _checked(fields):
    merchant = tenancy.merchant()
    columns = details.clean(fields, country=merchant.country, timezone=merchant.timezone)
    columns.pop("email_key", None)
    if not any(columns.get(name) for name in COLUMNS):
        raise Invalid({"name": [_("Send a name, an e-mail address or a phone number.")]})
    return columns
