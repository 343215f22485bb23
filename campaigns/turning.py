"""The test clock of a sandbox is turned: everything that would have happened on the way happens, in its order."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from campaigns import preparing, relaying, sending
from campaigns.models import Message
from loyalty import clock, tenancy
from loyalty.errors import NotFound, Refused
from loyalty.merchants.models import Merchant
from programs import announcing, settling
from programs.expiry import add_months, midnight

KINDS = ("activations", "expiries", "tier_reviews", "renewals", "messages")
_COUNTED = {"points.activated": "activations", "points.expired": "expiries"}


class ClockGoesForward(Refused):
    code = "clock_goes_forward"
    sentence = _("The clock stands at %(now)s and only goes forward. Send a later time.")


def turn(*, merchant: Merchant, to: datetime) -> dict[str, int]:
    """Turn a sandbox's clock forward to a moment, from one due moment to the next; count what happened by kind.

    Each due moment is a transaction, in which the clock shows it: `merchant` is changed along. A second turn at the
    same time joins in, and goes on where the first has come to. Raises ClockGoesForward, and NotFound where
    there is no such clock.
    """
    if merchant.clock_at is None:
        raise NotFound()
    if to < merchant.clock_at:
        raise ClockGoesForward(now=merchant.clock_at.isoformat())
    counts = _happen(merchant, merchant.clock_at)
    while (moment := _next_moment(merchant)) is not None and moment <= to:
        counts += _happen(merchant, moment)
    counts += _happen(merchant, to)
    return {name: counts[name] for name in KINDS}


def _happen(merchant, moment):
    """Everything that is due at one moment, with the clock at it."""
    with transaction.atomic():
        merchant.clock_at = _set(merchant, moment)
        with tenancy.scope(merchant):
            counts = _settle()
            relaying.relay(merchant)
            if month := preparing.month_due(merchant):
                preparing.prepare(merchant, month)
            held = sending.send_due(merchant)[Message.Status.HELD]
            return counts + Counter(messages=held)


def _set(merchant, moment):
    """Set the clock, unless another turn has brought it further already. Locks the merchant's row until commit."""
    row = Merchant.objects.select_for_update(no_key=True).get(id=merchant.id)
    row.clock_at = max(row.clock_at, moment)
    row.save(update_fields=["clock_at"])
    return row.clock_at


def _next_moment(merchant):
    """The nearest moment after now at which something is due, or None."""
    with tenancy.scope(merchant):
        waiting = Message.objects.filter(status=Message.Status.DUE).aggregate(at=Min("due_at"))["at"]
        moments = (settling.next_due_at(), waiting, _next_first(merchant))
        return min((moment for moment in moments if moment and moment > clock.now()), default=None)


def _next_first(merchant):
    first = clock.today(merchant.timezone).replace(day=1)
    return midnight(add_months(first, 1), merchant.timezone)


def _settle():
    """Settle all accounts that are due, and count what that wrote, by kind."""
    counts = Counter()
    settled = True
    while settled:
        settled, news = announcing.settle()
        counts += Counter(_COUNTED[kind] for kind in news)
    return counts
