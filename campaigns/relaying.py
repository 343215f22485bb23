"""What happened is told to the campaigns that listen: events become messages, each exactly once."""

from datetime import timedelta

from campaigns import audience, messages, triggers
from loyalty import clock, tenancy
from loyalty.events.models import Event
from loyalty.merchants.models import Merchant

CHUNK = 200
# Nobody wants to be welcomed to a card that was brought along from elsewhere, or hear of last month's stamp.
NEWS_FOR = timedelta(days=3)


def relay(merchant: Merchant) -> int:
    """Tell all that is new to the triggers; return how many events that were. Opens the merchant's scope."""
    told = 0
    while chunk := relay_chunk(merchant):
        told += chunk
    return told


def relay_chunk(merchant: Merchant) -> int:
    """One transaction: claim up to CHUNK events, write the messages they give reason for, mark the events.

    Events that another worker holds are left to it. Committed as a whole or not at all, and each message has its
    occasion, so that a crash at any point, or two workers, change nothing.
    """
    with tenancy.scope(merchant):
        events = list(
            Event.objects.filter(relayed_at=None).order_by("id").select_for_update(skip_locked=True)[:CHUNK]
        )
        news = [(event.kind, event.member_id) for event in events if event.member_id and _is_news(event)]
        members = audience.reachable({member_id for _kind, member_id in news})
        for campaign in triggers.ALL:
            heard = {member_id for kind, member_id in news if kind in campaign.hears}
            messages.write(campaign, {id: member for id, member in members.items() if id in heard})
        Event.objects.filter(id__in=[event.id for event in events]).update(relayed_at=clock.now())
        return len(events)


def _is_news(event):
    return event.at > clock.now() - NEWS_FOR
