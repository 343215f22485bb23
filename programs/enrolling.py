"""Joining: a member, a card, and what the merchant's programs give for a start."""

from zoneinfo import ZoneInfo

from loyalty import clock, tenancy
from loyalty.events import recording
from members import joining
from programs import catalogue, expiry, ledger, unlocking
from programs.earning import Basket, Facts
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
    unlocks = [
        unlock
        for live in programs
        for unlock in _give([sheets[member.id, live.program.id] for member in members], live, at)
    ]
    ledger.save(sheets.values())
    unlocking.save(unlocks)


def _give(sheets, live, at):
    """Book what joining gives in one program; return what that unlocks."""
    timezone = tenancy.merchant().timezone
    amount = live.type.welcome(live.settings) + _by_rules(live, at.astimezone(ZoneInfo(timezone)))
    if not amount:
        return []
    expires_at = expiry.expires_at(live.settings.expiry, at, timezone)
    given = Source(version_id=live.version_id, reason="welcome")
    for sheet in sheets:
        sheet.earn(amount, at=at, source=given, expires_at=expires_at)
    return [unlock for sheet in sheets for unlock in unlocking.unlock(sheet, live, at=at)]


def _by_rules(live, local):
    basket = Basket(net_minor=0, lines=(), at=local)
    joined = [
        rule for rule in live.rules if rule.when.event == "joined" and rule.misses(basket, Facts()) is None
    ]
    return sum(rule.gives.amount or 0 for rule in joined)
