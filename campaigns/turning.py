"""The test clock of a sandbox is turned: everything that would have happened on the way happens, in its order."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import duties
from loyalty import tenancy
from loyalty.errors import NotFound, Refused
from loyalty.merchants.models import Merchant

# What is told of a turn, in the order in which it happens at one moment.
KINDS = ("activations", "expiries", "tier_reviews", "renewals", "occasions", "program_ends", "warnings", "rewards",
         "messages")  # fmt: skip


class ClockGoesForward(Refused):
    code = "clock_goes_forward"
    sentence = _("The clock stands at %(now)s and only goes forward. Send a later time.")


def turn(*, merchant: Merchant, to: datetime) -> dict[str, int]:
    """Turn a sandbox's clock forward to a moment, from one due moment to the next; count what happened by kind.

    Each due moment is a transaction, in which the clock shows it: `merchant` is changed along. What happens at one
    moment, and in which order, says campaigns.duties. A second turn at the same time joins in, and goes on where the
    first has come to. Raises ClockGoesForward, and NotFound where there is no such clock.
    """
    if merchant.clock_at is None:
        raise NotFound()
    if to < merchant.clock_at:
        raise ClockGoesForward(now=merchant.clock_at.isoformat())
    counts, following = _happen(merchant, merchant.clock_at)
    while following is not None and following < to:
        done, following = _happen(merchant, following)
        counts += done
    done, _following = _happen(merchant, to)
    return _told(counts + done)


def _happen(merchant: Merchant, moment: datetime) -> tuple[Counter, datetime | None]:
    """Everything that is due at one moment, with the clock at it; and the next moment at which something is."""
    with transaction.atomic():
        merchant.clock_at = _set(merchant, moment)
        with tenancy.scope(merchant):
            return duties.happen()


def _set(merchant, moment):
    """Set the clock, unless another turn has brought it further already. Locks the merchant's row until commit."""
    row = Merchant.objects.select_for_update(no_key=True).get(id=merchant.id)
    row.clock_at = max(row.clock_at, moment)
    row.save(update_fields=["clock_at"])
    return row.clock_at


def _told(counts):
    return {name: counts[name] for name in KINDS}
