"""What programs give without a purchase: birthdays, anniversaries, custom events, codes. Once for each occasion.

Rule: docs/rules/occasions.md, "Given without a purchase"
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty import clock, ids, tenancy
from loyalty.events.models import Event
from loyalty.tenancy import bulk
from members import locking
from members.segments import choosing
from programs import budgets, catalogue, crediting, ledger, unlocking
from programs.accounts import Account, Unlock
from programs.bonuses import Bonus
from programs.earning import Facts
from programs.history import History
from programs.rules import Rule
from programs.sheet import Source


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a member is to be given in one program, and for what.

    key: what makes it one and the same occasion, e.g. "birthday:2026". rules: those that give for it.
    asked_at: the moment that their conditions look at, in the merchant's time. plain: reasons that hold without any
    rule, with their amounts (what a product code is worth).
    """

    member_id: UUID
    live: catalogue.Live
    key: str
    rules: tuple[Rule, ...]
    asked_at: datetime
    plain: tuple[dict, ...] = ()


@dataclass(slots=True)
class Given:
    """What an occasion gave in one program. because: one row for each rule. is_repeat: it was given before."""

    occasion: Occasion
    amount: int
    because: list[dict]
    available_at: datetime | None = None
    expires_at: datetime | None = None
    unlocks: list[Unlock] = field(default_factory=list)
    is_repeat: bool = False


def give(occasions: Sequence[Occasion]) -> list[Given]:
    """Give what the occasions deserve; return it in their order. What was given before is returned, not given again.

    A fixed number of statements, however many there are. Locks the members, then their accounts, each in id order,
    then the budgets of the rules.
    """
    if not occasions:
        return []
    locking.lock(sorted({one.member_id for one in occasions}))
    giving = _Giving(occasions)
    given = [giving.give(one) for one in occasions]
    giving.write()
    return given


def rules_for(live, *events) -> tuple[Rule, ...]:
    """The rules of a program that wait for one of these events; none where nothing is collected."""
    if not live.type.keeps_value(live.settings):
        return ()
    return tuple(rule for rule in live.rules if rule.when.event in events)


def taking_part(member_ids, live) -> set[UUID]:
    """Those of the members who take part in a program: everybody, or who has an account there."""
    if live.program.auto_enrol:
        return set(member_ids)
    held = Account.objects.filter(program=live.program, member_id__in=list(member_ids))
    return set(held.values_list("member_id", flat=True))


class _Giving:
    """Occasions on their way into the books: accounts under lock, what was given before, what is to be written."""

    def __init__(self, occasions):
        self.timezone = tenancy.merchant().timezone
        self.now = clock.now()
        self.local = self.now.astimezone(ZoneInfo(self.timezone))
        self.sheets = ledger.open_sheets(
            {(one.member_id, one.live.program.id) for one in occasions}, with_lots=True
        )
        accounts = {sheet.id: sheet.member_id for sheet in self.sheets.values()}
        self.before = _given_before(accounts, {one.key for one in occasions})
        rules = {rule for one in occasions for rule in one.rules}
        self.histories = _histories(accounts, rules, self.timezone)
        self.budgets = budgets.of_rules(
            {rule.id for rule in rules if rule.id and rule.limit.total is not None}
        )
        members = set(accounts.values())
        self.levels = _levels(members)
        self.segments = choosing.among({one for rule in rules for one in rule.if_.segments}, members)
        self.bonuses: list[tuple] = []
        self.unlocks: list[Unlock] = []
        self.events: list[tuple] = []

    def give(self, one):
        sheet = self.sheets[one.member_id, one.live.program.id]
        known = {rule.key for rule in one.rules} | {row["rule"] for row in one.plain}
        if before := [row for row in self.before[sheet.id, one.key] if _rule_key(row) in known]:
            return _repeated(one, before, self.timezone)
        facts = self._facts(sheet, one)
        because = [*one.plain, *(rule.bonus(one.asked_at, facts) for rule in one.rules)]
        amount = sum(row["amount"] for row in because)
        amount, because = one.live.type.fit(
            one.live.settings, amount, because, sheet.spendable + sheet.pending
        )
        given = Given(one, amount, because)
        entry = self._earn(sheet, given) if amount else None
        self._note(sheet, given, entry)
        return given

    def write(self):
        """Accounts first, then what refers to their entries."""
        ledger.save(self.sheets.values())
        bulk.insert(Bonus, ("id", "account", "rule_id", "occasion", "amount", "entry", "at"), self.bonuses)
        unlocking.save(self.unlocks)
        self.budgets.save()
        bulk.insert(Event, ("id", "kind", "member_id", "payload", "at"), self.events)

    def _facts(self, sheet, one):
        had = self.histories[sheet.id].facts(self.local).had
        segments = tuple(sorted(self.segments[one.member_id]))
        facts = Facts(had=had, level=sheet.level, levels=self.levels[one.member_id], segments=segments)
        return self.budgets.told(facts, one.rules)

    def _earn(self, sheet, given):
        live = given.occasion.live
        given.available_at, given.expires_at = crediting.dates(live, self.now, self.timezone)
        pending = given.available_at > self.now
        names = ", ".join(row["name"] for row in given.because if row["amount"])
        entry = sheet.earn(
            given.amount, at=self.now, source=Source(version_id=live.version_id, reason=names[:200]),
            available_at=given.available_at if pending else None, expires_at=given.expires_at,
        )  # fmt: skip
        sheet.settle(self.now)
        given.unlocks = unlocking.unlock(sheet, live, at=self.now)
        return entry

    def _note(self, sheet, given, entry):
        one = given.occasion
        self.histories[sheet.id].add(self.local, given.because)
        self.budgets.take(given.because)
        for row in given.because:
            rule_id = ids.parse("rul", row["rule"]) if row["rule"].startswith("rul_") else None
            entry_id = entry.id if entry and row["amount"] else None
            self.bonuses.append((ids.new(), sheet.id, rule_id, one.key, row["amount"], entry_id, self.now))
        self.unlocks.extend(given.unlocks)
        if given.amount:
            self.events.append((ids.new(), "bonus.given", one.member_id, _payload(given), self.now))


