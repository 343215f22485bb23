"""What a balance has newly reached becomes unlocked rewards. Rule: docs/rules.md, "Punch card"."""

from loyalty import ids
from loyalty.tenancy import bulk
from programs.accounts import Unlock
from programs.sheet import Source

_COLUMNS = ("id", "account_id", "member_id", "reward_id", "entry_id", "purchase_id", "cost", "position", "as_voucher",
            "level", "at", "status")  # fmt: skip


def unlock(sheet, live, *, at, purchase_id=None):
    """Turn what the balance has newly reached into unlocked rewards. Returns new Unlock rows, not yet saved.

    With `carry` a full card's stamps leave the balance at once.
    """
    unlocks = []
    for grant in live.type.grants(live.settings, sheet.unlocked_to, sheet.balance):
        source = Source(purchase_id=purchase_id, version_id=live.version_id)
        entry = sheet.burn(grant.pays, at=at, source=source) if grant.pays else None
        unlocks.append(granted(sheet, grant, at=at, entry=entry, purchase_id=purchase_id))
    sheet.unlocked_to = sheet.balance
    return unlocks


def granted(sheet, grant, *, at, entry=None, purchase_id=None):
    """The Unlock row of a grant, not yet saved."""
    return Unlock(
        account_id=sheet.id, member_id=sheet.member_id, entry_id=entry.id if entry else None,
        purchase_id=purchase_id, at=at, cost=grant.cost, position=grant.position, as_voucher=grant.as_voucher,
        level=grant.level, reward_id=ids.parse("rwd", grant.reward) if grant.reward else None,
    )  # fmt: skip


def save(unlocks):
    """Write unlocks, after the sheets whose entries they name: one statement."""
    bulk.insert(Unlock, _COLUMNS, [tuple(getattr(row, name) for name in _COLUMNS) for row in unlocks])
