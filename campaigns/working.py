"""One round of the work in the background, over all merchants that have any: what beat's tasks and the relay share."""

from datetime import date, timedelta
from uuid import UUID

from campaigns import preparing, relaying, sending
from loyalty import clock
from loyalty.merchants.models import Merchant
from loyalty.tenancy import due

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
    finished = set(due.with_summaries_finished(_month_before(around)))
    merchants = Merchant.objects.filter(is_sandbox=False).exclude(id__in=finished)
    return [merchant.id for merchant in merchants.iterator() if preparing.month_due(merchant)]


def relay(merchant_id: UUID) -> int:
    """Tell a merchant's news; in a sandbox also hold what that makes due. Returns how many events there were."""
    merchant = Merchant.objects.get(id=merchant_id)
    told = relaying.relay(merchant)
    if merchant.is_sandbox:
        sending.send_due(merchant)
    return told


def send(merchant_id: UUID) -> int:
    """Send what is due of a merchant, up to a round's share. Returns how many messages were worked on."""
    return sending.send_due(Merchant.objects.get(id=merchant_id), most=MOST_IN_A_ROUND).total()


def summarise(merchant_id: UUID) -> int:
    """Prepare the monthly summaries of a merchant, if they are due. Returns how many members were looked at."""
    merchant = Merchant.objects.get(id=merchant_id)
    month = preparing.month_due(merchant)
    return preparing.prepare(merchant, month) if month else 0


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
