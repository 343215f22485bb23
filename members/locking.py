"""Everything of one member happens one after the other: whoever changes something locks the member first."""

from django.db import connection

from loyalty import tenancy


def lock(member_ids):
    """Lock members in the order of their ids until the transaction ends.

    A purchase, a merge, an erasure: whoever comes second sees what the first has done. References to the member
    by new rows do not wait for it. Returns {member id: (visits, last_visit_at)} as they are under the lock.
    """
    if not member_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, visits, last_visit_at FROM members_member"
            " WHERE merchant_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [tenancy.merchant_id(), list(set(member_ids))],
        )
        return {member_id: (visits, last) for member_id, visits, last in cursor.fetchall()}
