"""Whole stories through the real verbs, compared step by step with a plain model; the books are checked after each."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loyalty import tenancy
from loyalty.errors import Refused
from programs import adjusting, checking, settling
from programs.models import Account, Unlock
from programs.purchases import Item
from programs.refunding import Returned
from rewards import catalogue as rewards
from rewards import checkout, redeeming
from rewards.models import Reward
from tests import makers
from tests.programs.heaps import Heaps
from tests.steady import STORIES

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
COSTS = (7, 40)
ANY = st.integers(0, 10**6)


@dataclass
class Receipt:
    """A purchase as the model remembers it."""

    purchase: object
    net: int
    pieces: int
    piece: int
    given: int
    heap: object = None
    refunded: int = 0
    pieces_back: int = 0
    excused: int = 0
    is_returned: bool = False

    @property
    def rest(self):
        return self.net - self.refunded


def month_after(moment):
    """One month on, the last day of the month at most, at 24:00 in Berlin."""
    day = moment.astimezone(BERLIN).date()
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    last = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return midnight(last + timedelta(days=1))


def midnight(day):
    return datetime.combine(day, time(), BERLIN)


class Story(RuleBasedStateMachine):
    """One guest of one shop, and what everybody may do in any order."""

    def __init__(self):
        super().__init__()
        self.cafe = makers.merchant()
        self.guest = makers.member(self.cafe, "Jonas Weidner")
        self.receipts, self.redeemed = [], []

    @property
    def now(self):
        return self.cafe.clock_at

    def refuses(self, verb, **arguments):
        """The refusal's code, or None and the verb's result."""
        try:
            with tenancy.scope(self.cafe):
                return None, verb(**arguments)
        except Refused as refusal:
            return refusal.code, None

    def account(self):
        with tenancy.scope(self.cafe):
            return Account.objects.get(member=self.guest, program=self.program)

    def buy(self, pieces, piece):
        items = (Item(pieces * piece, "brezel", quantity=pieces),) if pieces else ()
        sale = checkout.Sale(self.guest, pieces * piece, items=items, external_id=f"bon-{len(self.receipts)}")
        with tenancy.scope(self.cafe):
            return checkout.ring_up(sale)

    @precondition(lambda self: self.receipts)
    @rule(which=ANY)
    def send_a_receipt_again(self, which):
        number = which % len(self.receipts)
        again = checkout.Sale(self.guest, 12_345, external_id=f"bon-{number}")
        with tenancy.scope(self.cafe):
            recorded = checkout.ring_up(again)
        assert (recorded.is_repeat, recorded.purchase.id) == (True, self.receipts[number].purchase.id)

    @invariant()
    def the_books_are_in_order(self):
        with tenancy.scope(self.cafe):
            assert checking.check() == []


KINDS = {
    "plain": {"earn": {}},
    "expiring": {"expiry": {"kind": "after", "months": 1}},
    "pending": {"expiry": {"kind": "after", "months": 1}, "pending_days": 14, "debt": "forgive"},
    "carrying": {"earn": {"per_minor": 300, "accumulate": True}},
}


class PointsStory(Story):
    kind = ""

    @initialize()
    def open_the_shop(self):
        offers = [("Krapfen", cost) for cost in COSTS]
        self.program = makers.points_program(self.cafe, rewards=offers, **KINDS[self.kind])
        with tenancy.scope(self.cafe):
            self.rewards = list(rewards.available())
        self.model = Heaps()
        makers.purchase(self.cafe, self.guest)

    def ends(self, starts):
        return month_after(starts) if self.kind in ("expiring", "pending") else None

    @rule(pieces=st.integers(0, 4), piece=st.integers(0, 2500))
    def guest_buys(self, pieces, piece):
        self.model.move_on(self.now)
        recorded = self.buy(pieces, piece)
        receipt = Receipt(recorded.purchase, pieces * piece, pieces, piece, 0)
        receipt.given = self.deserved([*self.receipts, receipt]) - self.deserved(self.receipts)
        self.receipts.append(receipt)
        assert recorded.credits[0].amount == receipt.given
        if receipt.given:
            waits = self.kind == "pending"
            starts = midnight(self.now.astimezone(BERLIN).date() + timedelta(days=14)) if waits else None
            receipt.heap = self.model.add(
                receipt.given, at=self.now, starts=starts, ends=self.ends(starts or self.now),
                purchase=recorded.purchase.id,
            )  # fmt: skip

    def deserved(self, receipts):
        """What is left of all purchases deserves: each by itself, or with a carried fraction all of them together."""
        rests = [receipt.rest for receipt in receipts]
        return sum(rests) // 300 if self.kind == "carrying" else sum(rest // 100 for rest in rests)

    @precondition(lambda self: self.receipts)
    @rule(which=ANY, part=st.none() | st.integers(0, 3000))
    def guest_gets_money_back(self, which, part):
        receipt = self.receipts[which % len(self.receipts)]
        amount = receipt.rest if part is None else part
        self.return_money(receipt, amount, amount_minor=part)

    def with_pieces(self):
        """Receipts with pieces left, and no money given back for none of them."""
        return [
            receipt
            for receipt in self.receipts
            if receipt.pieces_back < receipt.pieces
            and receipt.refunded == receipt.pieces_back * receipt.piece
        ]

    @precondition(lambda self: self.with_pieces())
    @rule(which=ANY, data=st.data())
    def guest_returns_pieces(self, which, data):
        receipts = self.with_pieces()
        receipt = receipts[which % len(receipts)]
        pieces = data.draw(st.integers(1, receipt.pieces - receipt.pieces_back))
        if not receipt.is_returned:
            receipt.pieces_back += pieces
        self.return_money(receipt, pieces * receipt.piece, items=[Returned("brezel", pieces)])

    def return_money(self, receipt, amount, **request):
        code, given = self.refuses(checkout.give_back, purchase=receipt.purchase, **request)
        if receipt.is_returned or amount > receipt.rest:
            assert code == "nothing_left"
            return
        self.model.move_on(self.now)
        before = self.deserved(self.receipts)
        asked_for_all = request.get("amount_minor", 0) is None
        all_of_it = asked_for_all or ("items" in request and receipt.pieces_back == receipt.pieces)
        receipt.is_returned = amount == receipt.rest and (receipt.rest > 0 or all_of_it)
        receipt.refunded += amount
        too_much = before - self.deserved(self.receipts)
        demand = self.excuse(receipt, too_much)
        spendable = self.model.balance + self.model.pending - self.model.debt
        self.model.take_back(demand, receipt.purchase.id, forgive=self.kind == "pending")
        taken = self.model.balance + self.model.pending - self.model.debt - spendable
        assert (code, given.debits[0][1]) == (None, taken)

    def excuse(self, receipt, too_much):
        """What has expired of the purchase's own points is not taken from others."""
        if receipt.heap is None:
            return too_much
        expired = receipt.heap.expired - receipt.excused
        excused = max(0, min(expired, too_much - receipt.heap.left))
        receipt.excused += excused
        return too_much - excused

    @rule(which=st.sampled_from([0, 1]))
    def guest_redeems(self, which):
        self.model.move_on(self.now)
        code, redemption = self.refuses(redeeming.redeem, member=self.guest, reward=self.rewards[which])
        parts = self.model.spend(COSTS[which])
        assert (code is None) == (parts is not None)
        if parts is not None:
            self.redeemed.append((redemption, parts))

    @precondition(lambda self: self.redeemed)
    @rule(which=ANY)
    def a_redemption_is_cancelled(self, which):
        redemption, parts = self.redeemed.pop(which % len(self.redeemed))
        self.model.move_on(self.now)
        with tenancy.scope(self.cafe):
            redeeming.cancel(redemption)
            redeeming.cancel(redemption)
        self.model.put_back(parts)
        self.model.move_on(self.now)

    @rule(amount=st.integers(-15, 15).filter(bool))
    def somebody_adjusts(self, amount):
        self.model.move_on(self.now)
        code, _entry = self.refuses(
            adjusting.adjust,
            member=self.guest,
            program=self.program,
            amount=amount,
            reason="Kulanz",
            actor="Aylin",
        )
        assert code == ("insufficient_balance" if -amount > self.model.balance else None)
        if amount > 0:
            self.model.add(amount, at=self.now, ends=self.ends(self.now), counts=False)
        elif code is None:
            self.model.spend(-amount)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days):
        makers.turn_to(self.cafe, self.now + timedelta(days=days))
        with tenancy.scope(self.cafe):
            settling.settle_due()
            assert settling.settle_due() == 0
        self.model.move_on(self.now)

    @invariant()
    def the_account_is_the_models(self):
        account, model = self.account(), self.model
        assert (account.balance, account.pending, account.debt, account.lifetime) == (
            model.balance, model.pending, model.debt, model.lifetime,
        )  # fmt: skip


