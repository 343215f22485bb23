"""Joining: a member, a card, and what the merchant's programs give for a start."""

from zoneinfo import ZoneInfo

from loyalty import clock, tenancy
from loyalty.events import recording
from members import joining
from programs import budgets, catalogue, expiry, ledger, reviewing, unlocking
from programs.earning import Facts
from programs.sheet import Source


def join(*, at=None, source="signup", **person):
    """Register a member (see members.joining.register for `person`) and enrol in every program that runs.

    Welcome stamps and rules for joining are given at once. Raises AlreadyMember, Invalid.
    """
    member = joining.register(at=at, **person)
    welcome([member], at=at or clock.now())
    recording.record("member.joined", member_id=member.id, member=member.public_id, source=source)
    return member


def join_many(rows, *, at=None, source="import"):
    """Register members in bulk (see members.joining.register_many) and enrol the new ones: results in order."""
    results = joining.register_many(rows)
    new = [one.member for one in results if isinstance(one, joining.Joined) and not one.is_repeat]
    welcome(new, at=at or clock.now())
    return results


def welcome(members, *, at):
    """Open members' accounts in the programs that enrol by themselves, and give what joining gives.

    A handful of statements, however many members there are.
    """
    programs = [live for live in catalogue.live(at) if live.program.auto_enrol]
    keys = [(member.id, live.program.id) for member in members for live in programs]
    sheets = ledger.open_sheets(keys, with_lots=True) if keys else {}
    review = reviewing.Review()
    for live in programs:
        if live.type.has_tiers:
            for member in members:
                review.count(sheets[member.id, live.program.id], live, 0, at)
    held = budgets.open_for(programs)
    unlocks = [
        unlock
        for live in programs
        for unlock in _give([sheets[member.id, live.program.id] for member in members], live, at, held)
    ]
    ledger.save(sheets.values())
    unlocking.save(unlocks)
    review.save()
    held.save()


def _give(sheets, live, at, held):
    """Book what joining gives in one program; return what that unlocks. held: the rules' budgets."""
    timezone = tenancy.merchant().timezone
    local = at.astimezone(ZoneInfo(timezone))
    expires_at = expiry.expires_at(live.settings.expiry, at, timezone)
    given = Source(version_id=live.version_id, reason="welcome")
    for sheet in sheets:
        amount = live.type.welcome(live.settings) + _by_rules(live, local, held)
        if amount:
            sheet.earn(amount, at=at, source=given, expires_at=expires_at)
    return [unlock for sheet in sheets for unlock in unlocking.unlock(sheet, live, at=at)]


def _by_rules(live, local, held):
    """What the rules for joining give one more member, as far as their budgets last."""
    joined = [rule for rule in live.rules if rule.when.event == "joined"]
    rows = [rule.bonus(local, held.told(Facts(), [rule])) for rule in joined]
    held.take(rows)
    return sum(row["amount"] for row in rows)
