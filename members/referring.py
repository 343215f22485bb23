"""Who brought whom: named when somebody joins, and followed through merges.

Rule: docs/rules/referring.md, "Who brought whom".
"""

from django.utils.translation import gettext as _

from loyalty import ids
from loyalty.errors import Invalid, NotFound
from members import finding
from members.models import Member


def find(text: str) -> Member:
    """Who is named by an id, a card's code or address, or the number on it. Raises Invalid for "referred_by"."""
    found = find_many([text]).get(text)
    if found is None:
        raise unknown()
    return found


def find_many(texts) -> dict[str, Member]:
    """The same for many texts, in a few queries. Who is not known, or has left, is left out. Follows merges."""
    texts = set(texts)
    by_id = {text: uuid for text in texts if (uuid := _uuid(text))}
    rows = Member.objects.in_bulk(set(by_id.values())) if by_id else {}
    found = {text: finding.survivor(rows[uuid]) for text, uuid in by_id.items() if uuid in rows}
    cards = finding.find_many([("card", text) for text in texts - set(by_id)])
    found |= {text: member for (_kind, text), member in cards.items()}
    return {text: member for text, member in found.items() if member.status == Member.Status.ACTIVE}


def columns(referrer: Member | None) -> dict:
    """The columns of a new member whom somebody brought: the survivor, where they were merged.

    Raises Invalid for "referred_by" where they have left.
    """
    if referrer is None:
        return {}
    survivor = finding.survivor(referrer)
    if survivor.status != Member.Status.ACTIVE:
        raise unknown()
    return {"referred_by_id": survivor.id}


def follow(old: Member, survivor: Member) -> None:
    """Let the survivor of a merge have brought whom the merged member has brought; but nobody themselves.

    Writes to the rows of those who were brought, so that whoever records their purchases need not follow merges.
    """
    brought = Member.objects.filter(referred_by=old)
    brought.filter(id=survivor.id).update(referred_by=None)
    brought.update(referred_by=survivor)


def referrer(member: Member) -> Member | None:
    """Who is to be thanked for a member. None where they came alone, the friend has left, or is now they themselves."""
    if member.referred_by_id is None:
        return None
    found = finding.survivor(Member.objects.get(id=member.referred_by_id))
    return None if found.id == member.id or found.status != Member.Status.ACTIVE else found


def unknown() -> Invalid:
    sentence = _("Nobody is known here by this. Send a member's id, or the number or the code of their card.")
    return Invalid({"referred_by": [sentence]})


def _uuid(text):
    try:
        return ids.parse("mem", text)
    except NotFound:
        return None
