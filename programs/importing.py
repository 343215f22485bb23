"""A till's receipts become purchases, in chunks, through the same verb as the API's batch. Safe to start again.

Each chunk is one transaction. What an earlier run recorded is recognised by its receipt and left as it is, so that
an import that was broken off is finished by starting it again. Rule: docs/operating.md, "Bringing sales in".
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy

from loyalty import tenancy
from loyalty.errors import Invalid, Refused
from loyalty.merchants.models import Location
from members import finding, joining
from programs import enrolling, purchases
from programs.models import Purchase
from programs.purchases import Discount, Item, NewPurchase
from programs.till_receipts import Problem, Receipt

CHUNK = 1000


@dataclass
class Outcome:
    """What has become of the receipts so far.

    without_member: recorded for comparison only. without_program: recorded for a member at a time at which no program
    ran. given: {program's name: points or stamps}.
    """

    read: int = 0
    recorded: int = 0
    repeated: int = 0
    without_member: int = 0
    without_program: int = 0
    joined: int = 0
    problems: list[Problem] = field(default_factory=list)
    given: Counter = field(default_factory=Counter)


def run(
    merchant, receipts: Iterable[Receipt | Problem], *, location=None, create_members=False, dry_run=False,
    chunk=CHUNK, actor="import",
) -> Iterator[Outcome]:  # fmt: skip
    """Record receipts for a merchant; yields the same Outcome after each chunk, grown.

    create_members: who is not found joins, by their external id (or e-mail or phone); otherwise the receipt is a
    problem. location: where all were rung up. dry_run: finds out the same, and stores nothing.
    One transaction per chunk, in the merchant's scope, with the locks of purchases.record_many.
    """
    outcome, receipts = Outcome(), iter(receipts)
    while together := list(islice(receipts, chunk)):
        outcome.read += len(together)
        outcome.problems += [one for one in together if isinstance(one, Problem)]
        with tenancy.scope(merchant):
            step = _Chunk(outcome, location, create_members, actor)
            step.record([one for one in together if isinstance(one, Receipt)])
            if dry_run:
                transaction.set_rollback(True)
        yield outcome


class _Chunk:
    """Some receipts on their way into the books, in one transaction."""

    def __init__(self, outcome, location, create_members, actor):
        self.outcome, self.location, self.actor = outcome, location, actor
        self.create_members = create_members

    def record(self, receipts):
        fresh = self._leave_out_repeats(receipts)
        members, refused = self._members(fresh)
        locations = self._locations(fresh)
        ready = []
        for one in fresh:
            if one.who in refused:
                self._complain(one, refused[one.who])
            elif one.location not in locations:
                self._complain(one, _NO_LOCATION % {"text": one.location})
            else:
                ready.append(one)
        news = [_new_purchase(one, members.get(one.who), locations[one.location]) for one in ready]
        for receipt, result in zip(ready, purchases.record_many(news, actor=self.actor), strict=True):
            self._count(receipt, result)

    def _leave_out_repeats(self, receipts):
        """The receipts that were never recorded. One that is there with another amount or day is a problem."""
        zone = ZoneInfo(tenancy.merchant().timezone)
        rows = Purchase.objects.filter(external_id__in=[one.external_id for one in receipts])
        figures = rows.values_list("external_id", "amount_minor", "occurred_at")
        there = {external_id: (amount, at.astimezone(zone).date()) for external_id, amount, at in figures}
        fresh = []
        for one in receipts:
            # The day alone: what was sent by the till itself knows the second, a file often only the day.
            said = (one.amount_minor, one.occurred_at.astimezone(zone).date())
            if one.external_id not in there:
                there[one.external_id] = said
                fresh.append(one)
            elif there[one.external_id] == said:
                self.outcome.repeated += 1
            else:
                self._complain(one, _CLASH)
        return fresh

    def _members(self, receipts):
        """({who: Member}, {who: why not}) for the customers of receipts. Who is not found joins, or is refused."""
        first = {one.who: one for one in reversed(receipts) if one.who}
        found = finding.find_many({pair for who in first for pair in who})
        members = {}
        for who in first:
            if known := [found[pair] for pair in who if pair in found]:
                members[who] = known[0]
        missing = [one for who, one in reversed(first.items()) if who not in members]
        if not self.create_members:
            return members, {one.who: _UNKNOWN % {"text": one.who[0][1]} for one in missing}
        joined, refused = self._join(missing)
        return members | joined, refused

    def _join(self, receipts):
        # They joined with their first purchase, so that the list of members tells since when they come.
        rows = [_person(one.who) | {"at": one.occurred_at} for one in receipts]
        joined, refused = {}, {}
        for one, result in zip(receipts, enrolling.join_many(rows), strict=True):
            if isinstance(result, joining.Joined):
                self.outcome.joined += not result.is_repeat
                joined[one.who] = result.member
            elif isinstance(result, joining.AlreadyMember):
                joined[one.who] = result.member
            else:
                refused[one.who] = _sentence(result)
        return joined, refused

    def _locations(self, receipts):
        """{name in the file: Location}; "" is where all were rung up that do not say."""
        names = {one.location for one in receipts} - {""}
        named = Location.objects.filter(name__in=names) if names else ()
        return {"": self.location} | {location.name: location for location in named}

    def _count(self, receipt, result):
        if isinstance(result, Refused):
            self._complain(receipt, _sentence(result))
        elif result.is_repeat:
            self.outcome.repeated += 1
        else:
            self.outcome.recorded += 1
            self.outcome.without_member += not receipt.who
            self.outcome.without_program += bool(receipt.who) and not result.credits
            self.outcome.given.update({line.program.name: line.amount for line in result.credits})

    def _complain(self, receipt, sentence):
        self.outcome.problems.append(Problem(receipt.line, receipt.external_id, str(sentence)))


_CLASH = gettext_lazy(
    "This receipt is already there with another amount or day. If the till counts its receipts from 1 every day,"
    " import with --receipts-per-day."
)
_UNKNOWN = gettext_lazy(
    "No member is known by “%(text)s”. Import with --create-members, or let them join first."
)


_NO_LOCATION = gettext_lazy("There is no location “%(text)s”. Write its name as it is in the settings.")


def _new_purchase(receipt, member, location):
    off = receipt.discount_minor
    return NewPurchase(
        member, receipt.amount_minor, items=tuple(Item(**item) for item in receipt.items),
        occurred_at=receipt.occurred_at, location=location, external_id=receipt.external_id,
        discounts=(Discount(off),) if off else (),
    )  # fmt: skip


def _person(who):
    """What is known of a customer, as arguments of joining.register."""
    person = {}
    for kind, text in who:
        if kind == "phone":
            person["phone"] = text
        elif kind == "email" or "@" in text:
            person["email"] = text
        else:
            person.setdefault("external_id", text)
    return person


def _sentence(refusal):
    if isinstance(refusal, Invalid):
        return " ".join(
            sentence for several in refusal.facts["field_errors"].values() for sentence in several
        )
    return str(refusal)
