"""At most two promotional messages in any seven days."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaigns import cap

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_first_and_the_second_go_out_at_once():
    assert cap.next_allowed([], NOON) == NOON
    assert cap.next_allowed([NOON - DAY], NOON) == NOON


def test_the_third_waits_until_the_first_is_seven_days_old():
    assert cap.next_allowed([NOON - 2 * DAY, NOON - DAY], NOON) == NOON + 5 * DAY


def test_what_is_seven_days_old_does_not_count_any_more():
    assert cap.next_allowed([NOON - 7 * DAY, NOON - DAY], NOON) == NOON


def test_of_many_the_last_two_count():
    assert cap.next_allowed([NOON - 3 * DAY, NOON - 2 * DAY, NOON - DAY], NOON) == NOON + 5 * DAY


@given(st.lists(st.integers(0, 60 * 24 * 60), max_size=60))
def test_no_seven_days_hold_more_than_two(minutes):
    sent = []
    for asked in sorted(NOON + timedelta(minutes=m) for m in minutes):
        if cap.next_allowed(sent, asked) == asked:
            sent.append(asked)
    for first in sent:
        assert sum(first <= other < first + cap.DAYS for other in sent) <= cap.MESSAGES
