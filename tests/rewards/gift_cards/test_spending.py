"""Gift cards are spent in parts and never below zero; what comes back is never more than was paid."""

import pytest

from loyalty import tenancy
from rewards.gift_cards import spending
from tests.programs import books


def charge(cafe, card, amount):
    with tenancy.scope(cafe):
        return spending.charge(card, amount_minor=amount)


def refund(cafe, card, amount=None):
    with tenancy.scope(cafe):
        return spending.refund(card, amount_minor=amount)


def test_3_20_of_50_00_leave_46_80_and_100_00_are_refused_whole(cafe, gift_card, on):
    card = gift_card(5000)
    assert charge(cafe, card, 320).balance_after_minor == 4680
    facts = {"balance_minor": 4680, "amount_minor": 10_000, "missing_minor": 5320}
    with books.refused(cafe, "insufficient_balance", **facts):
        spending.charge(card, amount_minor=10_000)
    assert on(card) == 4680


def test_the_last_cent_can_be_spent_and_no_more(cafe, gift_card, on):
    card = gift_card(5000)
    charge(cafe, card, 5000)
    with books.refused(cafe, "insufficient_balance", balance_minor=0, missing_minor=1):
        spending.charge(card, amount_minor=1)
    assert on(card) == 0


@pytest.mark.parametrize("amount", [0, -320])
def test_a_charge_of_nothing_or_less_is_no_charge(cafe, gift_card, amount):
    card = gift_card(5000)
    with books.refused(cafe, "invalid"):
        spending.charge(card, amount_minor=amount)
    with books.refused(cafe, "nothing_left" if amount == 0 else "invalid"):
        spending.refund(card, amount_minor=amount or None)


def test_a_refund_gives_back_up_to_what_was_paid(cafe, gift_card, entries):
    card = gift_card(5000)
    charge(cafe, card, 320)
    charge(cafe, card, 80)
    refund(cafe, card, 150)
    with books.refused(cafe, "nothing_left", left_minor=250):
        spending.refund(card, amount_minor=251)
    refund(cafe, card)
    assert [row[:2] for row in entries(card)[1:]] == [
        ("charge", -320), ("charge", -80), ("refund", 150), ("refund", 250),
    ]  # fmt: skip
    with books.refused(cafe, "nothing_left", left_minor=0):
        spending.refund(card)


def test_what_was_put_on_a_gift_card_is_not_given_back_as_if_it_was_paid(cafe, gift_card):
    card = gift_card(5000)
    with books.refused(cafe, "nothing_left", left_minor=0):
        spending.refund(card, amount_minor=1)


@pytest.mark.parametrize(
    ("balances", "due", "paid"),
    [
        ((2000, 1000), 2500, [2000, 500]),
        ((1000, 2000), 2500, [1000, 1500]),
        ((2000, 1000), 2000, [2000]),
        ((2000, 1000), 5000, [2000, 1000]),
        ((0, 1000), 300, [300]),
        ((2000,), 0, []),
        ((), 100, []),
    ],
)
def test_the_first_pays_what_it_can_and_then_the_next(balances, due, paid):
    class Card:
        def __init__(self, balance_minor):
            self.balance_minor = balance_minor

    assert [amount for _card, amount in spending.shares([Card(one) for one in balances], due)] == paid
