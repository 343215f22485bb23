"""What happens on accounts by itself: pending points become spendable, points expire. Safe to run twice."""

from loyalty import clock
from programs import ledger
from programs.accounts import Account


def settle_due(*, limit=1000) -> int:
    """Settle up to `limit` accounts of the merchant in scope that have something due by now; return how many.

    Accounts that another worker holds are skipped: it settles them itself when it opens them.
    """
    due = Account.objects.filter(next_due_at__lte=clock.now()).order_by("next_due_at")
    ids = list(due.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:limit])
    if ids:
        ledger.save(ledger.open_accounts(ids, with_lots=True).values())
    return len(ids)


def next_due_at():
    """When the next account of the merchant in scope has something due, or None."""
    due = Account.objects.filter(next_due_at__isnull=False).order_by("next_due_at")
    return due.values_list("next_due_at", flat=True).first()
