"""Earning rules beside the base rate: when they match, what they give, how they stack, what limits them."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from programs.earning import Facts
from programs.rules import Rule
from tests.programs.pure import BERLIN, NOON, basket, deserved, had, line, rule

FIFTY = {"amount": 50}


def row(one, bought=None, facts=None):
    """The rule's row in `because`."""
    return deserved(bought or basket(1000), rules=[one], facts=facts).because[1]


def gave(one, bought=None, facts=None):
    return row(one, bought, facts)["amount"]


def at(hour, minute=0, *, day=12):
    return basket(1000, at=datetime(2026, 3, day, hour, minute, tzinfo=BERLIN))


def test_a_rule_without_conditions_always_gives():
    assert row(rule(FIFTY)) == {"rule": "Regel", "name": "Regel", "code": "rule", "amount": 50}


def test_weekdays_count_from_monday_as_one():
    thursday = rule(FIFTY, weekdays=[4])
    assert gave(thursday) == 50
    assert row(thursday, at(12, day=13)) == {
        "rule": "Regel", "name": "Regel", "code": "other_weekday", "weekdays": [4], "amount": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("hour", "minute", "given"), [(6, 59, 0), (7, 0, 50), (8, 59, 50), (9, 0, 0)])
def test_the_end_of_the_hours_is_outside(hour, minute, given):
    happy_hour = rule(FIFTY, **{"from": "07:00", "to": "09:00"})
    assert gave(happy_hour, at(hour, minute)) == given


@pytest.mark.parametrize(("hour", "given"), [(21, 0), (22, 50), (23, 50), (0, 50), (1, 50), (2, 0), (12, 0)])
def test_hours_may_go_over_midnight(hour, given):
    assert gave(rule(FIFTY, **{"from": "22:00", "to": "02:00"}), at(hour)) == given


@pytest.mark.parametrize(
    ("hours", "hour", "given"),
    [({"from": "18:00"}, 17, 0), ({"from": "18:00"}, 23, 50), ({"to": "09:00"}, 8, 50), ({"to": "09:00"}, 9, 0),
     ({"from": "18:00", "to": "24:00"}, 23, 50)],
)  # fmt: skip
def test_hours_may_be_open_on_one_side(hours, hour, given):
    assert gave(rule(FIFTY, **hours), at(hour)) == given


def test_a_rule_holds_from_its_start_up_to_its_end():
    def during(start, end):
        return row(rule(FIFTY, starts_at=start.isoformat(), ends_at=end.isoformat()))["code"]

    hour = timedelta(hours=1)
    assert during(NOON, NOON + hour) == "rule"
    assert during(NOON - hour, NOON) == "other_period"
    assert during(NOON + hour, NOON + 2 * hour) == "other_period"


def test_locations():
    here = rule(FIFTY, locations=["loc_1"])
    assert gave(here, basket(1000, location="loc_1")) == 50
    assert row(here, basket(1000, location="loc_2"))["code"] == "other_location"
    assert row(here)["code"] == "other_location"


def test_a_minimum():
    large = rule(FIFTY, min_minor=1000)
    assert gave(large) == 50
    assert row(large, basket(999)) | {"code": "below_minimum", "min_minor": 1000, "amount": 0} == row(
        large, basket(999)
    )


@pytest.mark.parametrize(
    "condition", [{"skus": ["brot"]}, {"categories": ["Backwaren"]}, {"brands": ["Feldmann"]}]
)
def test_items_by_sku_category_or_brand(condition):
    bread = rule(FIFTY, **condition)
    bought = basket(1000, line(400, "brot", category="Backwaren", brand="Feldmann"), line(600, "torte"))
    assert gave(bread, bought) == 50
    assert row(bread, basket(1000, line(1000, "torte")))["code"] == "other_items"
    assert row(bread)["code"] == "other_items"


def test_the_first_purchase_only():
    welcome = rule(FIFTY, first_purchase=True)
    assert gave(welcome, facts=Facts(is_first=True)) == 50
    assert row(welcome, facts=Facts(is_first=False))["code"] == "not_first_purchase"