class CardStory(Story):
    """A card of three stamps, one for each visit."""

    overflow = ""

    @initialize()
    def open_the_shop(self):
        self.program = makers.punch_card(self.cafe, stamps_required=3, overflow=self.overflow)
        with tenancy.scope(self.cafe):
            self.reward = Reward.objects.get()
        # Who joins now has an account from the start.
        self.guest = makers.member(self.cafe, "Ines Okafor")
        self.stamps = self.debt = self.full = self.taken = 0

    @property
    def carries(self):
        return self.overflow == "carry"

    def add(self, count):
        paid = min(self.debt, count)
        self.debt -= paid
        self.stamps += count - paid

    def fill(self, before):
        if self.carries:
            while self.stamps >= 3:
                self.stamps -= 3
                self.full += 1
        elif before < 3 <= self.stamps:
            self.full += 1

    @rule()
    def guest_visits(self):
        recorded = self.buy(0, 0)
        room = self.carries or self.stamps - self.debt < 3
        assert recorded.credits[0].amount == int(room)
        self.receipts.append(Receipt(recorded.purchase, 0, 0, 0, int(room)))
        before = self.stamps
        self.add(int(room))
        self.fill(before)

    @precondition(lambda self: any(not receipt.is_returned for receipt in self.receipts))
    @rule(which=ANY)
    def a_visit_is_taken_back(self, which):
        kept = [receipt for receipt in self.receipts if not receipt.is_returned]
        receipt = kept[which % len(kept)]
        receipt.is_returned = True
        with tenancy.scope(self.cafe):
            given = checkout.give_back(receipt.purchase)
        assert given.debits[0][1] == -receipt.given
        if receipt.given and self.carries and self.stamps == 0 and self.full:
            # A full card that nobody took is undone before anybody owes a stamp.
            self.full -= 1
            self.add(3)
        if receipt.given and self.stamps:
            self.stamps -= 1
        elif receipt.given:
            self.debt += 1
        if not self.carries and self.stamps < 3:
            self.full = 0

    @rule()
    def guest_takes_the_reward(self):
        code, redemption = self.refuses(redeeming.redeem, member=self.guest, reward=self.reward)
        if not self.full:
            assert code == "not_eligible"
        elif not self.carries and self.stamps < 3:
            assert code == "insufficient_balance"
        else:
            assert code is None
            self.full -= 1
            self.taken += 1
            self.stamps -= 0 if self.carries else 3
            self.redeemed.append(redemption)

    @precondition(lambda self: self.redeemed)
    @rule(which=ANY)
    def a_redemption_is_cancelled(self, which):
        with tenancy.scope(self.cafe):
            redeeming.cancel(self.redeemed.pop(which % len(self.redeemed)))
        self.full += 1
        self.taken -= 1
        self.add(0 if self.carries else 3)

    @rule(amount=st.integers(-3, 4).filter(bool))
    def somebody_adjusts(self, amount):
        code, _entry = self.refuses(
            adjusting.adjust,
            member=self.guest,
            program=self.program,
            amount=amount,
            reason="Kulanz",
            actor="Aylin",
        )
        assert code == ("insufficient_balance" if -amount > self.stamps else None)
        before = self.stamps
        if amount > 0:
            self.add(amount)
            self.fill(before)
        elif code is None:
            self.stamps += amount

    @invariant()
    def the_card_is_the_models(self):
        account = self.account()
        with tenancy.scope(self.cafe):
            states = list(Unlock.objects.filter(account=account).values_list("status", flat=True))
        assert (account.balance, account.debt) == (self.stamps, self.debt)
        assert (states.count("open"), states.count("taken")) == (self.full, self.taken)


@pytest.mark.parametrize("kind", KINDS)
def test_points_whatever_happens(kind):
    run_state_machine_as_test(type(f"{kind}Story", (PointsStory,), {"kind": kind}), settings=STORIES)


@pytest.mark.parametrize("overflow", ["carry", "cap"])
def test_a_punch_card_whatever_happens(overflow):
    run_state_machine_as_test(
        type(f"{overflow}Story", (CardStory,), {"overflow": overflow}), settings=STORIES
    )
