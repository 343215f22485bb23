"""What happens on accounts by itself: pending points become spendable, points expire. Safe to run twice."""

from collections import Counter

from loyalty import clock
from programs import ledger
from programs.accounts import Account

_COUNTED = {"activate": "activations", "expire": "expiries"}


def settle_due(*, limit=1000) -> int:
    """Settle up to `limit` accounts of the merchant in scope that have something due by now; return how many.

    Accounts that another worker holds are skipped: it settles them itself when it opens them.
    """
    return run_due(limit=limit)["accounts"]


def run_due(*, limit=1000) -> Counter:
    """As settle_due: Counter(accounts=…, activations=…, expiries=…)."""
    due = Account.objects.filter(next_due_at__lte=clock.now()).order_by("next_due_at")
    ids = list(due.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:limit])
    counts = Counter(accounts=len(ids))
    if ids:
        sheets = ledger.open_accounts(ids).values()
        kinds = (entry.kind for sheet in sheets for entry in sheet.entries)
        counts.update(_COUNTED[kind] for kind in kinds if kind in _COUNTED)
        ledger.save(sheets)
    return +counts


def next_due_at():
    """When the next account of the merchant in scope has something due, or None."""
    due = Account.objects.filter(next_due_at__isnull=False).order_by("next_due_at")
    return due.values_list("next_due_at", flat=True).first()
