"""Everything of one member happens one after the other: whoever changes something locks the member first."""

from loyalty import tenancy
from loyalty.errors import Conflict
from loyalty.tenancy import prepared

MERGED = "merged"


def lock(member_ids, *, merged_too=False):
    """Lock members in the order of their ids until the transaction ends.

    A purchase, a merge, an erasure: whoever comes second sees what the first has done. References to the member
    by new rows do not wait for it. Returns {member id: (visits, last_visit_at)} as they are under the lock.
    Raises Conflict when one of them was merged into another meanwhile: asked for again, it is the survivor who is
    found. merged_too: for those who mean the merged row itself.
    """
    if not member_ids:
        return {}
    rows = prepared.rows(
        "SELECT id, visits, last_visit_at, status FROM members_member"
        " WHERE merchant_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        tenancy.merchant_id(), list(set(member_ids)),
    )  # fmt: skip
    if not merged_too and any(status == MERGED for *_figures, status in rows):
        raise Conflict()
    return {member_id: (visits, last) for member_id, visits, last, _status in rows}
