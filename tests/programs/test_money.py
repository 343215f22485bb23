"""Splitting and rounding money."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.money import exponent, half_up, spread


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1000, [600, 400], [600, 400]),
        (10, [600, 400, 0], [6, 4, 0]),
        (1, [1, 1], [1, 0]),
        (5, [1, 2], [2, 3]),
        (7, [0, 0], [7, 0]),
        (0, [3, 4], [0, 0]),
        (9, [], []),
    ],
)
def test_a_total_is_split_in_proportion_and_the_cents_go_to_who_lost_most(total, weights, parts):
    assert spread(total, weights) == parts


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_the_parts_add_up_and_lie_within_a_cent_of_their_share(total, weights):
    parts = spread(total, weights)
    assert sum(parts) == total
    if any(weights):
        shares = [Fraction(total * weight, sum(weights)) for weight in weights]
        assert all(abs(part - share) < 1 for part, share in zip(parts, shares, strict=True))


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20), st.data())
def test_no_more_is_taken_off_a_line_than_it_is_worth(weights, data):
    parts = spread(data.draw(st.integers(0, sum(weights))), weights)
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True)) or not any(weights)


def test_a_half_is_rounded_away_from_zero():
    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]
    assert half_up(Fraction(149, 100)) == 1


def test_digits_after_the_point():
    assert [exponent(code) for code in ("EUR", "JPY", "KWD", "CHF")] == [2, 0, 3, 2]
