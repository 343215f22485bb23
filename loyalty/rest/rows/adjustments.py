"""Corrections that wait or waited for a second person, as the API tells them."""

from loyalty import ids
from loyalty.rest.shapes import adjustments as shapes


def adjustment(row):
    """An AdjustmentProposal."""
    return shapes.Adjustment(
        id=row.public_id, status=row.status, member=ids.public("mem", row.member_id),
        program=ids.public("prg", row.program_id), amount=row.amount, reason=row.reason,
        proposed_by=row.proposed_by, proposed_at=row.proposed_at, decided_by=row.decided_by or None,
        decided_at=row.decided_at, entry=ids.public("ent", row.entry_id),
    )  # fmt: skip