def _payload(given):
    return {
        "member": ids.public("mem", given.occasion.member_id), "program": given.occasion.live.program.public_id,
        "amount": given.amount, "occasion": given.occasion.key.partition(":")[0],
        "rules": [row["rule"] for row in given.because if row["amount"]],
        "unlocked": [ids.public("rwd", unlock.reward_id) for unlock in given.unlocks],
    }  # fmt: skip


def _given_before(accounts, keys):
    """Bonuses that stand, by (account, occasion)."""
    found = defaultdict(list)
    rows = Bonus.objects.filter(account_id__in=list(accounts), occasion__in=list(keys), withdrawn_at=None)
    for row in rows.order_by("id"):
        found[row.account_id, row.occasion].append(row)
    return found


def _rule_key(bonus):
    """Under which name a bonus stands in `because`: its rule's, or that of what holds without a rule."""
    return ids.public("rul", bonus.rule_id) or bonus.occasion.partition(":")[0]


def _repeated(one, before, timezone):
    """What was given for an occasion before, as far as it is kept: amounts by rule, and their dates."""
    names = {rule.key: rule.name for rule in one.rules}
    plain = {row["rule"]: row for row in one.plain}
    because = []
    for row in before:
        key = _rule_key(row)
        told = plain.get(key) or {"name": names[key], "code": "rule" if row.amount else "given_before"}
        because.append({"rule": key, "name": told["name"], "code": told["code"], "amount": row.amount})
    given = Given(one, sum(row.amount for row in before), because, is_repeat=True)
    if given.amount:
        given.available_at, given.expires_at = crediting.dates(one.live, before[0].at, timezone)
    return given


def _histories(accounts, rules, timezone):
    """What limited rules gave each account before, by the merchant's calendar."""
    histories = defaultdict(lambda: History(timezone))
    limited = {ids.parse("rul", rule.id): rule.key for rule in rules if rule.limits_something and rule.id}
    if not limited:
        return histories
    rows = Bonus.objects.filter(account_id__in=list(accounts), rule_id__in=list(limited), withdrawn_at=None)
    zone = ZoneInfo(timezone)
    for account_id, rule_id, at, amount in rows.values_list("account_id", "rule_id", "at", "amount"):
        because = [{"rule": limited[rule_id], "amount": amount}]
        histories[account_id].add(at.astimezone(zone), because)
    return histories


def _levels(member_ids):
    levels: dict[UUID, Any] = defaultdict(tuple)
    rows = Account.objects.filter(member_id__in=set(member_ids)).exclude(level="")
    for member_id, level in rows.values_list("member_id", "level"):
        levels[member_id] += (level,)
    return levels
