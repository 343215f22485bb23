"""The stamps on a punch card as they are drawn: one for one, with the day each was given."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from programs import ledger
from programs.accounts import Lot, Unlock
from rewards.standing import Standing


@dataclass(frozen=True, slots=True)
class Stamp:
    """seed: always the same for the same stamp, so that it is drawn the same."""

    seed: str
    at: datetime


def on_card(standing: Standing) -> list[Stamp]:
    """The stamps on the card now, oldest first; on a full card whose reward waits, the stamps that filled it."""
    if standing.account_id is None:
        return []
    if standing.unlocked and standing.spendable <= 0:
        return _of_full_card(standing.account_id)
    lots = Lot.objects.filter(account_id=standing.account_id, remaining__gt=0, available_at=None)
    rows = lots.order_by("issued_at", "id").values_list("entry_id", "issued_at", "remaining")
    return [stamp for row in rows for stamp in _stamps(*row)]


def _of_full_card(account_id):
    waiting = Unlock.objects.filter(account_id=account_id, status=Unlock.Status.OPEN, entry__isnull=False)
    unlock = waiting.order_by("-at", "-id").first()
    if unlock is None:
        return []
    taken = dict(ledger.uses_of(unlock.entry_id))
    rows = (
        Lot.objects.filter(id__in=taken)
        .order_by("issued_at", "id")
        .values_list("entry_id", "issued_at", "id")
    )
    return [stamp for entry_id, at, lot_id in rows for stamp in _stamps(entry_id, at, taken[lot_id])]


def _stamps(entry_id: UUID, at: datetime, count: int):
    return [Stamp(f"{entry_id.hex}{place}", at) for place in range(count)]
