"""Everything of one member happens one after the other: whoever changes something locks the member first."""

from django.db import connection

from loyalty import tenancy


def lock(member_ids):
    """Lock members in the order of their ids until the transaction ends.

    A purchase, a merge, an erasure: whoever comes second sees what the first has done. References to the member
    by new rows do not wait for it.
    """
    if member_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM members_member WHERE merchant_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                [tenancy.merchant_id(), list(set(member_ids))],
            )
