"""A merchant comes into being: with its colours, a first location, an owner and a key."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from loyalty import clock, colour, tenancy
from loyalty.errors import Invalid
from loyalty.merchants import accounts, keys
from loyalty.merchants.models import Location, Membership, Merchant, Staff


@dataclass(frozen=True)
class Registered:
    merchant: Merchant
    owner: Staff
    location: Location
    api_key: str


def register(
    *, name, email, currency, timezone, country, language="de", sandbox=False, clock_at=None, user=None,
    owner_name="", location_name="", colour_hex="#1F4B3F", **details,
):  # fmt: skip
    """Register a merchant with its first location, its owner and an API key, in one transaction.

    user: the signed-in account of the owner; None: one is made for `email`, without a password (sign-in by code).
    clock_at: where a sandbox's clock stands; default: now. details: further columns of Merchant.
    Raises Invalid for an unknown timezone, currency, country, language or colour, and for the address of an account
    that its owner has not confirmed.
    """
    _check(timezone=timezone, currency=currency, country=country, language=language)
    with transaction.atomic():
        merchant = Merchant.objects.create(
            name=name, slug=_free_slug(name), email=email, currency=currency, timezone=timezone, country=country,
            language=language, colour=colour_hex, palette=_palette(colour_hex), is_sandbox=sandbox,
            clock_at=(clock_at or clock.now()) if sandbox else None,
            created_at=clock_at or clock.now(), **details,
        )  # fmt: skip
        with tenancy.scope(merchant):
            location = Location.objects.create(name=location_name or name)
            owner = Staff.objects.create(name=owner_name or name, role=Staff.Role.OWNER)
        Membership.objects.create(
            user=user or accounts.for_address(email), merchant=merchant, staff_id=owner.id
        )
        _key, secret = keys.issue(merchant=merchant, name=_("First key"))
    return Registered(merchant, owner, location, secret)


def recolour(merchant, colour_hex):
    """Give a merchant a colour, and compute what every page, mail and print uses. Raises Invalid."""
    merchant.colour, merchant.palette = colour_hex, _palette(colour_hex)
    merchant.save(update_fields=["colour", "palette"])


def _palette(colour_hex):
    try:
        return colour.tokens(colour_hex)
    except ValueError:
        raise Invalid({"colour": [_("Write a colour as # and six hex digits, e.g. #C5381F.")]}) from None


def _check(*, timezone, currency, country, language):
    wrong = {}
    if timezone not in available_timezones():
        wrong["timezone"] = [_("This timezone is not known. Write e.g. Europe/Berlin.")]
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        wrong["currency"] = [_("Write the currency as three capital letters (ISO 4217), e.g. EUR.")]
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        wrong["country"] = [_("Write the country as two capital letters (ISO 3166), e.g. DE.")]
    if language not in ("de", "en"):
        wrong["language"] = [_("There is German (de) and English (en).")]
    if wrong:
        raise Invalid(wrong)


def _free_slug(name):
    stem = (
        slugify(name.replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))[:50]
        or "shop"
    )
    taken = set(Merchant.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(
        slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )
