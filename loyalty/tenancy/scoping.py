"""Whose data is in reach: one merchant's, for one transaction."""

from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

from loyalty import clock
from loyalty.tenancy import prepared

_current: ContextVar = ContextVar("merchant", default=None)
_acting: ContextVar = ContextVar("acting", default=None)


class ScopeConflict(RuntimeError):
    """A scope of one merchant was opened inside another's. This is a mistake in the code, never of a user."""


@contextmanager
def scope(merchant, acting=None):
    """Open a transaction in which the rows of `merchant`, and no others, can be seen and written.

    merchant: a Merchant, or anything with `id` (UUID) and `clock_at` (a sandbox's stopped clock, or None).
    acting: the partner that asks, in a coalition; by default the merchant itself.
    Row security reads the setting that is made here for this transaction only. Scopes of the same merchant
    nest as savepoints, and who acts stays the same. Raises ScopeConflict inside another merchant's scope.
    """
    held = _current.get()
    if held is not None and held.id != merchant.id:
        raise ScopeConflict(f"{merchant.id} inside {held.id}")
    if held is not None and acting is not None and acting.id != acting_id():
        raise ScopeConflict(f"{acting.id} acts inside a scope in which {acting_id()} does")
    if held is not None:
        with transaction.atomic():
            yield
        return
    with transaction.atomic(), clock.at(merchant.clock_at):
        _announce(merchant.id, acting.id if acting else merchant.id)
        token, acting_token = _current.set(merchant), _acting.set(acting)
        try:
            yield
        finally:
            _current.reset(token)
            _acting.reset(acting_token)
            _withdraw()


def merchant():
    """The merchant whose scope is open. Raises LookupError outside a scope."""
    held = _current.get()
    if held is None:
        raise LookupError("no merchant's scope is open")
    return held


def merchant_id() -> UUID | None:
    """The id of the merchant whose scope is open, or None."""
    held = _current.get()
    return held.id if held else None


def acting():
    """The partner that asks in a coalition, as it was given to `scope`; None where the merchant itself does."""
    return _acting.get()


def acting_id() -> UUID | None:
    """The id of the partner that asks, or None."""
    held = _acting.get()
    return held.id if held else None


def _announce(merchant_uuid, acting_uuid):
    prepared.later("SELECT stammgast_scope(%s, %s)", str(merchant_uuid), str(acting_uuid))


def _withdraw():
    # The setting ends with the transaction. Only where the scope was opened inside a longer transaction
    # (a test's, a command's) would it outlive the scope. In a broken one nothing can be read any more.
    still_open = connection.in_atomic_block and len(connection.savepoint_ids) > 0
    if still_open and not connection.needs_rollback:
        _announce("", "")
