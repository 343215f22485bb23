"""Many hands on one gift card at the same moment: real connections, and the books checked afterwards."""

import pytest

from loyalty import tenancy
from loyalty.errors import Refused
from programs.models import Purchase
from rewards import catalogue, checkout, redeeming
from rewards.gift_cards import checking, issuing, moving, spending
from rewards.gift_cards.models import GiftCard, GiftCardEntry
from tests import makers
from tests.concurrency.threads import at_once, codes
from tests.programs import books


@pytest.fixture
def cafe(real_database):
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)
    with tenancy.scope(merchant):
        assert checking.check() == []


def issued(cafe, balance_minor, **columns):
    with tenancy.scope(cafe):
        return issuing.issue(balance_minor=balance_minor, **columns)


def on(cafe, *cards):
    with tenancy.scope(cafe):
        found = dict(GiftCard.objects.values_list("id", "balance_minor"))
    return [found[card.id] for card in cards]


def charge(card, amount):
    return lambda: spending.charge(card, amount_minor=amount)


def buy(amount, *cards, **sale):
    sale = checkout.Sale(None, amount, gift_cards=tuple(card.code for card in cards), **sale)
    return lambda: checkout.ring_up(sale)


def test_of_twenty_charges_of_all_that_is_there_exactly_one_is_done(cafe):
    card = issued(cafe, 5000)
    results = at_once(cafe, *[charge(card, 5000)] * 20)
    assert codes(results) == ["done"] + ["insufficient_balance"] * 19
    assert on(cafe, card) == [0]


def test_twenty_charges_at_once_take_what_is_there_and_no_cent_more(cafe):
    card = issued(cafe, 1000)
    results = at_once(cafe, *[charge(card, 130)] * 20)
    assert codes(results) == ["done"] * 7 + ["insufficient_balance"] * 13
    assert on(cafe, card) == [90]
    with tenancy.scope(cafe):
        numbers = GiftCardEntry.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_purchases_at_once_share_what_is_there(cafe):
    card = issued(cafe, 2500)
    results = at_once(cafe, *[buy(1000, card)] * 6)
    with tenancy.scope(cafe):
        paid = spending.paid_in(one.purchase.id for one in results)
    assert sorted(one.amount_minor for payments in paid.values() for one in payments) == [500, 1000, 1000]
    assert on(cafe, card) == [0]


def test_two_gift_cards_in_opposite_order_do_not_wait_in_a_circle(cafe):
    one, other = issued(cafe, 10_000), issued(cafe, 10_000)
    at_once(cafe, *[buy(100, one, other), buy(100, other, one)] * 5)
    assert on(cafe, one, other) == [9500, 9500]


def test_batches_with_gift_cards_in_opposite_order_do_not_wait_in_a_circle(cafe):
    cards = [issued(cafe, 10_000) for _ in range(6)]

    def batch(order):
        # Nobody's purchases: no lock on a member keeps the batches apart.
        sales = [checkout.Sale(None, 100, gift_cards=(cards[n].code,), external_id=f"bon-{n}") for n in order]
        return lambda: checkout.ring_up_many(sales)

    at_once(cafe, *[batch([0, 1, 2, 3, 4, 5]), batch([5, 4, 3, 2, 1, 0])] * 3)
    assert on(cafe, *cards) == [9900] * 6, "each receipt is charged once"


def test_the_same_receipt_at_once_charges_once_whichever_card_it_names(cafe):
    cards = [issued(cafe, 5000) for _ in range(3)]
    results = at_once(cafe, *[buy(1000, card, external_id="bon-1") for card in cards for _ in range(2)])
    assert len({one.purchase.id for one in results}) == 1
    assert sorted(on(cafe, *cards)) == [4000, 5000, 5000]


def test_a_purchase_returned_twice_at_once_gives_its_gift_cards_back_once(cafe):
    cards = [issued(cafe, 2000), issued(cafe, 1000)]
    bought = makers.purchase(cafe, None, 2500, gift_cards=tuple(card.code for card in cards)).purchase
    results = at_once(cafe, *[lambda: checkout.give_back(bought)] * 4, *[buy(10, *cards[::-1])] * 4)
    assert codes(results[:4]) == ["done"] + ["nothing_left"] * 3
    assert sum(on(cafe, *cards)) == 3000 - 40


def test_what_was_paid_comes_back_once_by_hand_or_with_the_purchase(cafe):
    card = issued(cafe, 5000)
    bought = makers.purchase(cafe, None, 5000, gift_cards=(card.code,)).purchase
    at_once(cafe, *[lambda: spending.refund(card)] * 3, lambda: checkout.give_back(bought))
    assert on(cafe, card) == [5000]


def test_a_charge_against_a_cancellation_ends_in_one_of_two_ways(cafe):
    jonas = makers.member(cafe)
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 10_000)
    with tenancy.scope(cafe):
        wanted = catalogue.create_reward(
            program=program, name="5 €", cost=100, kind="gift_card", value_minor=500
        )
        redemption = redeeming.redeem(member=jonas, reward=wanted)
        card = GiftCard.objects.get()
    charged, cancelled = at_once(cafe, charge(card, 500), lambda: redeeming.cancel(redemption))
    ways = (isinstance(charged, Refused), isinstance(cancelled, Refused))
    assert ways in [(True, False), (False, True)]
    assert makers.balance(cafe, jonas, program) == (100 if ways[0] else 0)


def test_top_ups_charges_and_a_move_at_once_are_all_counted(cafe):
    jonas, ines = makers.member(cafe, "Jonas"), makers.member(cafe, "Ines")
    cards = [issued(cafe, 1000, member=jonas), issued(cafe, 1000, member=jonas)]
    top_ups = [lambda card=card: issuing.top_up(card, amount_minor=50) for card in cards] * 3
    move = [lambda: moving.move(jonas.id, ines.id)]
    at_once(cafe, *top_ups, *[buy(10, *cards), buy(10, *cards[::-1])] * 3, *move)
    assert sum(on(cafe, *cards)) == 2000 + 6 * 50 - 60
    with tenancy.scope(cafe):
        assert set(GiftCard.objects.values_list("member_id", flat=True)) == {ines.id}
        assert Purchase.objects.count() == 6
