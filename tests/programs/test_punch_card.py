"""The punch card's arithmetic: what is stamped, what a full card grants, what a capped one can take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from programs.earning import Facts
from programs.types.punch_card import TYPE, Settings
from tests.programs.pure import basket, deserved, had, line, rule


def stamps(bought, facts=None, **settings):
    return deserved(bought, type="punch_card", facts=facts, **settings).amount


def read(**settings):
    return Settings.read({"reward": "rwd_full"} | settings)


def granted(before, after, **settings):
    return [(grant.reward, grant.pays, grant.cost) for grant in TYPE.grants(read(**settings), before, after)]


def test_one_stamp_per_visit_whatever_it_costs():
    assert stamps(basket(0)) == 1
    assert stamps(basket(99_999, line(99_999, quantity=7))) == 1


def test_one_stamp_per_stamped_item():
    bought = basket(900, line(600, "kaffee", quantity=3), line(300, "kuchen", category="Gebäck"))
    assert stamps(bought, stamp_per="item") == 4
    assert stamps(bought, stamp_per="item", skus=["kaffee"]) == 3
    assert stamps(bought, stamp_per="item", categories=["Gebäck"]) == 1
    assert deserved(basket(900), type="punch_card", stamp_per="item").because[0]["code"] == "no_stamped_items"


def test_one_stamp_for_every_full_amount():
    assert stamps(basket(12_000), stamp_per="amount", per_minor=5000) == 2


def test_a_smaller_visit_than_the_minimum_gives_none():
    assert stamps(basket(499), min_minor=500) == 0
    assert stamps(basket(500), min_minor=500) == 1


@pytest.mark.parametrize(
    ("seconds", "given", "minutes_left"), [(59 * 60, 0, 1), (30, 0, 60), (60 * 60, 1, None)]
)
def test_a_cooldown_of_an_hour(seconds, given, minutes_left):
    result = deserved(basket(300), type="punch_card", facts=Facts(seconds_since=seconds), cooldown_minutes=60)
    assert result.amount == given
    assert result.because[0].get("minutes_left") == minutes_left
    assert (result.because[0]["code"] == "cooldown") == (given == 0)


def test_at_most_so_many_stamps_a_day():
    assert stamps(basket(0), facts=had(day=2), max_stamps_per_day=3) == 1
    assert stamps(basket(0), facts=had(day=3), max_stamps_per_day=3) == 0


def test_a_multiplier_for_some_items_multiplies_their_stamps_alone():
    bought = basket(1000, line(100, "kaffee", quantity=2), line(900, "kuchen"))
    double = rule({"multiplier": "2"}, skus=["kaffee"])
    assert deserved(bought, type="punch_card", rules=[double], stamp_per="item").amount == 5


def test_a_multiplier_for_some_items_multiplies_the_stamp_of_the_visit():
    bought = basket(1000, line(100, "kaffee"), line(900, "kuchen"))
    double = rule({"multiplier": "2"}, skus=["kaffee"])
    assert deserved(bought, type="punch_card", rules=[double]).amount == 2


def test_the_tenth_stamp_fills_the_card_and_pays_it():
    assert granted(8, 9) == []
    assert granted(9, 10) == [("rwd_full", 10, 0)]
    assert granted(9, 11) == [("rwd_full", 10, 0)]


def test_seventy_five_stamps_fill_eighteen_cards_of_four_or_twenty_five_of_three():
    assert len(granted(0, 75, stamps_required=4)) == 18
    assert len(granted(0, 75, stamps_required=3)) == 25


def test_a_capped_card_is_paid_when_its_reward_is_taken():
    assert granted(9, 10, overflow="cap") == [("rwd_full", 0, 10)]
    assert granted(10, 10, overflow="cap") == []


def test_rewards_on_the_way_also_on_the_next_card():
    on_the_way = {"interim": [{"at": 5, "reward": "rwd_five"}]}
    assert granted(4, 5, **on_the_way) == [("rwd_five", 0, 0)]
    assert granted(5, 9, **on_the_way) == []
    five, full = ("rwd_five", 0, 0), ("rwd_full", 10, 0)
    assert granted(4, 16, **on_the_way) == [five, five, full]


def test_a_capped_card_takes_what_has_room_and_says_so():
    because = [{"rule": "earn", "amount": 2}, {"rule": "bonus", "amount": 3}]
    assert TYPE.fit(read(overflow="cap"), 5, because, 9) == (
        1,
        [
            {"rule": "earn", "amount": 1, "code": "card_full"},
            {"rule": "bonus", "amount": 0, "code": "card_full"},
        ],
    )
    assert TYPE.fit(read(overflow="cap"), 5, because, 12)[0] == 0
    assert TYPE.fit(read(overflow="carry"), 5, because, 9) == (5, because)


@given(st.integers(0, 9), st.integers(0, 500), st.integers(1, 20))
def test_with_carry_no_stamp_is_lost(before, given, required):
    before %= required
    paid = sum(pays for _reward, pays, _cost in granted(before, before + given, stamps_required=required))
    assert 0 <= before + given - paid < required
    assert paid % required == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"stamp_per": "amount"},
        {"interim": [{"at": 10, "reward": "x"}]},
        {"overflow": "cap", "welcome_stamps": 11},
    ],
)
def test_cards_that_cannot_work_are_refused(settings):
    with pytest.raises(ValidationError):
        read(**settings)
