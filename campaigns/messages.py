"""Messages come into being: one per campaign, member and occasion, however often somebody tries."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from campaigns import audience, quiet_hours
from campaigns.campaign import Campaign, Draft
from campaigns.models import Message
from loyalty import clock, tenancy
from members.models import Member
from programs.expiry import midnight


def write(campaign: Campaign, members: dict[UUID, Member]) -> None:
    """Write what a trigger has to say to these members, by id, all of them reachable, unless it was said before.

    A promotional one speaks only to those who have agreed. A message is due at once, or when the member's quiet
    hours end. A handful of statements for all members; locks nothing.
    """
    wanting = audience.consenting(members) if campaign.is_promotional and members else members
    if wanting:
        put(campaign, campaign.drafts(list(wanting.values())), wanting)


def put(
    campaign: Campaign, drafts: Iterable[Draft], members: dict[UUID, Member], *, from_day: date | None = None
) -> None:
    """Write the drafts for these members, by id: they are known to be reachable, and to agree. One statement.

    from_day: not before this day has begun where the member is.
    """
    rows = [
        _row(campaign, draft, members[draft.member_id], from_day)
        for draft in drafts
        if draft.member_id in members
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def send_now(campaign: Campaign, member: Member, *, occasion: str, **figures) -> Message:
    """Write a message that somebody is waiting for. It is sent within moments, by a worker.

    Returns the first message of this occasion if there was one. In a sandbox it is held at once. Consent is not
    asked for: this was asked for by its reader.
    """
    message = _row(campaign, Draft(member.id, occasion, figures), member)
    if tenancy.merchant().is_sandbox:
        message.status, message.sent_at = Message.Status.HELD, message.due_at
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.get(campaign=campaign.name, member=member, occasion=occasion)


def _row(campaign, draft, member, from_day=None):
    now = clock.now()
    return Message(
        member_id=draft.member_id,
        campaign=campaign.name,
        occasion=draft.occasion,
        language=member.language,
        figures=draft.figures,
        created_at=now,
        due_at=now if campaign.at_once else _first_moment(campaign, now, member.timezone, from_day),
    )


def _first_moment(campaign, now, timezone, from_day):
    earliest = max(now, midnight(from_day, timezone)) if from_day else now
    return quiet_hours.next_good_moment(earliest, timezone, campaign.earliest)
