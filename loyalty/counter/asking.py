"""What a tap says, read from its form: checked, in minor units and moments. Pure, but for the clock."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from loyalty import clock, money
from loyalty.errors import Invalid

# What waited longer than this is not a slow network any more; the rules of so long ago are another matter.
LONGEST_WAIT = timedelta(days=14)
# Less than this is the way to the server, and no reason to date a booking back.
AT_ONCE = timedelta(seconds=10)
KEY = re.compile(r"[\w-]{8,64}")


@dataclass(frozen=True)
class Tap:
    """A stamp or an amount. stamps: 0 where an amount was entered. at: None for now. voucher: a code or ""."""

    key: str
    card: str
    amount_minor: int
    stamps: int
    at: datetime | None
    voucher: str = ""


def tap(post, currency: str) -> Tap:
    """Read a booking's form. Raises Invalid with a sentence for what cannot be used."""
    by_amount = "amount" in post
    return Tap(
        key=key(post),
        card=post.get("card", ""),
        amount_minor=amount_minor(post, currency) if by_amount else 0,
        stamps=0 if by_amount else _whole(post.get("quantity") or "1", "quantity", 1, 1000),
        at=tapped_at(post.get("age_ms", "")),
        voucher=post.get("voucher", ""),
    )


def key(post) -> str:
    """The key of the tap, by which it counts once."""
    found = post.get("key", "")
    if not KEY.fullmatch(found):
        raise Invalid({"key": [_("The key of this tap is missing. Please open the page again.")]})
    return found


def tapped_at(age_ms: str) -> datetime | None:
    """When a booking was tapped that waited for the network: told as an age, because a device's clock may be wrong."""
    if not age_ms:
        return None
    age = timedelta(milliseconds=_whole(age_ms, "age_ms", 0, 10**12))
    if age < AT_ONCE:
        return None
    if age > LONGEST_WAIT:
        raise Invalid(
            {"age_ms": [_("This waited for more than two weeks. Please enter it in the dashboard.")]}
        )
    return clock.now() - age


def amount_minor(query, currency: str) -> int:
    """The amount: in minor units as the script sends it, else as it was typed."""
    if given := query.get("amount_minor", ""):
        return _whole(given, "amount_minor", 0, money.LARGEST_MINOR)
    return typed_amount(query.get("amount", ""), money.exponent(currency))


def typed_amount(text: str, exponent: int) -> int:
    """What a person typed: "18,40", "18.40 €", "1.284,5", "18" → minor units. Raises Invalid.

    The last separator is a decimal one if no more digits follow it than the currency has.
    """
    bare = re.sub(r"[\s\u00a0\u202f€$£A-Za-z]", "", text)
    if not re.fullmatch(r"[0-9][0-9.,]*", bare):
        raise Invalid({"amount": [_("Please write an amount, e.g. 18.40.")]})
    whole, decimals = _split(bare, exponent)
    minor = int(re.sub(r"[.,]", "", whole) or "0") * 10**exponent + int(decimals.ljust(exponent, "0") or "0")
    return _whole(str(minor), "amount", 0, money.LARGEST_MINOR)


def _split(bare, exponent):
    last = max(bare.rfind(","), bare.rfind("."))
    if last >= 0 and len(bare) - last - 1 <= exponent:
        return bare[:last], bare[last + 1 :]
    return bare, ""


def _whole(text, name, least, most):
    if not re.fullmatch(r"[0-9]{1,15}", text) or not least <= int(text) <= most:
        raise Invalid(
            {name: [_("Please write a number from %(least)s to %(most)s.") % {"least": least, "most": most}]}
        )
    return int(text)
