"""The books of gift cards add up after whatever happens, and a check finds what was changed by hand."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, connections, transaction
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
from rewards import checkout
from rewards.gift_cards import checking, issuing, spending
from rewards.gift_cards.models import GiftCard
from tests import makers
from tests.steady import STORIES

CARD, ENTRY = "UPDATE gift_cards_giftcard SET", "UPDATE gift_cards_giftcardentry SET"
THIS, LAST = "WHERE id = '{card}'", "WHERE number = 2 AND gift_card_id = '{card}'"
# What is done, how it is undone, and what is found: each code at least once.
TAMPERING = [
    (f"{CARD} balance_minor = balance_minor + 1 {THIS}", f"{CARD} balance_minor = balance_minor - 1 {THIS}",
     ["gift_card_balance"]),
    (f"{CARD} entries = 3 {THIS}", f"{CARD} entries = 2 {THIS}", ["gift_card_entry_count"]),
    (f"{CARD} initial_minor = 1 {THIS}", f"{CARD} initial_minor = 1000 {THIS}", ["gift_card_issued"]),
    (f"{CARD} balance_minor = 0, voided_at = created_at {THIS}",
     f"{CARD} balance_minor = 700, voided_at = NULL {THIS}", ["gift_card_balance", "gift_card_void"]),
    (f"{ENTRY} number = 7 {LAST}", f"{ENTRY} number = 2 {LAST.replace('= 2', '= 7')}", ["gift_card_entry_number"]),
    (f"{ENTRY} balance_after_minor = 701 {LAST}", f"{ENTRY} balance_after_minor = 700 {LAST}",
     ["gift_card_balance_after"]),
    (f"{ENTRY} kind = 'refund', amount_minor = 300 {LAST}", f"{ENTRY} kind = 'charge', amount_minor = -300 {LAST}",
     ["gift_card_balance", "gift_card_balance_after", "gift_card_refunded"]),
]  # fmt: skip


def codes(cafe):
    with tenancy.scope(cafe):
        return sorted(problem.code for problem in checking.check(chunk=1))


def test_every_change_by_hand_is_found_and_nothing_is_repaired(real_database):
    cafe = makers.merchant()
    with tenancy.scope(cafe):
        issuing.issue(balance_minor=5000)
        card = issuing.issue(balance_minor=1000)
        spending.charge(card, amount_minor=300)
    assert codes(cafe) == []
    with connections["owner"].cursor() as owner:
        for tamper, undo, found in TAMPERING:
            owner.execute(tamper.format(card=card.id))
            assert (tamper, owner.rowcount) == (tamper, 1)
            assert (tamper, codes(cafe)) == (tamper, found)
            owner.execute(undo.format(card=card.id))
            assert (undo, codes(cafe)) == (undo, [])
        owner.execute(TAMPERING[0][0].format(card=card.id))
    complaints = StringIO()
    with pytest.raises(CommandError, match="1 figures"):
        call_command("check_ledger", stderr=complaints)
    told = f"Café Morgenrot: {card.public_id}: gift_card_balance: found 701, expected 700\n"
    assert complaints.getvalue() == told


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_an_entry_is_neither_changed_nor_deleted(cafe, gift_card, statement):
    gift_card()
    with (
        tenancy.scope(cafe),
        pytest.raises(Error, match="permission denied for table gift_cards_giftcardentry"),
    ):
        run(statement.format("gift_cards_giftcardentry"))


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        ("gift_card_is_never_below_zero", "balance_minor = -1"),
        ("gift_card_is_worth_something", "initial_minor = 0"),
        ("void_gift_card_holds_nothing", "voided_at = created_at"),
    ],
)
def test_the_database_refuses_a_gift_card_that_cannot_be(cafe, gift_card, constraint, columns):
    gift_card()
    with tenancy.scope(cafe), pytest.raises(Error, match=constraint):
        run(f"{CARD} {columns}")


@pytest.mark.parametrize(
    ("constraint", "row"),
    [
        ("gift_card_entry_moves_money_its_way", "2, 'charge', 1, 1"),
        ("gift_card_entry_moves_money_its_way", "2, 'top_up', -1, 1"),
        ("gift_card_entry_moves_money_its_way", "2, 'refund', 0, 1"),
        ("gift_card_entry_leaves_nothing_below_zero", "2, 'charge', -1, -1"),
        ("gift_card_entry_leaves_nothing_below_zero", "2, 'void', -1, 1"),
        ("gift_card_begins_with_its_issue", "2, 'issue', 1, 1"),
        ("gift_card_entries_are_numbered", "1, 'issue', 1, 1"),
    ],
)
def test_the_database_refuses_an_entry_that_cannot_be(cafe, gift_card, constraint, row):
    card = gift_card()
    with tenancy.scope(cafe), pytest.raises(Error, match=constraint):
        run("INSERT INTO gift_cards_giftcardentry (merchant_id, id, gift_card_id, number, kind, amount_minor,"
            " balance_after_minor, at, actor)"
            f" VALUES ('{card.merchant_id}', gen_random_uuid(), '{card.id}', {row}, now(), '')")  # fmt: skip


class Story(RuleBasedStateMachine):
    """Gift cards beside a plain model of them: what is on each, and what was paid and has not come back."""

    @initialize()
    def opens(self):
        self.cafe = makers.merchant()
        self.held, self.spent, self.cards, self.receipts = [], [], [], []
        for balance in (2000, 1000, 1):
            self.issues(balance)

    def issues(self, balance):
        with tenancy.scope(self.cafe):
            self.cards.append(issuing.issue(balance_minor=balance))
        self.held.append(balance)
        self.spent.append(0)

    def does(self, verb):
        """Whether a verb was done; a refusal must leave the model right as well."""
        try:
            with tenancy.scope(self.cafe):
                verb()
        except Refused:
            return False
        return True

    @rule(place=st.integers(0, 2), amount=st.integers(1, 2500))
    def charges(self, place, amount):
        done = self.does(lambda: spending.charge(self.cards[place], amount_minor=amount))
        assert done == (amount <= self.held[place])
        if done:
            self.held[place] -= amount
            self.spent[place] += amount

    @rule(place=st.integers(0, 2), amount=st.integers(1, 500))
    def tops_up(self, place, amount):
        assert self.does(lambda: issuing.top_up(self.cards[place], amount_minor=amount))
        self.held[place] += amount

    @rule(place=st.integers(0, 2), amount=st.integers(1, 1500))
    def gives_back(self, place, amount):
        done = self.does(lambda: spending.refund(self.cards[place], amount_minor=amount))
        assert done == (amount <= self.spent[place])
        if done:
            self.held[place] += amount
            self.spent[place] -= amount

    @rule(order=st.permutations([0, 1, 2]), count=st.integers(1, 3), due=st.integers(0, 4000))
    def buys(self, order, count, due):
        places, paid, left = order[:count], {}, due
        for place in places:
            paid[place] = min(left, self.held[place])
            left -= paid[place]
            self.held[place] -= paid[place]
            self.spent[place] += paid[place]
        recorded = makers.purchase(
            self.cafe, None, due, gift_cards=tuple(self.cards[place].code for place in places)
        )
        self.receipts.append((recorded.purchase, paid))

    @precondition(lambda self: self.receipts)
    @rule(which=st.integers(0, 1000))
    def returns(self, which):
        purchase, paid = self.receipts.pop(which % len(self.receipts))
        assert self.does(lambda: checkout.give_back(purchase))
        for place, amount in paid.items():
            back = min(amount, self.spent[place])
            self.held[place] += back
            self.spent[place] -= back

    @invariant()
    def the_books_add_up(self):
        with tenancy.scope(self.cafe):
            assert checking.check() == []
            found = dict(GiftCard.objects.values_list("id", "balance_minor"))
        assert [found[card.id] for card in self.cards] == self.held
        assert min(self.held) >= 0


def test_whatever_happens_the_books_of_gift_cards_add_up(db):
    run_state_machine_as_test(Story, settings=STORIES)
