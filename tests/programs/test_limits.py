"""Limits trim; the tightest one is told."""

from hypothesis import given
from hypothesis import strategies as st

from programs.limits import PERIODS, trim

LIMITS = st.dictionaries(st.sampled_from(PERIODS), st.none() | st.integers(0, 1000))
HAD = st.dictionaries(st.sampled_from(PERIODS), st.integers(0, 2000))


def test_without_a_limit_everything_is_left():
    assert trim(1250, {}, {}) == (1250, {})
    assert trim(1250, {"purchase": None}, {}) == (1250, {})


def test_a_thousand_per_purchase():
    reason = {"code": "limited", "limit": 1000, "period": "purchase", "had": 0}
    assert trim(1250, {"purchase": 1000}, {}) == (1000, reason)
    assert trim(1000, {"purchase": 1000}, {}) == (1000, {})


def test_a_hundred_per_day_of_which_eighty_were_had():
    assert trim(50, {"day": 100}, {"day": 80}) == (
        20,
        {"code": "limited", "limit": 100, "period": "day", "had": 80},
    )


def test_more_than_the_limit_was_had_already():
    assert trim(50, {"month": 100}, {"month": 130})[0] == 0


def test_the_tightest_limit_is_told():
    left, reason = trim(500, {"purchase": 100, "day": 60, "ever": 1000}, {"day": 20, "ever": 100})
    assert (left, reason["period"]) == (40, "day")


@given(st.integers(0, 5000), LIMITS, HAD)
def test_what_is_left_fits_every_limit_and_something_trimmed_has_a_reason(amount, most, had):
    left, reason = trim(amount, most, had)
    rooms = [max(0, limit - had.get(period, 0)) for period, limit in most.items() if limit is not None]
    assert left == min([amount, *rooms])
    assert bool(reason) == (left < amount)
