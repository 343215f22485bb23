"""Whose benefits hold: the plan's name stands on the account as its level, the payer's and those of who sits along.

Rule: docs/rules/vip.md, "Benefits".
"""

from loyalty import ids
from loyalty.tenancy import bulk
from programs import ledger
from programs.accounts import LevelChange
from programs.subscriptions.models import Seat, Subscription


def review(program_id, member_ids, *, at, reason):
    """Set the level of members in a program to what their subscriptions say now, and note what has changed.

    A subscription of one's own goes before a seat on another's. Locks the accounts in id order.
    at: when it happened, which may be before now. reason: as in programs.accounts.LevelChange.
    """
    sheets = ledger.open_sheets([(member_id, program_id) for member_id in set(member_ids)])
    covering = _covering(program_id, member_ids)
    changes = []
    for (member_id, _program), sheet in sheets.items():
        level, sheet.level_until_at = covering.get(member_id, ("", None))
        sheet.is_changed = True
        if level != sheet.level:
            changes.append((ids.new(), sheet.id, sheet.level, level, reason, at))
            sheet.level, sheet.level_since_at = level, at if level else None
    ledger.save(sheets.values())
    bulk.insert(LevelChange, ("id", "account", "before", "after", "reason", "at"), changes)


def _covering(program_id, member_ids):
    """{member id: (plan, until when it holds if nothing else happens)}."""
    covering = Subscription.objects.filter(program=program_id, covers=True)
    on_seats = Seat.objects.filter(member__in=member_ids, subscription__in=covering).select_related(
        "subscription"
    )
    found = {seat.member_id: _plan(seat.subscription) for seat in on_seats.order_by("-id")}
    return found | {row.member_id: _plan(row) for row in covering.filter(member__in=member_ids)}


def _plan(row):
    return row.plan, row.grace_until_at if row.status == Subscription.Status.PAST_DUE else row.period_ends_at
