"""Points as money: how many a purchase takes, and what they pay."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import paying
from programs.paying import Redeem


@pytest.mark.parametrize(
    ("redeem", "asked", "balance", "due_minor", "points"),
    [
        (Redeem(step=3), 10, 10, 1000, 9),
        (Redeem(max_percent="50"), 1000, 1000, 1500, 750),
        (Redeem(max_percent="50"), 1000, 300, 1500, 300),
        (Redeem(), 100, 1000, 1500, 100),
        (Redeem(), 100, 0, 1500, 0),
        (Redeem(point_value_minor="0.5"), 1000, 1000, 100, 200),
        (Redeem(point_value_minor="10"), 1000, 1000, 99, 9),
        (Redeem(point_value_minor="0"), 1000, 1000, 99, 0),
    ],
)
def test_as_many_as_balance_share_and_step_allow(redeem, asked, balance, due_minor, points):
    assert paying.most(redeem, asked=asked, balance=balance, due_minor=due_minor) == points


def test_half_a_cent_is_rounded_up():
    assert (
        paying.worth(Redeem(point_value_minor="0.5"), 3),
        paying.worth(Redeem(point_value_minor="1.25"), 2),
    ) == (2, 3)


@given(
    st.builds(
        Redeem,
        point_value_minor=st.decimals(0, 50, places=2).map(str),
        step=st.integers(1, 50),
        max_percent=st.decimals(0, 100, places=1).map(str),
    ),
    st.integers(0, 10**6),
    st.integers(-100, 10**6),
    st.integers(0, 10**6),
)
def test_never_more_than_is_asked_is_there_or_is_due(redeem, asked, balance, due_minor):
    points = paying.most(redeem, asked=asked, balance=balance, due_minor=due_minor)
    assert 0 <= points <= asked
    assert points <= max(0, balance)
    assert points % redeem.step == 0
    share = Fraction(due_minor) * Fraction(redeem.max_percent) / 100
    assert points * Fraction(redeem.point_value_minor) <= share
    one_more = points + redeem.step
    value = Fraction(redeem.point_value_minor)
    assert value == 0 or one_more > asked or one_more > balance or one_more * value > share
