"""When paid periods begin and end. Rule: docs/rules/vip.md, "Periods"."""

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.subscriptions import periods

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
INTERVALS = st.sampled_from(["month", "year"])
ZONES = ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


def renewals(anchor, interval, count):
    found, day = [], anchor
    for _ in range(count):
        day = periods.following(anchor, interval, day)
        found.append(day)
    return found


def test_30_from_31_january_renewals_are_on_28_february_31_march_and_30_april():
    assert renewals(date(2026, 1, 31), "month", 4) == [
        date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31),
    ]  # fmt: skip


def test_in_a_leap_year_the_renewal_is_on_29_february():
    assert renewals(date(2028, 1, 31), "month", 2) == [date(2028, 2, 29), date(2028, 3, 31)]


def test_a_yearly_fee_from_29_february_renews_on_28_february_until_the_next_leap_year():
    assert renewals(date(2024, 2, 29), "year", 4) == [
        date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29),
    ]  # fmt: skip


def test_a_month_over_the_change_of_clocks_ends_at_midnight_all_the_same():
    # 29.3.2026 has 23 hours in Berlin, 25.10.2026 has 25.
    assert periods.start_of(date(2026, 3, 29), "Europe/Berlin") == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert periods.start_of(date(2026, 3, 30), "Europe/Berlin") == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert periods.start_of(date(2026, 10, 26), "Europe/Berlin") == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_seven_days_over_the_change_of_clocks_are_seven_days_of_the_calendar():
    late = datetime(2026, 3, 27, 22, 30, tzinfo=UTC)
    assert periods.after_days(late, 7, "Europe/Berlin") == datetime(2026, 4, 2, 22, tzinfo=UTC)


def test_a_moment_belongs_to_the_day_of_the_merchant():
    moment = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    assert periods.local_day(moment, "Europe/Berlin") == date(2026, 2, 1)
    assert periods.local_day(moment, "America/New_York") == date(2026, 1, 31)


@given(DAYS, INTERVALS, st.integers(0, 4000))
def test_the_next_renewal_lies_ahead_by_no_more_than_an_interval(anchor, interval, later):
    day = anchor + timedelta(days=later)
    ahead = periods.following(anchor, interval, day)
    assert day < ahead <= day + timedelta(days=31 if interval == "month" else 366)


@given(DAYS, INTERVALS, st.integers(0, 4000))
def test_a_renewal_is_on_the_anchors_day_of_the_month_or_on_its_last(anchor, interval, later):
    ahead = periods.following(anchor, interval, anchor + timedelta(days=later))
    last = calendar.monthrange(ahead.year, ahead.month)[1]
    assert ahead.day == min(anchor.day, last)
    assert interval == "month" or ahead.month == anchor.month


@given(DAYS, INTERVALS, st.integers(1, 40))
def test_renewals_one_after_the_other_leave_none_out(anchor, interval, count):
    step = 1 if interval == "month" else 12
    months = [
        (day.year * 12 + day.month - anchor.year * 12 - anchor.month)
        for day in renewals(anchor, interval, count)
    ]
    assert months == [step * number for number in range(1, count + 1)]


@given(DAYS, INTERVALS, st.integers(0, 4000))
def test_the_renewal_before_the_next_one_is_the_last_that_was(anchor, interval, later):
    day = anchor + timedelta(days=later)
    ahead = periods.following(anchor, interval, day)
    before = periods.preceding(anchor, interval, ahead)
    assert before <= day < ahead
    assert periods.following(anchor, interval, before) == ahead


@pytest.mark.parametrize("zone", ZONES)
@given(day=DAYS)
def test_a_day_begins_on_that_day_wherever_the_merchant_is(zone, day):
    begins = periods.start_of(day, zone)
    assert periods.local_day(begins, zone) >= day
    assert periods.local_day(begins - timedelta(microseconds=1), zone) < day
