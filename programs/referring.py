"""The friend's side of a referral: what somebody gets for having brought a new customer who now has bought.

Rule: docs/rules/points.md, "Referrals".
"""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty import ids
from loyalty.tenancy import bulk
from programs import unlocking
from programs.accounts import Unlock
from programs.bonuses import Bonus
from programs.earning import Facts
from programs.history import History
from programs.sheet import Source


@dataclass(slots=True)
class Referrals:
    """Bonuses of one transaction, to be saved after their sheets. unlocks: what they have filled."""

    now: datetime
    timezone: str
    rows: list[Bonus] = field(default_factory=list)
    unlocks: list[Unlock] = field(default_factory=list)

    def give(self, sheet, live, rule, purchase, *, dates, budgets):
        """Book what a referral rule gives the friend for a purchase, trimmed by the rule's limits.

        dates: from when it can be spent, and until when. Once for each new customer: the database refuses a second
        bonus for the same one while the first stands.
        """
        facts = budgets.told(self._facts(sheet, rule, purchase.occurred_at), [rule])
        amount, _reason = rule.trimmed(rule.gives.referrer or rule.gives.amount, facts)
        entry = self._earn(sheet, live, rule, purchase, amount, dates) if amount else None
        budgets.take([{"rule": rule.key, "amount": amount}])
        self.rows.append(
            Bonus(
                account_id=sheet.id, rule_id=ids.parse("rul", rule.id), amount=amount, at=purchase.occurred_at,
                occasion=f"referral:{ids.public('mem', purchase.member_id)}", purchase_id=purchase.id,
                entry_id=entry.id if entry else None,
            )
        )  # fmt: skip

    def save(self):
        """Write the bonuses, after the sheets with their entries."""
        bulk.insert(Bonus, _COLUMNS, [tuple(getattr(row, name) for name in _COLUMNS) for row in self.rows])
        self.rows = []

    def _earn(self, sheet, live, rule, purchase, amount, dates):
        available_at, expires_at = dates
        waits = live.settings.pending_days > 0 and available_at > self.now
        source = Source(purchase_id=purchase.id, version_id=live.version_id, reason=rule.name[:200])
        entry = sheet.earn(
            amount, at=purchase.occurred_at, source=source, available_at=available_at if waits else None,
            expires_at=expires_at,
        )  # fmt: skip
        sheet.settle(self.now)
        self.unlocks += unlocking.unlock(sheet, live, at=purchase.occurred_at)
        return entry

    def _facts(self, sheet, rule, at):
        """What the rule gave this account before, where it has limits to be kept."""
        history = History(self.timezone)
        zone = ZoneInfo(self.timezone)
        if rule.limits_something:
            rule_id = ids.parse("rul", rule.id)
            rows = Bonus.objects.filter(account_id=sheet.id, rule_id=rule_id, withdrawn_at=None)
            given = [*rows.values_list("at", "amount")]
            new = [row for row in self.rows if (row.account_id, row.rule_id) == (sheet.id, rule_id)]
            given += [(row.at, row.amount) for row in new]
            for when, amount in given:
                history.add(when.astimezone(zone), [{"rule": rule.key, "amount": amount}])
        return Facts(had=history.facts(at.astimezone(zone)).had)


_COLUMNS = ("id", "account_id", "rule_id", "occasion", "amount", "entry_id", "purchase_id", "at")
