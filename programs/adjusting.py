"""Corrections by hand: with a reason, and by somebody. Rule: docs/rules.md, "Adjustments"."""

from django.utils.translation import gettext as _

from loyalty import clock, tenancy
from loyalty.errors import Invalid
from loyalty.events import recording
from members import locking
from programs import catalogue, crediting, expiry, ledger
from programs.models import Program
from programs.sheet import Source


def adjust(*, member, program, amount, reason, actor):
    """Correct a balance by `amount` (up or down, in the program's unit). Returns the new Entry's sheet line.

    Down at most to zero. Stamps that fill a card unlock its reward. Locks the member, then the account.
    Raises Invalid without a reason or with amount 0, InsufficientBalance.
    """
    wrong = {}
    if not reason.strip():
        wrong["reason"] = [_("Write down why, so that it can be understood later.")]
    if amount == 0:
        wrong["amount"] = [_("An adjustment by nothing changes nothing.")]
    if wrong:
        raise Invalid(wrong)
    locking.lock([member.id])
    sheet = ledger.open_sheets([(member.id, program.id)], with_lots=True)[member.id, program.id]
    live = catalogue.current(Program.objects.filter(id=program.id))[0]
    now = clock.now()
    # It can be spent at once, so that the time to its expiry begins now.
    expires_at = expiry.expires_at(live.settings.expiry, now, tenancy.merchant().timezone)
    source = Source(reason=reason.strip()[:200], actor=actor, version_id=live.version_id)
    entry = sheet.adjust(amount, at=now, source=source, expires_at=expires_at if amount > 0 else None)
    unlocks = crediting.unlock(sheet, live, at=now)
    ledger.save([sheet])
    crediting.save_unlocks(unlocks)
    recording.record(
        "points.adjusted",
        member_id=member.id,
        member=member.public_id,
        program=program.public_id,
        amount=amount,
    )
    return entry
