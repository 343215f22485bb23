"""Reading as a partner: what a coalition's partner is shown of an operator's rows is read as a role that sees no more.

The scope names the operator and the partner (`scope(operator, acting=partner)`); the role's policies go by both.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from loyalty.tenancy import scoping
from loyalty.tenancy.operations import PARTNER_ROLE

_reads: ContextVar = ContextVar("reads_as_partner", default=False)


@contextmanager
def reading():
    """For the block, see what the acting partner may see. Outside of a partner's scope nothing changes. Nests.

    Only columns that were granted may be asked for: name them, with `only()` or `values_list()`.
    """
    if scoping.acting() is None or _reads.get():
        yield
        return
    token = _reads.set(True)
    try:
        with _as_partner():
            yield
    finally:
        _reads.reset(token)


@contextmanager
def _as_partner():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {PARTNER_ROLE}")
        yield
        # The transaction's end would do so too; but it may be a part of a longer one. After an error the
        # savepoint's end has done so.
        cursor.execute("RESET ROLE")
