"""Rules of segments: their shape, and what joins conditions."""

import pytest
from pydantic import ValidationError

from members.segments import fields, tree

THREE = {"field": "visits", "is": "at_least", "value": 3}


def refused(rule):
    with pytest.raises(ValidationError) as caught:
        tree.read(rule)
    return [((error["loc"] or ("rule",))[-1], error["type"]) for error in caught.value.errors()]


def test_every_field_of_the_contract_is_known():
    assert {fields.name_of(shape) for shape in fields.known()} == {
        "visits", "spend", "last_visit", "visit_time", "products", "categories", "brands", "tier", "balance",
        "birthday", "joined", "language", "consent", "location", "joined_location", "has_email", "has_phone",
    }  # fmt: skip


def test_a_rule_is_stored_as_it_was_sent():
    rule = {"any": [THREE, {"none": [{"field": "joined", "is": "after", "value": "2026-03-01"}]}]}
    assert tree.written(tree.read(rule)) == rule


def test_defaults_are_stored_so_that_they_never_change_a_segment():
    rule = {"all": [{"field": "visit_time", "is": "at_least", "value": 50, "weekdays": [6, 7]}]}
    assert tree.written(tree.read(rule))["all"][0]["within_days"] == 90


@pytest.mark.parametrize(
    ("condition", "where", "why"),
    [
        ({"field": "visit", "is": "at_least", "value": 3}, "condition", "union_tag_invalid"),
        ({"is": "at_least", "value": 3}, "condition", "union_tag_not_found"),
        ({"field": "visits", "is": "contains", "value": 3}, "is", "literal_error"),
        ({"field": "visits", "is": "at_least", "value": "3"}, "value", "int_type"),
        ({"field": "visits", "is": "at_least", "value": -1}, "value", "greater_than_equal"),
        ({"field": "visits", "is": "at_least", "value": 3, "days": 30}, "days", "extra_forbidden"),
        ({"field": "visits", "is": "at_least"}, "value", "missing"),
        ({"field": "joined", "is": "before", "value": 30}, "value", "value_error"),
        ({"field": "joined", "is": "within_days", "value": "2026-03-01"}, "value", "value_error"),
        ({"field": "language", "is": "in", "value": "de"}, "value", "value_error"),
        ({"field": "tier", "is": "is", "value": ["Gold"]}, "value", "value_error"),
        ({"field": "birthday", "is": "month", "value": 13}, "value", "value_error"),
        ({"field": "birthday", "is": "within_days", "value": 367}, "value", "value_error"),
        ({"field": "balance", "is": "at_least", "value": 100}, "program", "missing"),
        ({"field": "visit_time", "is": "at_least", "value": 50}, "visit_time", "value_error"),
        ({"field": "visit_time", "is": "at_least", "value": 50, "from": "7"}, "from", "string_pattern_mismatch"),
    ],
)  # fmt: skip
def test_a_condition_that_means_nothing_is_refused_where_it_is_wrong(condition, where, why):
    assert refused({"all": [condition]})[0] == (where, why)


def test_a_rule_has_exactly_one_joint():
    assert refused({"all": [THREE], "any": [THREE]}) == [("any", "extra_forbidden")]
    assert ("all", "missing") in refused({})
    assert refused({"all": []}) == [("all", "too_short")]


def test_groups_are_nested_at_most_four_deep():
    rule = {"all": [THREE]}
    for _ in range(3):
        rule = {"any": [rule]}
    assert tree.read(rule).depth() == 4
    assert refused({"any": [rule]})[0][1] == "value_error"


def test_a_rule_has_at_most_fifty_conditions():
    two = {"any": [THREE] * 25}
    assert len(tree.read({"all": [two, two]}).conditions()) == 50
    assert refused({"all": [two, two, THREE]})[0][1] == "value_error"
