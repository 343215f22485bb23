"""What a purchase deserves: exact figures, and what holds for every figure."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.earning import Facts
from tests.programs.pure import basket, deserved, had, line, points, rule

MONEY = st.integers(0, 10**9)
RATE = st.tuples(st.integers(1, 1000), st.integers(1, 100_000))


@pytest.mark.parametrize(
    ("net_minor", "earn", "given"),
    [
        (1999, {"points": 1, "per_minor": 100}, 19),
        (4000, {"points": 3, "per_minor": 100}, 120),
        (10500, {"points": 1, "per_minor": 1000}, 10),
        (0, {}, 0),
        (99, {}, 0),
        (100, {}, 1),
    ],
)
def test_so_many_points_for_every_full_part_of_the_spend(net_minor, earn, given):
    assert points(net_minor, **earn) == given


@pytest.mark.parametrize(("rounding", "given"), [("down", 28), ("half_up", 29), ("up", 29)])
def test_nineteen_points_times_one_and_a_half_are_rounded_as_the_program_says(rounding, given):
    assert points(1900, rules=[rule({"multiplier": "1.5"})], rounding=rounding) == given


def test_nineteen_points_doubled_are_thirty_eight():
    assert points(1900, rules=[rule({"multiplier": "2"})]) == 38


def test_the_multiplier_is_applied_before_the_rounding():
    assert points(238, rules=[rule({"multiplier": "1.5"})]) == 3


@pytest.mark.parametrize(("rounding", "given"), [("down", 2), ("half_up", 3), ("up", 3)])
def test_a_half_is_rounded_up_and_less_is_not(rounding, given):
    assert points(250, rounding=rounding) == given
    assert points(249, rounding=rounding) == (3 if rounding == "up" else 2)


def test_what_is_left_of_a_point_is_kept_with_accumulate():
    first = deserved(basket(3000), earn={"per_minor": 5000, "accumulate": True})
    assert (first.amount, first.fraction) == (0, Fraction(3, 5))
    assert first.because[0] | {"code": "carried", "carried_minor": 3000, "amount": 0} == first.because[0]
    second = deserved(basket(2000), earn={"per_minor": 5000, "accumulate": True}, carry=Fraction(3, 5))
    assert (second.amount, second.because[0]["carried_minor"]) == (1, 0)


def test_without_accumulate_too_little_gives_none_and_because_says_so():
    result = deserved(basket(3000), earn={"per_minor": 5000})
    assert result.because == [
        {"rule": "earn", "code": "too_little", "points": 1, "per_minor": 5000, "amount": 0}
    ]


def test_a_smaller_purchase_than_the_minimum_gives_none():
    assert points(999, min_minor=1000) == 0
    assert points(1000, min_minor=1000) == 10


def test_excluded_lines_give_none_and_the_rest_does():
    lines = line(300, "pfand"), line(500, category="Tabak"), line(700, brand="Hausmarke"), line(1000, "brot")
    exclude = {"skus": ["pfand"], "categories": ["Tabak"], "brands": ["Hausmarke"]}
    result = deserved(basket(2600, *lines), earn={"exclude": exclude})
    assert result.amount == 11, "10.00 of bread, and 1.00 that no line tells of"
    assert result.because[0]["excluded_minor"] == 1500
    only = deserved(basket(300, line(300, "pfand")), earn={"exclude": exclude})
    assert (only.amount, only.because[0]["code"]) == (0, "excluded")


def test_a_limit_per_purchase_trims():
    result = deserved(basket(125_000), earn={"limit": {"per_purchase": 1000}})
    assert result.amount == 1000
    assert result.because[0] | {"code": "limited", "limit": 1000, "period": "purchase"} == result.because[0]


def test_a_limit_per_day_leaves_what_was_not_yet_had_and_says_why():
    result = deserved(basket(10_000), facts=had(day=80), earn={"limit": {"per_day": 100}})
    assert result.amount == 20
    told = {"code": "limited", "limit": 100, "period": "day", "had": 80}
    assert result.because[0] | told == result.because[0]


def test_a_limit_per_month_that_is_used_up_leaves_nothing():
    assert points(10_000, facts=had(month=300), limit={"per_month": 300}) == 0


def test_multipliers_of_everything_multiply_each_other():
    assert points(1000, rules=[rule({"multiplier": "2"}), rule({"multiplier": "1.5"})]) == 30


def test_a_multiplier_for_some_lines_works_on_them_alone():
    lines = line(400, "brot"), line(600, "torte")
    assert points(1000, *lines, rules=[rule({"multiplier": "2"}, skus=["brot"])]) == 14


def test_multipliers_of_different_lines_do_not_multiply_each_other():
    lines = line(500, "brot"), line(500, "torte")
    double = [rule({"multiplier": "2"}, skus=["brot"]), rule({"multiplier": "2"}, skus=["torte"])]
    assert points(1000, *lines, rules=double) == 20


def test_multipliers_of_the_same_line_do():
    double = [rule({"multiplier": "2"}, skus=["brot"]), rule({"multiplier": "3"}, categories=["Backwaren"])]
    assert points(1000, line(500, "brot", category="Backwaren"), rules=double) == 35


def test_an_excluded_line_is_not_multiplied():
    lines = line(500, "pfand"), line(500, "brot")
    assert points(1000, *lines, rules=[rule({"multiplier": "2"}, skus=["pfand", "brot"])],
                  exclude={"skus": ["pfand"]}) == 10  # fmt: skip


@given(MONEY, RATE)
def test_rounded_down_a_point_is_given_for_every_full_part(net_minor, rate):
    given, per = rate
    assert points(net_minor, points=given, per_minor=per) == given * net_minor // per


@given(MONEY, RATE)
def test_the_roundings_lie_within_one_point_of_the_exact_value(net_minor, rate):
    exact = Fraction(rate[0] * net_minor, rate[1])
    down, half, up = (
        points(net_minor, points=rate[0], per_minor=rate[1], rounding=how)
        for how in ("down", "half_up", "up")
    )
    assert down <= half <= up
    assert exact - 1 < down <= exact <= up < exact + 1
    assert abs(half - exact) <= Fraction(1, 2)


@given(st.lists(st.integers(0, 100_000), max_size=8), st.integers(1, 10_000))
def test_with_accumulate_splitting_a_purchase_never_loses_a_point(parts, per_minor):
    carry, given = Fraction(0), 0
    for part in parts:
        result = deserved(basket(part), earn={"per_minor": per_minor, "accumulate": True}, carry=carry)
        given += result.amount
        carry = (carry + result.fraction) % 1
    assert given == sum(parts) // per_minor


@given(
    st.integers(0, 10**6),
    st.integers(0, 2000),
    st.integers(0, 2000),
    st.none() | st.integers(0, 1000),
    st.none() | st.integers(0, 1000),
)
def test_limits_only_ever_trim_and_never_below_zero(net_minor, day, month, per_day, per_purchase):
    limit = {"per_day": per_day, "per_purchase": per_purchase}
    without = points(net_minor)
    left = points(net_minor, facts=had(day=day, month=month), limit=limit)
    assert 0 <= left <= without
    if per_day is not None:
        assert left == 0 or day + left <= per_day
    if per_purchase is not None:
        assert left <= per_purchase


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_spend_never_deserves_less(less, more):
    less, more = sorted((less, more))
    rules = [
        rule({"multiplier": "1.5"}),
        rule({"points": 1, "per_minor": 200}),
        rule({"amount": 5}, min_minor=500),
    ]
    assert points(less, rules=rules) <= points(more, rules=rules)


@given(st.integers(0, 10**6), st.integers(0, 10))
def test_the_reasons_add_up_to_the_amount(net_minor, quantity):
    rules = [
        rule({"amount": 50}, name="a", min_minor=1000, limit={"per_purchase": 30}),
        rule({"per_item": 5}, name="b", event="item"),
        rule({"multiplier": "2"}, name="c"),
        rule({"points": 1, "per_minor": 300}, name="d", stacking="best"),
        rule({"amount": 7}, name="e", stacking="best"),
    ]
    bought = basket(net_minor, line(net_minor, "brot", quantity=quantity))
    result = deserved(bought, rules=rules, earn={"limit": {"per_purchase": 500}})
    assert sum(row["amount"] for row in result.because) == result.amount
    assert [row["rule"] for row in result.because] == ["earn", "a", "b", "c", "d", "e"]


def test_two_limited_multipliers_add_no_more_than_their_limits_and_never_take_away():
    rules = [rule({"multiplier": "2"}, name=name, limit={"per_purchase": 15}) for name in ("a", "b", "c")]
    result = deserved(basket(1000), rules=rules)
    # 10 × 2 × 2 × 2: each adds 10, 20 and 40 to what was there, and may add 15.
    assert result.amount == 10 + 10 + 15 + 15
    assert [row["added"] for row in result.because[1:]] == [10, 15, 15]
    assert "limit" not in result.because[1]


def test_facts_are_kept_and_read_back_unchanged():
    facts = Facts({"earn": {"day": 1, "month": 2, "ever": 3}}, 59, True)
    assert Facts.from_kept(facts.kept()) == facts
