"""Whom a message can reach, and what they have agreed to: read for many members at once."""

from collections.abc import Iterable
from uuid import UUID

from members import consents as words
from members.models import Consent, Member


def reachable(member_ids: Iterable[UUID]) -> dict[UUID, Member]:
    """The members, by id, who take part and have an e-mail address."""
    members = Member.objects.filter(id__in=list(member_ids), status=Member.Status.ACTIVE).exclude(email="")
    return {member.id: member for member in members}


def consents(member_ids: Iterable[UUID], purpose: Consent.Purpose) -> dict[UUID, Consent]:
    """The consent that holds now, by member id, of those who gave and confirmed it."""
    said = words.latest().filter(member__in=list(member_ids), purpose=purpose)
    return {consent.member_id: consent for consent in said if consent.given and consent.confirmed}


def consenting(members: dict[UUID, Member]) -> dict[UUID, Member]:
    """Those of the members, by id, who want news by e-mail."""
    allowed = consents(members, Consent.Purpose.EMAIL_MARKETING)
    return {member_id: member for member_id, member in members.items() if member_id in allowed}
