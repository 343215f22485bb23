"""What campaigns do in the background for one merchant, round by round: tell news, prepare summaries, send.

Each commits as it goes, so outside of sandboxes none may be called inside a scope.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Min

from campaigns import preparing, relaying, sending
from campaigns.models import Message, MonthlySummaryRun
from loyalty import clock, tenancy
from loyalty.events.models import Event
from loyalty.merchants.models import Merchant
from loyalty.tenancy import due
from programs.expiry import add_months, midnight

# A merchant with very many messages must not keep the others waiting: after so many it is their turn.
MOST_IN_A_ROUND = 1000


def merchants_with_news() -> list[UUID]:
    return due.with_news()


def merchants_with_messages() -> list[UUID]:
    return due.with_messages(sending.LEASE)


def merchants_with_summaries() -> list[UUID]:
    """Merchants whose last month is not told yet. Looks only in the days in which it may be the first somewhere."""
    today = clock.now().date()
    # Where the day began first, the month begins fourteen hours before it does in UTC.
    around = (today + timedelta(days=1)).replace(day=1)
    if not -1 <= (today - around).days <= preparing.DAYS_OF_GRACE:
        return []
    finished = set(due.with_summaries_finished(add_months(around, -1)))
    merchants = Merchant.objects.filter(is_sandbox=False).exclude(id__in=finished)
    return [merchant.id for merchant in merchants.iterator() if preparing.month_due(merchant)]


def merchants_to_warn() -> list[UUID]:
    """Merchants whose accounts were not looked through today for what expires soon."""
    looked_at = due.with_expiries_looked_at()
    rows = Merchant.objects.filter(is_sandbox=False).exclude(id__in=looked_at)
    return list(rows.order_by("id").values_list("id", flat=True))


def relay(merchant: Merchant) -> Counter:
    """Tell a merchant's news; in a sandbox also hold what that makes due."""
    told = relaying.relay(merchant)
    return Counter(news=told) + (send(merchant) if merchant.is_sandbox else Counter())


def send(merchant: Merchant) -> Counter:
    """Send what is due of a merchant, up to a round's share.

    Counts by what became of it, and as `messages` what a sandbox holds.
    """
    counts = sending.send_due(merchant, most=MOST_IN_A_ROUND)
    return counts + Counter(messages=counts[Message.Status.HELD])


def summarise(merchant: Merchant) -> Counter:
    """Prepare the monthly summaries of a merchant, if they are due. Counts the members looked at."""
    month = preparing.month_due(merchant)
    return Counter(summaries=preparing.prepare(merchant, month)) if month else Counter()


def next_news_at() -> datetime | None:
    """Since when the oldest news of the merchant in scope waits to be told, or None."""
    return clock.now() if Event.objects.filter(relayed_at=None).exists() else None


def next_message_at() -> datetime | None:
    """When the next message of the merchant in scope is due, or None."""
    return Message.objects.filter(status=Message.Status.DUE).aggregate(at=Min("due_at"))["at"]


def next_summary_at() -> datetime:
    """When the next monthly summaries of the merchant in scope are due: on a first, at 0:00."""
    merchant = tenancy.merchant()
    month = preparing.month_due(merchant)
    if month and not _is_prepared(month):
        return midnight(add_months(month, 1), merchant.timezone)
    return midnight(add_months(clock.today(merchant.timezone).replace(day=1), 1), merchant.timezone)


def _is_prepared(month: date) -> bool:
    return MonthlySummaryRun.objects.filter(month=month, finished_at__isnull=False).exists()
