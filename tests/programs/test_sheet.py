"""An account's page, compared step by step with plain heaps of points."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle as Held
from hypothesis.stateful import RuleBasedStateMachine, consumes, invariant, multiple, rule

from loyalty import ids
from programs.sheet import InsufficientBalance, Sheet, Source
from tests.programs.heaps import Heaps
from tests.steady import STEADY

START = datetime(2026, 1, 1, tzinfo=UTC)
AMOUNT = st.integers(1, 60)
WAITS = st.none() | st.integers(1, 40)
DAYS = st.none() | st.integers(1, 40)
NOTHING = Source()


def day(number):
    return None if number is None else START + timedelta(days=number)


def sheet():
    return Sheet(ids.new(), ids.new(), ids.new())


class Account(RuleBasedStateMachine):
    """Anything may happen to an account, in any order, while time moves on."""

    burnt = Held("burnt")
    bought = Held("bought")

    def __init__(self):
        super().__init__()
        self.now = 0
        self.page, self.model = sheet(), Heaps()
        self.lots = {}
        self.written = []
        self.due = False

    def open(self):
        """As the ledger does: what is due happens before anything else."""
        self.page.settle(day(self.now))
        self.model.move_on(self.now)

    def remember(self, entry, heap):
        (lot,) = [lot for lot in self.page.lots.values() if lot.entry_id == entry.id]
        self.lots[heap.number] = lot

    @rule(days=st.integers(1, 25))
    def time_passes(self, days):
        self.now += days

    @rule(
        target=bought, amount=AMOUNT, waits=st.none() | st.integers(1, 20), lasts=DAYS, ago=st.integers(0, 60)
    )
    def earn(self, amount, waits, lasts, ago):
        self.open()
        at = self.now - ago
        starts = None if waits is None or at + waits <= self.now else at + waits
        ends = None if lasts is None else at + (waits or 0) + lasts
        purchase = ids.new()
        entry = self.page.earn(
            amount,
            at=day(at),
            source=Source(purchase_id=purchase),
            available_at=day(starts),
            expires_at=day(ends),
        )
        heap = self.model.add(amount, at=at, starts=starts, ends=ends, purchase=purchase)
        self.remember(entry, heap)
        self.open()
        return purchase

    @rule(target=burnt, amount=AMOUNT)
    def burn(self, amount):
        self.open()
        before = len(self.page.entries)
        parts = self.model.spend(amount)
        if parts is None:
            with pytest.raises(InsufficientBalance) as refused:
                self.page.burn(amount, at=day(self.now), source=NOTHING)
            spendable = self.model.balance - self.model.debt
            assert refused.value.facts == {
                "balance": spendable,
                "cost": amount,
                "missing": amount - spendable,
            }
            assert len(self.page.entries) == before
            return multiple()
        entry = self.page.burn(amount, at=day(self.now), source=NOTHING)
        assert [(lot.id, part) for lot, part in entry.uses] == [
            (self.lots[h.number].id, part) for h, part in parts
        ]
        return entry, parts

    @rule(taken=consumes(burnt))
    def cancel(self, taken):
        entry, parts = taken
        self.open()
        # The ledger loads used up lots for it.
        self.page.lots |= {lot.id: lot for lot, _part in entry.uses}
        self.page.restore([(lot, part) for lot, part in entry.uses], at=day(self.now), source=NOTHING)
        self.model.put_back(parts)
        self.open()

    @rule(purchase=bought, amount=st.integers(1, 90), forgive=st.booleans())
    def refund(self, purchase, amount, forgive):
        self.open()
        self.page.take_back(amount, of_purchase=purchase, at=day(self.now), source=NOTHING, forgive=forgive)
        self.model.take_back(amount, purchase, forgive=forgive)

    @rule(amount=st.integers(-40, 40).filter(bool), lasts=DAYS)
    def adjust(self, amount, lasts):
        self.open()
        if -amount > self.model.balance:
            with pytest.raises(InsufficientBalance):
                self.page.adjust(amount, at=day(self.now), source=NOTHING)
            return
        ends = None if lasts is None or amount < 0 else self.now + lasts
        entry = self.page.adjust(amount, at=day(self.now), source=NOTHING, expires_at=day(ends))
        if amount > 0:
            self.remember(entry, self.model.add(amount, at=self.now, ends=ends, counts=False))
        else:
            self.model.spend(-amount)

    @rule(days=st.integers(1, 60))
    def keep_alive(self, days):
        self.open()
        self.page.keep_alive(day(self.now + days))
        self.model.last_until(self.now + days)

    @rule()
    def save_and_open_again(self):
        """Only the figures and the open lots come back from the database."""
        self.written += self.page.entries
        for lot in self.page.lots.values():
            lot.is_new = lot.is_changed = False
        old = self.page
        self.page = Sheet(
            old.id, old.member_id, old.program_id, old.balance, old.pending, old.debt, old.carry, old.lifetime,
            old.entry_count, old.head, old.last_activity_at, old.next_due_at, old.balance,
            lots={lot.id: lot for lot in old.lots.values() if lot.remaining},
        )  # fmt: skip

    @invariant()
    def figures_are_the_models(self):
        page, model = self.page, self.model
        assert (page.balance, page.pending, page.debt, page.lifetime) == (
            model.balance, model.pending, model.debt, model.lifetime,
        )  # fmt: skip
        assert {number: lot.remaining for number, lot in self.lots.items()} == {
            heap.number: heap.left for heap in model.heaps
        }

    @invariant()
    def figures_are_what_lies_in_the_lots(self):
        lots = self.lots.values()
        assert self.page.balance == sum(lot.remaining for lot in lots if not lot.is_pending)
        assert self.page.pending == sum(lot.remaining for lot in lots if lot.is_pending)

    @invariant()
    def nothing_is_negative_and_there_is_no_balance_beside_a_debt(self):
        page = self.page
        assert min(page.balance, page.pending, page.debt) >= 0
        assert page.balance == 0 or page.debt == 0
        assert all(0 <= lot.remaining <= lot.amount for lot in self.lots.values())

    @invariant()
    def entries_add_up(self):
        entries = self.written + self.page.entries
        assert sum(entry.amount for entry in entries) == self.page.spendable
        assert sum(entry.pending_amount for entry in entries) == self.page.pending
        assert [entry.number for entry in entries] == list(range(1, self.page.entry_count + 1))
        so_far = 0
        for entry in entries:
            so_far += entry.amount
            assert entry.balance_after == so_far
            assert entry.amount or entry.pending_amount

    @invariant()
    def uses_add_up(self):
        entries = self.written + self.page.entries
        used = dict.fromkeys((lot.id for lot in self.lots.values()), 0)
        for entry in entries:
            for lot, part in entry.uses:
                used[lot.id] += part
        assert all(lot.remaining == lot.amount - used[lot.id] for lot in self.lots.values())

    @invariant()
    def the_next_thing_to_happen_is_known(self):
        dates = [lot.available_at or lot.expires_at for lot in self.lots.values() if lot.remaining]
        assert self.page.next_due_at == min((date for date in dates if date), default=None)


TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=100, stateful_step_count=40, **STEADY)


def test_an_account_without_its_lots_at_hand_cannot_be_settled():
    one = sheet()
    one.has_all_lots = False
    one.earn(10, at=day(0), source=NOTHING, expires_at=day(1))
    with pytest.raises(LookupError):
        one.settle(day(2))


def test_without_its_lots_at_hand_the_next_due_moment_only_comes_nearer():
    one = sheet()
    one.has_all_lots, one.next_due_at = False, day(10)
    one.earn(10, at=day(0), source=NOTHING, expires_at=day(20))
    assert one.next_due_at == day(10)
    one.earn(10, at=day(0), source=NOTHING, expires_at=day(5))
    assert one.next_due_at == day(5)


def test_expiry_and_activation_are_no_activity():
    one = sheet()
    one.earn(10, at=day(0), source=NOTHING, available_at=day(1), expires_at=day(2))
    one.settle(day(3))
    assert [entry.kind for entry in one.entries] == ["earn", "activate", "expire"]
    assert one.last_activity_at == day(0)


def test_what_was_unlocked_falls_with_the_balance_and_does_not_rise_with_it():
    one = sheet()
    one.earn(10, at=day(0), source=NOTHING)
    assert one.unlocked_to == 0
    one.unlocked_to = 10
    one.burn(4, at=day(0), source=NOTHING)
    one.earn(3, at=day(0), source=NOTHING)
    assert one.unlocked_to == 6


@pytest.mark.parametrize(("forgive", "after", "then"), [(False, -50, 10), (True, 0, 60)])
def test_what_was_spent_becomes_a_debt_that_new_points_pay_or_is_forgiven(forgive, after, then):
    one, purchase = sheet(), ids.new()
    one.earn(50, at=day(0), source=Source(purchase_id=purchase))
    one.burn(50, at=day(0), source=NOTHING)
    one.take_back(50, of_purchase=purchase, at=day(1), source=NOTHING, forgive=forgive)
    assert one.spendable == after
    one.earn(60, at=day(2), source=NOTHING)
    assert one.spendable == then
