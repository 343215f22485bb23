"""What happens on accounts by itself is news too: settled, and told as events in the same transaction."""

from collections import Counter

from loyalty import ids
from loyalty.events.models import Event
from loyalty.tenancy import bulk
from programs import settling
from programs.accounts import Entry

KINDS = {"activate": "points.activated", "expire": "points.expired"}


COUNTED = {"points.activated": "activations", "points.expired": "expiries"}


def run_due(*, limit=1000) -> Counter:
    """A round of `settle`, as a duty: counts the accounts, and what happened on them by kind."""
    settled, news = settle(limit=limit)
    return Counter(accounts=settled) + Counter(COUNTED[kind] for kind in news)


def settle(*, limit=1000) -> tuple[int, list[str]]:
    """Settle up to `limit` accounts of the merchant in scope (see settling.settle_due), and record what happened.

    Returns how many accounts that were, and the kind of each event. Two statements more than settling alone.
    """
    # Ids are ordered by the time they were made: what settling writes comes after this one.
    before = ids.new()
    settled = settling.settle_due(limit=limit)
    if not settled:
        return 0, []
    entries = Entry.objects.filter(id__gt=before, kind__in=KINDS).order_by("id")
    facts = entries.values_list("kind", "amount", "at", "account__member_id", "account__program_id")
    rows = [_event(*row) for row in facts]
    bulk.insert(Event, ("id", "kind", "member_id", "payload", "at"), rows)
    return settled, [kind for _id, kind, *_rest in rows]


def _event(kind, amount, at, member_id, program_id):
    payload = {
        "member": ids.public("mem", member_id),
        "program": ids.public("prg", program_id),
        "amount": amount,
        "at": at.isoformat(),
    }
    return ids.new(), KINDS[kind], member_id, payload, at
