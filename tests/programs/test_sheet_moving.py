"""What moves between the pages of two accounts, compared step by step with plain heaps of points."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from loyalty import ids
from programs.sheet import InsufficientBalance, Sheet, Source
from tests.programs.heaps import Heaps
from tests.steady import STEADY

START = datetime(2026, 1, 1, tzinfo=UTC)
AMOUNT = st.integers(1, 60)
WHO = st.integers(0, 1)
NOTHING = Source()


def day(number):
    return None if number is None else START + timedelta(days=number)


def sheet(**figures):
    return Sheet(ids.new(), ids.new(), ids.new(), **figures)


class Neighbours(RuleBasedStateMachine):
    """Two members earn, spend, owe and give to each other, until one of them turns out to be the other."""

    def __init__(self):
        super().__init__()
        self.now = 0
        self.pages, self.models = [sheet(), sheet()], [Heaps(), Heaps()]
        self.lots, self.purchases = {}, []
        self.is_merged = False

    def open(self):
        for page, model in zip(self.pages, self.models, strict=True):
            page.settle(day(self.now))
            model.move_on(self.now)

    def one(self, who):
        """Who was merged is asked for in vain: it is the survivor who answers."""
        who = 1 if self.is_merged else who
        return self.pages[who], self.models[who]

    @rule(days=st.integers(1, 25))
    def time_passes(self, days):
        self.now += days

    @rule(who=WHO, amount=AMOUNT, waits=st.none() | st.integers(1, 20), lasts=st.none() | st.integers(1, 40))
    def earn(self, who, amount, waits, lasts):
        self.open()
        page, model = self.one(who)
        starts = None if waits is None else self.now + waits
        ends = None if lasts is None else self.now + (waits or 0) + lasts
        purchase = ids.new()
        entry = page.earn(
            amount, at=day(self.now), source=Source(purchase_id=purchase), available_at=day(starts),
            expires_at=day(ends),
        )  # fmt: skip
        heap = model.add(amount, at=self.now, starts=starts, ends=ends, purchase=purchase)
        (self.lots[heap.number],) = (lot for lot in page.lots.values() if lot.entry_id == entry.id)
        self.purchases.append((who, purchase))

    @rule(who=WHO, amount=AMOUNT)
    def burn(self, who, amount):
        self.open()
        page, model = self.one(who)
        if model.spend(amount) is not None:
            page.burn(amount, at=day(self.now), source=NOTHING)

    @precondition(lambda self: self.purchases)
    @rule(which=st.integers(0, 10**6), amount=AMOUNT, forgive=st.booleans())
    def refund(self, which, amount, forgive):
        self.open()
        who, purchase = self.purchases[which % len(self.purchases)]
        page, model = self.one(who)
        page.take_back(amount, of_purchase=purchase, at=day(self.now), source=NOTHING, forgive=forgive)
        model.take_back(amount, purchase, forgive=forgive)

    @precondition(lambda self: not self.is_merged)
    @rule(who=WHO, amount=AMOUNT)
    def give(self, who, amount):
        self.open()
        (page, model), (to, to_model) = self.one(who), self.one(1 - who)
        given = {"at": day(self.now), "source": NOTHING, "received": NOTHING}
        heaps = model.give(amount, to_model)
        if heaps is None:
            before = len(page.entries), len(to.entries)
            with pytest.raises(InsufficientBalance):
                page.hand_over(amount, to, **given)
            assert (len(page.entries), len(to.entries)) == before
            return
        out, into = page.hand_over(amount, to, **given)
        assert (out.amount, into.amount) == (-amount, amount)
        lots = [lot for lot in to.lots.values() if lot.entry_id == into.id]
        self.lots |= {heap.number: lot for heap, lot in zip(heaps, lots, strict=True)}

    @precondition(lambda self: not self.is_merged)
    @rule()
    def merge(self):
        self.open()
        old, survivor = self.pages
        old.merge_into(survivor, at=day(self.now), source=NOTHING)
        self.models[0].join(self.models[1])
        self.is_merged = True
        assert (old.balance, old.pending, old.debt, old.next_due_at) == (0, 0, 0, None)

    @invariant()
    def figures_are_the_models(self):
        for page, model in zip(self.pages, self.models, strict=True):
            assert (page.balance, page.pending, page.debt, page.lifetime) == (
                model.balance, model.pending, model.debt, model.lifetime,
            )  # fmt: skip
            for heap in model.heaps:
                lot = self.lots[heap.number]
                assert (lot.account_id, lot.remaining) == (page.id, heap.left)
                if heap.left:
                    assert (lot.available_at, lot.expires_at) == (day(heap.starts), day(heap.ends))

    @invariant()
    def entries_add_up(self):
        for page in self.pages:
            assert sum(entry.amount for entry in page.entries) == page.spendable
            assert sum(entry.pending_amount for entry in page.entries) == page.pending
            assert all(entry.amount or entry.pending_amount for entry in page.entries)

    @invariant()
    def uses_add_up(self):
        used = dict.fromkeys((lot.id for lot in self.lots.values()), 0)
        for page in self.pages:
            for entry in page.entries:
                for lot, part in entry.uses:
                    used[lot.id] += part
        assert all(lot.remaining == lot.amount - used[lot.id] for lot in self.lots.values())

    @invariant()
    def nothing_is_negative_and_there_is_no_balance_beside_a_debt(self):
        for page in self.pages:
            assert min(page.balance, page.pending, page.debt) >= 0
            assert page.balance == 0 or page.debt == 0

    @invariant()
    def the_next_thing_to_happen_is_known(self):
        for page in self.pages:
            lots = [lot for lot in page.lots.values() if lot.remaining]
            dates = [date for lot in lots if (date := lot.available_at or lot.expires_at)]
            assert page.next_due_at == min(dates, default=None)


TestNeighbours = Neighbours.TestCase
TestNeighbours.settings = settings(max_examples=100, stateful_step_count=40, **STEADY)


def test_130_from_lots_of_100_and_80_are_100_and_30_with_their_dates():
    one, other = sheet(), sheet()
    one.earn(80, at=day(0), source=Source(purchase_id=ids.new(), version_id=ids.new()), expires_at=day(20))
    one.earn(100, at=day(0), source=NOTHING, expires_at=day(5))
    one.hand_over(130, other, at=day(1), source=NOTHING, received=NOTHING)
    lots = list(other.lots.values())
    assert [(lot.amount, lot.remaining, lot.expires_at) for lot in lots] == [
        (100, 100, day(5)), (30, 30, day(20)),
    ]  # fmt: skip
    assert (one.balance, other.balance, other.lifetime) == (50, 130, 0)
    assert [lot.purchase_id for lot in lots] == [None, None]
    assert lots[1].version_id is not None


def test_a_transfer_is_activity_on_both_sides_and_a_merge_on_neither():
    one, other = sheet(), sheet()
    one.earn(10, at=day(0), source=NOTHING)
    one.hand_over(4, other, at=day(3), source=NOTHING, received=NOTHING)
    assert (one.last_activity_at, other.last_activity_at) == (day(3), day(3))
    one.merge_into(other, at=day(9), source=NOTHING)
    assert (one.last_activity_at, other.last_activity_at) == (day(3), day(3))


def test_fractions_of_two_accounts_add_up_to_a_whole():
    old, survivor = sheet(carry=Fraction(3, 5)), sheet(carry=Fraction(2, 5))
    old.merge_into(survivor, at=day(0), source=NOTHING)
    assert (old.carry, survivor.carry) == (0, 1)
    assert old.entries == survivor.entries == [], "nothing was moved that an entry could tell of"


def test_accounts_without_their_lots_at_hand_cannot_be_merged():
    old, survivor = sheet(has_all_lots=False), sheet()
    with pytest.raises(LookupError):
        old.merge_into(survivor, at=day(0), source=NOTHING)
    with pytest.raises(LookupError):
        survivor.merge_into(old, at=day(0), source=NOTHING)
