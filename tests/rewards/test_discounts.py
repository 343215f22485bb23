"""What vouchers take off a purchase."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.discounts import Line, Offer, not_combinable, take_off

AMOUNT = st.integers(0, 20_000)
SKUS = st.lists(st.sampled_from(["brot", "torte"]), max_size=2, unique=True).map(tuple)
LINES = st.lists(
    st.builds(
        Line,
        sku=st.sampled_from(["brot", "torte", "kaffee"]),
        amount_minor=AMOUNT,
        category=st.sampled_from(["", "warm"]),
        brand=st.sampled_from(["", "Weidner"]),
        quantity=st.integers(1, 5),
    ),
    max_size=5,
)
FOR = {
    "skus": SKUS,
    "categories": st.sampled_from([(), ("warm",)]),
    "brands": st.sampled_from([(), ("Weidner",)]),
    "on": st.sampled_from(["", "purchase", "items", "cheapest_item"]),
    "most_minor": st.none() | st.integers(1, 3000),
}
OFFERS = st.one_of(
    st.builds(Offer, label=st.just("V"), value_minor=st.integers(1, 5000), **FOR),
    st.builds(Offer, label=st.just("P"), percent=st.integers(1, 100).map(Decimal), **FOR),
    st.builds(Offer, label=st.just("F")),
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


def test_categories_and_brands_name_items_as_skus_do():
    lines = [Line("latte", 400, "coffee"), Line("bun", 200, "bread", "Weidner"), Line("tea", 300)]
    offer = Offer("V", percent=Decimal(50), categories=("coffee",), brands=("Weidner",))
    assert taken([offer], 900, *lines) == [("V", 200, 0), ("V", 100, 1)]


def test_at_most_so_much_is_taken_off_the_whole():
    (one,) = take_off([Offer("V", percent=Decimal(20), most_minor=1000)], 10_000, [])
    assert (one.amount_minor, one.why) == (1000, "most_reached")
    (one,) = take_off([Offer("V", percent=Decimal(20), most_minor=2000)], 10_000, [])
    assert (one.amount_minor, one.why) == (2000, "whole")


def test_at_most_so_much_falls_on_the_items_in_proportion_and_the_cents_add_up():
    offer = Offer("V", percent=Decimal(50), skus=("brot",), most_minor=100)
    assert taken([offer], 900, ("brot", 300), ("brot", 300), ("brot", 300)) == [
        ("V", 34, 0),
        ("V", 33, 1),
        ("V", 33, 2),
    ]


def test_the_cheapest_item_is_one_piece_of_the_line_with_the_cheapest_pieces():
    free = Offer("V", percent=Decimal(100), on="cheapest_item")
    lines = [Line("torte", 900, quantity=2), Line("brot", 500), Line("kuchen", 800, quantity=1)]
    assert taken([free], 2200, *lines) == [("V", 450, 0)]


def test_the_cheapest_of_those_it_is_for():
    free = Offer("V", percent=Decimal(100), skus=("torte", "kuchen"), on="cheapest_item")
    lines = [Line("brot", 100), Line("torte", 900), Line("kuchen", 800)]
    assert taken([free], 1800, *lines) == [("V", 800, 2)]


def test_the_second_takes_another_piece():
    half, free = (Offer(str(p), percent=Decimal(p), on="cheapest_item") for p in (50, 100))
    assert taken([half, free, free], 3400, Line("brot", 2000, quantity=2), Line("torte", 1400)) == [
        ("50", 500, 0),
        ("100", 1000, 0),
        ("100", 1400, 1),
    ]


def test_an_amount_off_the_cheapest_item_is_at_most_what_it_costs():
    (one,) = take_off(
        [Offer("V", value_minor=500, on="cheapest_item")], 700, [Line("a", 300), Line("b", 400)]
    )
    assert (one.amount_minor, one.line, one.why) == (300, 0, "nothing_left")


def test_first_items_then_the_cheapest_then_the_whole():
    whole, cheapest = percent(10, label="whole"), Offer("cheapest", percent=Decimal(100), on="cheapest_item")
    offers = [whole, cheapest, percent(50, "brot", label="item")]
    assert taken(offers, 1000, Line("brot", 400), Line("torte", 600)) == [
        ("item", 200, 0),
        ("cheapest", 200, 0),
        ("whole", 60, None),
    ]


def test_free_shipping_takes_nothing_off_and_stands_in_its_place():
    assert taken([Offer("shipping"), off(500)], 1000) == [("shipping", 0, None), ("amount", 500, None)]


def test_what_is_exclusive_goes_with_nothing_else():
    alone, other = Offer("alone", value_minor=100, is_exclusive=True), off(100)
    assert not_combinable([alone]) is None
    assert not_combinable([other, other]) is None
    assert not_combinable([other, alone]) is alone


@given(st.lists(OFFERS, max_size=5), AMOUNT, LINES)
def test_never_more_than_there_is_neither_of_a_line_nor_of_the_whole(offers, rest, lines):
    amount_minor = rest + sum(line.amount_minor for line in lines)
    found = take_off(offers, amount_minor, lines)
    assert all(one.amount_minor >= 0 for one in found)
    assert 0 <= sum(one.amount_minor for one in found) <= amount_minor
    for place, line in enumerate(lines):
        assert sum(one.amount_minor for one in found if one.line == place) <= line.amount_minor


@given(OFFERS, AMOUNT, LINES)
def test_never_more_than_the_offer_says(offer, rest, lines):
    amount_minor = rest + sum(line.amount_minor for line in lines)
    total = sum(one.amount_minor for one in take_off([offer], amount_minor, lines))
    limits = [limit for limit in (offer.value_minor, offer.percent and offer.most_minor) if limit is not None]
    assert all(total <= limit for limit in limits)
    for one in take_off([offer], amount_minor, lines):
        assert one.line is None or offer.is_for(lines[one.line])


@given(st.integers(1, 100).map(Decimal), st.integers(1, 3000), LINES)
def test_what_a_cap_leaves_is_spread_to_the_cent(percent, most, lines):
    offer, capped = (
        Offer("V", percent=percent, on="items"),
        Offer("V", percent=percent, on="items", most_minor=most),
    )
    amount_minor = sum(line.amount_minor for line in lines)
    free = sum(one.amount_minor for one in take_off([offer], amount_minor, lines))
    assert sum(one.amount_minor for one in take_off([capped], amount_minor, lines)) == min(free, most)
