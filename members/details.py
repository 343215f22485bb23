"""What is written down about a member, checked and brought into its one form. Asks no database."""

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext as _

from loyalty import clock
from loyalty.errors import Invalid
from loyalty.merchants.models import Language
from members import addresses
from members.models import Member

NAME_LENGTH = 160
EXTERNAL_ID_LENGTH = 255
OLDEST_YEAR = 1900

_BLANKS = re.compile(r"\s+")


def clean(fields, *, country, timezone):
    """Columns of Member from what was entered, for the fields that are there. Raises Invalid, naming all.

    fields: of kind, name, email, phone, birthday (date|None), language, external_id. An empty text takes the value
    away. country, timezone: the merchant's, for phone numbers without a country code and for what day it is.
    """
    columns, wrong = {}, {}
    for field, value in fields.items():
        try:
            columns |= _CLEANERS[field](value, country, timezone)
        except Invalid as refusal:
            wrong |= refusal.facts["field_errors"]
    if wrong:
        raise Invalid(wrong)
    return columns


def _name(value, _country, _timezone):
    name = _BLANKS.sub(" ", unicodedata.normalize("NFC", value or "")).strip()
    if len(name) > NAME_LENGTH:
        raise Invalid({"name": [_("A name has at most %(most)s characters.") % {"most": NAME_LENGTH}]})
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise Invalid({"name": [_("This name contains characters that cannot be printed.")]})
    return {"name": name}


def _email(value, _country, _timezone):
    email = addresses.email(value) if (value or "").strip() else ""
    return {"email": email, "email_key": addresses.email_key(email)}


def _phone(value, country, _timezone):
    return {"phone": addresses.phone(value, country) if (value or "").strip() else None}


def _birthday(value, _country, timezone):
    if value is not None and not date(OLDEST_YEAR, 1, 1) <= value <= clock.today(timezone):
        raise Invalid({"birthday": [_("A birthday lies in the past, and not before 1900.")]})
    return {"birthday": value}


def _kind(value, _country, _timezone):
    if value not in Member.Kind.values:
        raise Invalid({"kind": [_("A member is a person or a company.")]})
    return {"kind": value}


def _language(value, _country, _timezone):
    if value not in Language.values:
        raise Invalid({"language": [_("There is German (de) and English (en).")]})
    return {"language": value}


def _external_id(value, _country, _timezone):
    external_id = (value or "").strip() or None
    if external_id and (len(external_id) > EXTERNAL_ID_LENGTH or "\x00" in external_id):
        sentence = _("An id of your own has at most %(most)s characters.") % {"most": EXTERNAL_ID_LENGTH}
        raise Invalid({"external_id": [sentence]})
    return {"external_id": external_id}


_CLEANERS = {
    "kind": _kind, "name": _name, "email": _email, "phone": _phone, "birthday": _birthday, "language": _language,
    "external_id": _external_id,
}  # fmt: skip