def test_a_returned_purchase_gives_none():
    assert row(rule(FIFTY), basket(0, is_visit=False))["code"] == "returned"


def test_a_rule_for_joining_says_nothing_about_a_purchase():
    assert len(deserved(basket(1000), rules=[rule(FIFTY, event="joined")]).because) == 1


def test_per_item_counts_the_matching_pieces():
    fresh = rule({"per_item": 5}, event="item", skus=["brot"])
    assert gave(fresh, basket(1000, line(600, "brot", quantity=3), line(400, "torte", quantity=2))) == 15


def test_a_rate_of_its_own_is_rounded_by_itself():
    assert gave(rule({"points": 1, "per_minor": 200}), basket(399)) == 1
    some = rule({"points": 1, "per_minor": 200}, skus=["brot"])
    assert gave(some, basket(1000, line(600, "brot"), line(400, "torte"))) == 3


@pytest.mark.parametrize(
    ("limit", "facts", "left"),
    [
        ({"per_purchase": 30}, None, 30),
        ({"per_day": 100}, had("Regel", day=80), 20),
        ({"per_month": 100}, had("Regel", month=100), 0),
        ({"per_member": 60}, had("Regel", ever=55), 5),
        ({"per_day": 100}, had("Andere", day=80), 50),
    ],
)
def test_limits_trim_what_the_rule_gives(limit, facts, left):
    assert gave(rule(FIFTY, limit=limit), facts=facts) == left


def test_a_limit_says_what_it_was_and_what_was_had():
    limited = row(rule(FIFTY, limit={"per_day": 100}), facts=had("Regel", day=80))
    assert limited == {
        "rule": "Regel", "name": "Regel", "code": "limited", "limit": 100, "period": "day", "had": 80, "amount": 20,
    }  # fmt: skip


def test_a_limit_of_a_multiplier_trims_what_it_adds():
    double = rule({"multiplier": "2"}, limit={"per_day": 15})
    result = deserved(basket(1000), rules=[double], facts=had("Regel", day=10))
    assert result.amount == 15, "10 by the base, and 5 of the 10 that doubling adds"
    assert result.because[1] | {"added": 5, "limit": 15, "had": 10} == result.because[1]


def total(*rules):
    return deserved(basket(1000), rules=rules).amount


def test_rules_that_sum_add_to_the_base_and_to_each_other():
    assert total(rule(FIFTY, name="a"), rule({"amount": 20}, name="b")) == 80


def test_of_rules_with_best_only_the_one_that_gives_most_counts():
    a, b = rule(FIFTY, name="a", stacking="best"), rule({"amount": 20}, name="b", stacking="best")
    result = deserved(basket(1000), rules=[b, a, rule({"amount": 1}, name="c")])
    assert result.amount == 10 + 50 + 1
    assert result.because[1] | {"code": "another_was_better", "amount": 0} == result.because[1]


def test_of_equal_rules_with_best_the_first_counts():
    a, b = rule(FIFTY, name="a", stacking="best"), rule(FIFTY, name="b", stacking="best")
    assert [x["code"] for x in deserved(basket(1000), rules=[a, b]).because[1:]] == [
        "rule",
        "another_was_better",
    ]


def test_multipliers_compete_with_best_by_what_they_add():
    twice = rule({"multiplier": "2"}, name="a", stacking="best")
    thrice = rule({"multiplier": "3"}, name="b", stacking="best")
    assert total(twice, thrice) == 30
    assert total(twice, rule(FIFTY, name="c", stacking="best")) == 60
    assert total(twice, rule({"amount": 5}, name="c", stacking="best")) == 20


@pytest.mark.parametrize(
    "gives", [{}, {"amount": 5, "multiplier": "2"}, {"points": 1}, {"per_minor": 100}, {"amount": 0}]
)
def test_a_rule_gives_in_exactly_one_way(gives):
    with pytest.raises(ValidationError):
        rule(gives)


def test_an_unknown_field_is_refused():
    with pytest.raises(ValidationError, match="wekdays"):
        Rule.read({"name": "x", "when": {"event": "visit"}, "if": {"wekdays": [1]}, "gives": {"amount": 1}})
