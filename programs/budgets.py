"""What a rule may give to all members together (`limit.total`): counted under lock, so that nobody gives beyond it.

Rule: docs/rules/points.md, "Budgets".
"""

from dataclasses import dataclass, field, replace

from django.db import connection

from loyalty import ids, tenancy
from loyalty.tenancy import bulk
from programs.bonuses import RuleBudget


@dataclass(slots=True)
class Budgets:
    """What the rules with a budget have given so far, by the rule's public id."""

    given: dict[str, int] = field(default_factory=dict)
    rows: dict[str, RuleBudget] = field(default_factory=dict)

    def told(self, facts, rules):
        """The facts with what all members together had of these rules."""
        totals = {rule.key: {"total": self.given[rule.key]} for rule in rules if rule.key in self.given}
        if not totals:
            return facts
        had = facts.had | {key: facts.had.get(key, {}) | total for key, total in totals.items()}
        return replace(facts, had=had)

    def take(self, because, times=1):
        """Note what these reasons gave; times=-1: what is given back."""
        for row in because:
            if row["rule"] in self.given:
                given = self.given[row["rule"]] + times * row.get("added", row["amount"])
                self.given[row["rule"]] = max(0, given)

    def save(self):
        changed = [
            (row.id, self.given[key]) for key, row in self.rows.items() if row.given != self.given[key]
        ]
        bulk.update(RuleBudget, ("given",), changed)


def open_for(programs, *, lock=True) -> Budgets:
    """The budgets of all rules of these programs that have one. Locks them in the rules' order, after the accounts."""
    rules = {rule.id for live in programs for rule in live.rules if rule.id and rule.limit.total is not None}
    return of_rules(rules, lock=lock) if rules else Budgets()


def of_rules(public_ids, *, lock=True) -> Budgets:
    """The same for rules by their public ids."""
    keys = {ids.parse("rul", one): one for one in public_ids}
    if lock:
        _create(sorted(keys))
    rows = RuleBudget.objects.filter(rule_id__in=keys).order_by("rule_id")
    found = {keys[row.rule_id]: row for row in (rows.select_for_update(no_key=True) if lock else rows)}
    return Budgets(dict.fromkeys(public_ids, 0) | {key: row.given for key, row in found.items()}, found)


def _create(rule_ids):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO programs_rulebudget (merchant_id, id, rule_id, given)"
            " SELECT %s, new.id, new.rule_id, 0 FROM unnest(%s::uuid[], %s::uuid[]) AS new(id, rule_id)"
            " ON CONFLICT DO NOTHING",
            [tenancy.merchant_id(), [ids.new() for _rule in rule_ids], rule_ids],
        )
