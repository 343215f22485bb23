"""What vouchers take off a purchase."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.discounts import Offer, take_off

AMOUNT = st.integers(0, 20_000)
LINES = st.lists(st.tuples(st.sampled_from(["brot", "torte", "kaffee"]), AMOUNT), max_size=5)
SKUS = st.lists(st.sampled_from(["brot", "torte"]), max_size=2, unique=True).map(tuple)
OFFERS = st.one_of(
    st.builds(Offer, label=st.just("V"), value_minor=st.integers(1, 5000), skus=SKUS),
    st.builds(Offer, label=st.just("P"), percent=st.integers(1, 100).map(Decimal), skus=SKUS),
)


def off(value_minor, *skus, label="amount"):
    return Offer(label, value_minor=value_minor, skus=skus)


def percent(number, *skus, label="percent"):
    return Offer(label, percent=Decimal(number), skus=skus)


def taken(offers, amount_minor, *lines):
    return [(one.label, one.amount_minor, one.line) for one in take_off(offers, amount_minor, lines)]


def total(offers, amount_minor, *lines):
    return sum(one.amount_minor for one in take_off(offers, amount_minor, lines))


def test_ten_percent_of_a_hundred():
    assert taken([percent(10)], 10_000) == [("percent", 1000, None)]


def test_an_amount_is_taken_off_at_most_once_over():
    assert taken([off(1500)], 1000) == [("amount", 1000, None)]


@pytest.mark.parametrize(("amount_minor", "discount"), [(1005, 101), (1004, 100), (995, 100), (5, 1), (4, 0)])
def test_percents_are_rounded_half_up_to_the_cent(amount_minor, discount):
    assert total([percent(10)], amount_minor) == discount


def test_items_come_before_the_whole():
    offers = [percent(10, label="whole"), percent(50, "brot", label="item")]
    assert taken(offers, 1000, ("brot", 400), ("torte", 600)) == [("item", 200, 0), ("whole", 80, None)]


def test_on_items_amounts_come_before_percents():
    offers = [percent(50, "brot"), off(100, "brot")]
    assert taken(offers, 400, ("brot", 400)) == [("amount", 100, 0), ("percent", 150, 0)]


def test_on_the_whole_they_are_taken_in_the_order_given():
    assert taken([percent(10), off(500)], 10_000) == [("percent", 1000, None), ("amount", 500, None)]
    assert taken([off(500), percent(10)], 10_000) == [("amount", 500, None), ("percent", 950, None)]


def test_each_percent_is_of_what_is_left():
    assert total([percent(10), percent(10)], 10_000) == 1900


def test_an_amount_on_items_is_used_up_over_their_lines():
    assert taken([off(700, "brot")], 1500, ("brot", 400), ("torte", 600), ("brot", 500)) == [
        ("amount", 400, 0),
        ("amount", 300, 2),
    ]


def test_a_percentage_is_taken_from_each_line():
    assert taken([percent(50, "brot")], 1500, ("brot", 401), ("torte", 600), ("brot", 499)) == [
        ("percent", 201, 0),
        ("percent", 250, 2),
    ]


def test_other_items_are_left_alone():
    assert total([percent(50, "brot")], 600, ("torte", 600)) == 0


@given(st.lists(OFFERS, max_size=5), AMOUNT, LINES)
def test_never_more_than_there_is_neither_of_a_line_nor_of_the_whole(offers, rest, lines):
    amount_minor = rest + sum(amount for _sku, amount in lines)
    found = take_off(offers, amount_minor, lines)
    assert all(one.amount_minor >= 0 for one in found)
    assert 0 <= sum(one.amount_minor for one in found) <= amount_minor
    for place, (_sku, amount) in enumerate(lines):
        assert sum(one.amount_minor for one in found if one.line == place) <= amount
