"""E-mail addresses and phone numbers as people type them, made comparable. Asks no database."""

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from loyalty.errors import Invalid
from members import typos

EMAIL_LENGTH = 254

# No exception for "localhost": nobody's mailbox is on our own machine.
_check_email = EmailValidator(allowlist=[])


def contact(text, country):
    """What one field for both holds: ("email", normalised) or ("phone", E.164). Raises Invalid for "contact".

    country: ISO 3166, e.g. "DE": where a number without a country code is dialled.
    """
    kind, normalise = ("email", email) if "@" in text else ("phone", lambda text: phone(text, country))
    if not text.strip():
        raise Invalid({"contact": [_("Enter an e-mail address or a phone number.")]})
    try:
        return kind, normalise(text)
    except Invalid as refusal:
        raise Invalid({"contact": next(iter(refusal.facts["field_errors"].values()))}) from None


def email(text):
    """An address, trimmed and with its domain in lower case: "Aylin@Gmail.COM " → "Aylin@gmail.com".

    Raises Invalid.
    """
    address = unicodedata.normalize("NFKC", text).strip().removeprefix("mailto:")
    local, _at, host = address.rpartition("@")
    address = f"{local}@{host.lower()}"
    try:
        _check_email(address)
    except ValidationError:
        address = ""
    if not (0 < len(address) <= EMAIL_LENGTH and _can_be_written_to(address)):
        sentence = _("This is not a complete e-mail address. It looks like name@example.com.")
        raise Invalid({"email": [sentence]})
    return address


def email_key(address):
    """What tells two addresses apart: upper and lower case do not."""
    return address.lower() or None


def phone(text, country):
    """A number in E.164: "0151 23456789" in DE → "+4915123456789". Raises Invalid if it cannot be dialled."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        sentence = _("This is not a complete phone number. Write it with its area code, e.g. %(example)s.")
        raise Invalid({"phone": [sentence % {"example": _example(country)}]})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def suggestion(text):
    """The address that was probably meant: "juergen@gmial.com" → "juergen@gmail.com". Or None."""
    local, at, host = text.strip().rpartition("@")
    meant = typos.domain(host.lower()) if at and local else None
    return f"{local}@{meant}" if meant else None


def _can_be_written_to(address):
    # What is valid by the letter, and no mail server takes: quoted names, numbers for domains, letters that only
    # look like ASCII, domains that are too long once they are encoded.
    local, _at, host = address.rpartition("@")
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return local.isascii() and '"' not in local and not host.startswith("[")


def _example(country):
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return "+49 151 23456789"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
