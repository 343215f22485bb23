"""Finding a member by what is at hand: a scanned card, a typed number, an address. Follows merges."""

import re
from collections import defaultdict

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from loyalty import tenancy
from loyalty.errors import Invalid, NotFound
from members import addresses
from members.models import CardToken, Member

_NUMBER = re.compile(r"[0-9]{8}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}")


class MemberUnknown(NotFound):
    sentence = _("This member is not known here. Please check what was entered, or look by name.")


class CardUnknown(MemberUnknown):
    sentence = _("This card is not known here. Please check the number, or look by e-mail or phone.")


def find(*, card=None, phone=None, email=None, external_id=None, id=None):
    """The member named by exactly one of these. id: public ("mem_…"). Locks nothing. Raises NotFound.

    A merged id, card or address answers with the survivor. An erased member is found by id alone.
    """
    if card is not None:
        return by_card(card)
    if id is not None:
        return survivor(Member.objects.by_public_id("mem", id))
    return _one(MemberUnknown, **_criterion(phone, email, external_id))


def find_many(wanted):
    """The members behind many (kind, text) pairs, in a few queries: {(kind, text): Member}. Follows merges.

    kind: "email", "phone", "card" (or, where cards are older than ours, the external id that is printed on them),
    or "member", for a column that may hold any of them: an external id goes first. Unknown ones are left out.
    """
    candidates = {pair: _candidates(*pair) for pair in wanted}
    found = _owners({candidate for several in candidates.values() for candidate in several})
    members = {
        pair: next((found[one] for one in several if one in found), None)
        for pair, several in candidates.items()
    }
    return {pair: survivor(member) for pair, member in members.items() if member is not None}


def by_card(text):
    """The member of a card: its token, its address (a URL that ends in the token), or its number "4821 7390".

    Raises NotFound, for another merchant's card and a revoked one too.
    """
    digits = _digits(text)
    if _NUMBER.fullmatch(digits):
        return _one(CardUnknown, number=digits, status__in=[Member.Status.ACTIVE, Member.Status.MERGED])
    token = scan_target(text)
    if token is None or token.merchant_id != tenancy.merchant_id():
        raise CardUnknown(card=text)
    return _one(CardUnknown, id=token.member_id)


def scan_target(text):
    """The CardToken (with its merchant) behind a token or a card's address, or None. Needs no scope."""
    token = _token(text)
    if not token:
        return None
    return CardToken.objects.select_related("merchant").filter(token=token, revoked_at__isnull=True).first()


def card_of(member):
    """The member's newest card. Raises NotFound when all are revoked."""
    card = cards_of([member]).get(member.id)
    if card is None:
        raise CardUnknown()
    return card


def cards_of(members):
    """The newest card of each of many members, in one query: {member.id: CardToken}."""
    living = CardToken.objects.filter(merchant=tenancy.merchant_id(), revoked_at__isnull=True)
    cards = living.filter(member_id__in=[member.id for member in members]).order_by("created_at", "token")
    return {card.member_id: card for card in cards}


def card_url(card):
    """The address in a card's QR code."""
    return f"{settings.PUBLIC_URL}/card/{card.token}/"


def _candidates(kind, text):
    """What a text may be, as (column, value), the likeliest first."""
    digits = _digits(text)
    number = [("number", digits)] if _NUMBER.fullmatch(digits) else []
    match kind:
        case "email":
            several = [("email_key", text.strip().lower())]
        case "phone":
            several = _phone_candidates(text)
        case "card":
            several = [*(number or [("token", _token(text))]), ("external_id", text)]
        case _:
            several = [("external_id", text), *number, ("email_key", text.lower()), *_phone_candidates(text)]
    return [(column, value) for column, value in several if value and "\x00" not in value]


def _phone_candidates(text):
    # Only what begins as numbers are dialled: an id of seven digits is not somebody's telephone.
    if not text.startswith(("+", "0")):
        return []
    try:
        return [("phone", addresses.phone(text, tenancy.merchant().country))]
    except Invalid:
        return []


def _owners(candidates):
    """{(column, value): Member} for those there are. Erased members have kept their number, and are not found by it."""
    values = defaultdict(set)
    for column, value in candidates:
        values[column].add(value)
    found = {}
    if tokens := values.pop("token", None):
        cards = CardToken.objects.filter(
            merchant=tenancy.merchant_id(), token__in=tokens, revoked_at__isnull=True
        )
        ids = dict(cards.values_list("token", "member_id"))
        by_id = Member.objects.in_bulk(set(ids.values()))
        found |= {("token", token): by_id[member_id] for token, member_id in ids.items()}
    for column, some in values.items():
        rows = Member.objects.filter(**{f"{column}__in": some}).exclude(status=Member.Status.ERASED)
        found |= {(column, getattr(row, column)): row for row in rows}
    return found


def _digits(text):
    return re.sub(r"[\s.–-]", "", text)


def _token(text):
    path = text.strip().partition("?")[0].partition("#")[0]
    token = path.rstrip("/").rpartition("/")[2]
    return token if _TOKEN.fullmatch(token) else ""


def _criterion(phone, email, external_id):
    if email is not None:
        return {"email_key": email.strip().lower()}
    if external_id is not None:
        return {"external_id": external_id}
    try:
        return {"phone": addresses.phone(phone or "", tenancy.merchant().country)}
    except Invalid:
        # What is no number is nobody's number.
        raise MemberUnknown(phone=phone) from None


def _one(unknown, **criterion):
    # PostgreSQL has no text with a NUL in it, and says so with an error.
    if any("\x00" in str(value) for value in criterion.values()):
        raise unknown()
    member = Member.objects.filter(**criterion).first()
    if member is None:
        raise unknown(**{name: str(value) for name, value in criterion.items() if name != "status__in"})
    return survivor(member)


def survivor(member):
    """The member itself, or the one into which it was merged."""
    # A chain of merges is short, and cannot be a circle: a merged member is never merged into.
    while member.merged_into_id is not None:
        member = Member.objects.get(id=member.merged_into_id)
    return member


def everyone(member):
    """The ids of the member and of all who were merged into it, by however many steps; the member's first."""
    found, fresh = [member.id], [member.id]
    while fresh:
        fresh = list(Member.objects.filter(merged_into__in=fresh).order_by("id").values_list("id", flat=True))
        found += fresh
    return found
