"""Several statements of one merchant as one short transaction, in one round trip.

For what is committed very often, row by row, between steps that cannot be taken back: there a scope's own round
trips would cost more than the work.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def execute(merchant, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[int]:
    """Run the statements in the merchant's scope; return how many rows each has changed.

    statements: [(SQL that names merchant_id, its parameters)]. Sent together they are one transaction: all or none.
    Not inside a scope: there the scope's own transaction would decide.
    """
    scope = ("SELECT stammgast_scope(%s, %s)", [str(merchant.id), str(merchant.id)])
    # The end of the transaction would withdraw the scope too; but it may be a part of a longer one.
    withdrawn = ("SELECT stammgast_scope(%s, %s)", ["", ""])
    all_of_them = [scope, *statements, withdrawn]
    changed = []
    with connection.cursor() as cursor:
        cursor.execute(
            "; ".join(sql for sql, _params in all_of_them),
            [value for _sql, params in all_of_them for value in params],
        )
        while cursor.nextset():
            changed.append(cursor.rowcount)
    return changed[:-1]
