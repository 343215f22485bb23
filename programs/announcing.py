"""What happens on accounts by itself is news too: told with the entries, whoever came upon it first."""

from loyalty import ids
from loyalty.events.models import Event
from loyalty.tenancy import bulk

KINDS = {"activate": "points.activated", "expire": "points.expired"}
_COLUMNS = ("id", "kind", "member_id", "payload", "at")


def tell(sheets):
    """Record what has become spendable and what has expired on these sheets: one statement, where there was any."""
    told = [_event(sheet, entry) for sheet in sheets for entry in sheet.entries if entry.kind in KINDS]
    bulk.insert(Event, _COLUMNS, told)


def _event(sheet, entry):
    payload = {
        "member": ids.public("mem", sheet.member_id),
        "program": ids.public("prg", sheet.program_id),
        "amount": entry.amount,
        "at": entry.at.isoformat(),
    }
    return ids.new(), KINDS[entry.kind], sheet.member_id, payload, entry.at
