"""What happens on accounts by itself: pending points become spendable, points expire. Safe to run twice."""

from loyalty import clock
from programs import catalogue, ledger, unlocking
from programs.accounts import Account
from programs.models import Program


def settle_due(*, limit=1000) -> int:
    """Settle up to `limit` accounts of the merchant in scope that have something due by now; return how many.

    Accounts that another worker holds are skipped: it settles them itself when it opens them.
    """
    due = Account.objects.filter(next_due_at__lte=clock.now()).order_by("next_due_at")
    ids = list(due.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:limit])
    if ids:
        sheets = ledger.open_accounts(ids).values()
        unlocks = _unlock([sheet for sheet in sheets if sheet.balance > sheet.unlocked_to])
        ledger.save(sheets)
        unlocking.save(unlocks)
    return len(ids)


def _unlock(grown):
    """What the stamps that have just become spendable unlock."""
    if not grown:
        return []
    programs = catalogue.current(Program.objects.filter(id__in={sheet.program_id for sheet in grown}))
    by_id = {live.program.id: live for live in programs}
    return [
        unlock
        for sheet in grown
        for unlock in unlocking.unlock(sheet, by_id[sheet.program_id], at=clock.now())
    ]


def next_due_at():
    """When the next account of the merchant in scope has something due, or None."""
    due = Account.objects.filter(next_due_at__isnull=False).order_by("next_due_at")
    return due.values_list("next_due_at", flat=True).first()
