"""A person's PIN at the counter: five wrong ones lock it for five minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty import clock
from loyalty.errors import NotFound
from loyalty.merchants.models import Staff

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Tried:
    """person: who may come in; None when the PIN was wrong. locked_until: no PIN counts before."""

    person: Staff | None
    locked_until: datetime | None = None


def enter(public_id: str, pin: str) -> Tried:
    """Try a person's PIN. Locks the person's row, so that guesses cannot run side by side.

    Never raises for a wrong PIN: the failure is counted in the transaction of the scope. Raises NotFound for a
    person who does not work here.
    """
    known = Staff.objects.by_public_id(Staff.prefix, public_id)
    person = Staff.objects.select_for_update().get(id=known.id)
    if person.left_at is not None:
        raise NotFound(id=public_id)
    now = clock.now()
    if person.locked_until and person.locked_until > now:
        return Tried(None, person.locked_until)
    right = bool(person.pin_hash) and person.has_pin(pin)
    person.failed_pins = 0 if right else person.failed_pins + 1
    person.locked_until = now + LOCKED_FOR if person.failed_pins >= MOST_FAILURES else None
    if person.locked_until:
        person.failed_pins = 0
    person.save(update_fields=["failed_pins", "locked_until"])
    return Tried(person if right else None, person.locked_until)


def leaders() -> list[Staff]:
    """Who may decide against a rule at the counter: owners and managers that have a PIN."""
    roles = [Staff.Role.OWNER, Staff.Role.MANAGER]
    rows = Staff.objects.filter(role__in=roles, left_at__isnull=True).exclude(pin_hash="")
    return list(rows.order_by("name"))
