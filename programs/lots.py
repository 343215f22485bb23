"""Which points are used first. Pure. Rule: docs/rules.md, "Lots"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(slots=True)
class OpenLot:
    """What is left of one earning. `available_at` set: pending until then."""

    id: UUID
    account_id: UUID
    amount: int
    remaining: int
    issued_at: datetime
    available_at: datetime | None
    expires_at: datetime | None
    entry_id: UUID
    purchase_id: UUID | None = None
    version_id: UUID | None = None
    # In a coalition: who gave the points, and what they are worth, in minor units each.
    issuer_id: UUID | None = None
    price: Decimal | None = None
    is_new: bool = False
    is_changed: bool = False

    @property
    def is_pending(self):
        return self.available_at is not None


def in_order_of_use(lots: Iterable[OpenLot]) -> list[OpenLot]:
    """The lot that expires first comes first; what never expires, last; of equals the older one."""
    return sorted(
        lots, key=lambda lot: (lot.expires_at is None, lot.expires_at or lot.issued_at, lot.issued_at, lot.id)
    )


def ends_at(expires_at: datetime | None, closes_at: datetime | None) -> datetime | None:
    """When a lot expires: by its own date, or with its program's last day for spending, whichever comes first."""
    return min((moment for moment in (expires_at, closes_at) if moment is not None), default=None)


def take(lots: Iterable[OpenLot], amount: int) -> list[tuple[OpenLot, int]]:
    """How much to take from which lot, in the order given, up to `amount` in all. Changes nothing."""
    taken = []
    for lot in lots:
        if amount <= 0:
            break
        part = min(lot.remaining, amount)
        if part:
            taken.append((lot, part))
            amount -= part
    return taken
