"""Finding a guest by what is at hand: a scanned code, a number, a name, a phone number, an address."""

import re

from django.db.models import Q

from loyalty import tenancy
from loyalty.errors import Invalid, NotFound
from members import addresses, finding
from members.models import Member
from rewards import presenting, vouchers
from rewards.models import Reward

MOST = 10
# What a camera or a hand scanner reads, and nobody types: a card's address or its token.
SCANNED = re.compile(r"https?://\S+|[A-Za-z0-9_-]{20,32}")
NUMBER = re.compile(r"[0-9]{8}")


PRESENTED = re.compile(r"[0-9]{3}\s?[0-9]{3}")


def presented(text: str) -> tuple[Member, Reward] | None:
    """Who shows this code of a reward on the phone, and which; None for anything that is no such code.

    Raises CodeOver for six digits that are too old or were never shown.
    """
    return presenting.read(text) if PRESENTED.fullmatch(text.strip()) else None


def look(text: str) -> list[Member]:
    """The guests that fit, at most ten. Exactly one for a code or a full number.

    Raises NotFound where a code or a full number names nobody here.
    """
    text = text.strip()
    if SCANNED.fullmatch(text) or NUMBER.fullmatch(re.sub(r"[\s.–-]", "", text)):
        return [finding.by_card(text)]
    if owner := _owner_of_voucher(text):
        return [owner]
    active = Member.objects.filter(status=Member.Status.ACTIVE)
    return list(active.filter(_fits(text)).order_by("-last_visit_at", "name")[:MOST]) if text else []


def _owner_of_voucher(text):
    try:
        return vouchers.find(text).member
    except NotFound:
        return None


def _fits(text):
    digits = re.sub(r"[\s.–-]", "", text)
    if digits.isdigit() and 3 <= len(digits) < 8 and len(digits) != 6 and not digits.startswith("0"):
        return Q(number__startswith=digits)
    if "@" in text:
        return Q(email_key=text.lower())
    by_name = Q()
    for word in text.split():
        by_name &= Q(name__icontains=word)
    return by_name | _by_phone(text)


def _by_phone(text):
    try:
        return Q(phone=addresses.phone(text, tenancy.merchant().country))
    except Invalid:
        return Q(pk__isnull=True)
