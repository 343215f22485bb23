"""Unsubscribing with one click, from the mail program (RFC 8058) or from the page, and taking it back."""

from dataclasses import dataclass

from django.conf import settings

from campaigns import links
from campaigns.links import Link
from loyalty import clock, tenancy
from loyalty.errors import NotFound
from loyalty.merchants.models import Merchant
from members import consents, finding
from members.models import Consent, Member


@dataclass(frozen=True)
class Subscription:
    """What a link is about, as it stands now. active: whether messages of this purpose are sent."""

    merchant: Merchant
    member: Member
    purpose: Consent.Purpose
    active: bool


def url(member: Member, purpose=Consent.Purpose.EMAIL_MARKETING) -> str:
    """The address that goes into the letter, good for as long as the member exists."""
    return f"{settings.PUBLIC_URL}/u/{links.sign('unsubscribe', _link(member, purpose))}/"


def read(token: str) -> Subscription:
    """What the link is about; changes nothing. Mail programs look at links on their own. Raises NotFound."""
    link = links.read("unsubscribe", token)
    with tenancy.scope(link.merchant):
        return _subscription(link, _member(link))


def unsubscribe(token: str, *, how: str = "link") -> Subscription:
    """Withdraw the consent; a second time changes nothing. how: "link" or "one-click". Raises NotFound.

    Opens the merchant's scope; messages that wait are left out when their time comes.
    """
    link = links.read("unsubscribe", token)
    with tenancy.scope(link.merchant):
        member = _member(link)
        consents.withdraw(member, link.purpose, evidence={"source": f"unsubscribe:{how}", "at": _now()})
        return _subscription(link, member)


def undo(token: str) -> Subscription:
    """Take a withdrawal back, if it was made by such a link: the address was confirmed before. Raises NotFound."""
    link = links.read("unsubscribe", token)
    with tenancy.scope(link.merchant):
        member = _member(link)
        held = consents.current(member).get(link.purpose)
        by_link = held is not None and str(held.evidence.get("source", "")).startswith("unsubscribe:")
        if by_link and not held.given and _was_confirmed(member, link.purpose):
            evidence = {"source": "unsubscribe:undone", "at": _now()}
            consents.give(member, link.purpose, confirmed=True, evidence=evidence)
        return _subscription(link, member)


def _was_confirmed(member, purpose):
    return Consent.objects.filter(member=member, purpose=purpose, given=True, confirmed=True).exists()


def _member(link):
    member = finding.find(id=f"mem_{link.member_id.hex}")
    if member.status != Member.Status.ACTIVE:
        raise NotFound()
    return member


def _subscription(link: Link, member):
    return Subscription(tenancy.merchant(), member, link.purpose, consents.allows(member, link.purpose))


def _link(member, purpose):
    return Link(member.merchant_id, member.id, purpose)


def _now():
    return clock.now().isoformat()
