"""Standing discounts: the best one for each line, to the cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from programs.earning import Matching
from programs.purchases import Item
from programs.standing_discounts import Standing, take_off

EVERYTHING = Matching()


def offer(percent, name="Gold", min_minor=0, **on):
    return Standing(f"prg_{name}", name, Decimal(percent), Matching(**on), min_minor)


def off(offers, amount_minor, *items):
    return [(one.standing.name, one.amount_minor, one.line) for one in take_off(offers, amount_minor, items)]


def test_on_everything_it_is_one_discount_half_up():
    assert off([offer("10")], 995) == [("Gold", 100, None)]
    assert off([offer("10")], 994) == [("Gold", 99, None)]


def test_of_several_the_highest_counts_and_of_equals_the_first():
    assert off([offer("5", "Karte"), offer("10"), offer("10", "Klub")], 1000) == [("Gold", 100, None)]


def test_each_line_has_its_best_and_what_no_line_names_the_best_for_everything():
    bread = Item(400, category="brot")
    cake = Item(600, category="kuchen")
    offers = [offer("10"), offer("15", "Brotkarte", categories=("brot",))]
    assert off(offers, 1500, bread, cake) == [("Brotkarte", 60, 0), ("Gold", 60, 1), ("Gold", 50, None)]


def test_a_card_for_certain_items_takes_nothing_off_others():
    assert off([offer("15", categories=("brot",))], 600, Item(600, category="kuchen")) == []


def test_below_its_minimum_an_offer_does_not_count():
    assert off([offer("10", min_minor=1000), offer("5", "Karte")], 999) == [("Karte", 50, None)]
    assert off([offer("10", min_minor=1000), offer("5", "Karte")], 1000) == [("Gold", 100, None)]


PERCENTS = st.decimals(0, 100, places=1)


@given(
    st.lists(st.tuples(PERCENTS, st.booleans()), max_size=4),
    st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), max_size=5),
    st.integers(0, 10**6),
)
def test_nothing_is_taken_off_twice_and_nothing_falls_below_zero(offers, items, rest):
    made = [offer(percent, str(place), **({"categories": ("x",)} if named else {}))
            for place, (percent, named) in enumerate(offers)]  # fmt: skip
    lines = [Item(amount, category="x" if named else "y") for amount, named in items]
    total = sum(line.amount_minor for line in lines) + rest
    taken = take_off(made, total, lines)
    places = [one.line for one in taken]
    assert len(places) == len(set(places))
    assert 0 <= sum(one.amount_minor for one in taken) <= total
    assert all(one.amount_minor <= lines[one.line].amount_minor for one in taken if one.line is not None)
