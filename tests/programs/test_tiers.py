"""Which tier a figure reaches, and when one is lost: values in, values out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import tiers
from programs.expiry import midnight
from programs.tiers import NONE, CalendarYear, Downgrade, Holding, Lifetime, Rolling, Scheme

BERLIN = "Europe/Berlin"
THRESHOLDS = (0, 200, 300)
YEAR, MONTH = Rolling(kind="rolling", months=12), Rolling(kind="rolling", months=1)
BRONZE, SILVER, GOLD = 0, 1, 2


def at(year, month, day, hour=0, minute=0, zone=BERLIN):
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def scheme(policy="one_step", grace_days=30, window=YEAR, thresholds=THRESHOLDS, timezone=BERLIN):
    return Scheme(thresholds, window, Downgrade(policy=policy, grace_days=grace_days), timezone)


@pytest.mark.parametrize(
    ("value", "tier"), [(0, BRONZE), (199, BRONZE), (200, SILVER), (299, SILVER), (300, GOLD), (10**12, GOLD)]
)
def test_a_threshold_reached_is_a_tier_reached(value, tier):
    assert tiers.reached(THRESHOLDS, value) == tier


def test_below_the_lowest_threshold_there_is_no_tier():
    assert tiers.reached((100, 200), 99) == NONE


@pytest.mark.parametrize(
    ("window", "occurred", "until"),
    [
        (YEAR, at(2026, 3, 12, 15), at(2027, 3, 13)),
        (YEAR, at(2024, 2, 29, 12), at(2025, 3, 1)),
        (Rolling(kind="rolling", months=1), at(2026, 1, 31, 12), at(2026, 3, 1)),
        (Rolling(kind="rolling", months=1), at(2026, 2, 28, 23, 59), at(2026, 3, 29)),
        (CalendarYear(kind="calendar_year"), at(2026, 12, 31, 23, 59), at(2027, 1, 1)),
        (CalendarYear(kind="calendar_year"), at(2027, 1, 1), at(2028, 1, 1)),
        (Lifetime(kind="lifetime"), at(2026, 1, 1), None),
    ],
)
def test_what_was_bought_counts_until_the_end_of_its_period(window, occurred, until):
    assert tiers.counts_until(window, occurred, BERLIN) == until


def test_the_year_is_the_merchants():
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert tiers.counts_until(CalendarYear(kind="calendar_year"), late, BERLIN) == at(2028, 1, 1)
    new_york = "America/New_York"
    assert tiers.counts_until(CalendarYear(kind="calendar_year"), late, new_york) == at(
        2027, 1, 1, zone=new_york
    )


def test_up_at_once_and_as_far_as_it_goes():
    assert tiers.look(scheme(), Holding(NONE), 350, at(2026, 3, 12)) == Holding(GOLD)


def test_below_it_a_grace_begins_in_days_of_the_calendar_and_ends_at_midnight():
    # 30 days from 1 March 2026, over the night that has an hour less.
    held = tiers.look(scheme(), Holding(GOLD), 250, at(2026, 3, 1))
    assert held == Holding(GOLD, at(2026, 3, 31))
    assert tiers.look(scheme(), held, 250, at(2026, 3, 31) - timedelta(seconds=1)) == held
    assert tiers.look(scheme(), held, 250, at(2026, 3, 31)) == Holding(SILVER)


def test_reached_again_in_the_grace_nothing_was():
    assert tiers.look(scheme(), Holding(GOLD, at(2026, 3, 31)), 300, at(2026, 3, 20)) == Holding(GOLD)


def test_one_step_at_a_time_the_lower_tier_is_kept_for_a_new_period_and_its_grace():
    fallen = tiers.look(scheme(), Holding(GOLD, at(2026, 3, 31)), 0, at(2026, 3, 31))
    assert fallen == Holding(SILVER, at(2027, 5, 1))
    assert tiers.look(scheme(), fallen, 0, at(2027, 4, 30, 23)) == fallen
    assert tiers.look(scheme(), fallen, 0, at(2027, 5, 1)) == Holding(BRONZE)


def test_full_falls_to_what_is_reached():
    assert tiers.look(scheme("full", 0), Holding(GOLD), 10, at(2026, 3, 1)) == Holding(BRONZE)
    assert tiers.look(scheme("full", 0), Holding(GOLD), 200, at(2026, 3, 1)) == Holding(SILVER)


def test_never_falls_never():
    assert tiers.look(scheme("never"), Holding(GOLD), 0, at(2026, 3, 1)) == Holding(GOLD)


def test_a_tier_lasts_until_what_holds_it_is_gone():
    counted = [(at(2027, 1, 1), 100), (at(2027, 2, 1), 150), (None, 50), (at(2027, 3, 1), 60)]
    assert scheme().lasts_until(GOLD, counted) == at(2027, 1, 1)
    assert scheme().lasts_until(SILVER, counted) == at(2027, 2, 1)
    assert scheme().lasts_until(BRONZE, counted) is None
    assert scheme("never").lasts_until(GOLD, counted) is None


SCHEMES = st.builds(
    scheme,
    st.sampled_from(["never", "one_step", "full"]),
    st.integers(0, 90),
    st.sampled_from([YEAR, MONTH, CalendarYear(kind="calendar_year"), Lifetime(kind="lifetime")]),
    st.sampled_from([(0, 200, 300), (100, 200), (50,), (0,), (10, 20, 30, 40)]),
    st.sampled_from([BERLIN, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)  # fmt: skip
MOMENTS = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(SCHEMES, st.integers(NONE, 3), st.integers(0, 400), MOMENTS)
def test_looking_twice_changes_nothing(one, tier, value, moment):
    held = Holding(min(tier, len(one.thresholds) - 1))
    first = tiers.look(one, held, value, moment)
    assert tiers.look(one, first, value, moment) == first


@given(SCHEMES, st.integers(NONE, 3), st.integers(0, 400), MOMENTS)
def test_never_above_what_is_held_or_reached_and_never_below_what_is_reached(one, tier, value, moment):
    held = Holding(min(tier, len(one.thresholds) - 1))
    target = tiers.reached(one.thresholds, value)
    found = tiers.look(one, held, value, moment)
    assert target <= found.tier <= max(held.tier, target)
    assert found.grace_until is None or (found.grace_until > moment and found.tier > target)


@given(SCHEMES, st.lists(st.integers(0, 100), max_size=6), MOMENTS)
def test_with_the_steps_of_time_a_tier_that_nothing_holds_comes_to_its_end(one, values, moment):
    held, value = Holding(len(one.thresholds) - 1), sum(values) % 40
    for _step in range(20):
        held = tiers.look(one, held, value, moment)
        if held.grace_until is None:
            break
        moment = held.grace_until
    assert held.tier == max(
        tiers.reached(one.thresholds, value),
        len(one.thresholds) - 1 if one.downgrade.policy == "never" else NONE,
    )


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 36))
def test_a_day_leaves_the_window_as_a_whole(day, months):
    window = Rolling(kind="rolling", months=months)
    begins, ends = (
        midnight(day, BERLIN),
        midnight(day + timedelta(days=1), BERLIN) - timedelta(microseconds=1),
    )
    assert tiers.counts_until(window, begins, BERLIN) == tiers.counts_until(window, ends, BERLIN) > ends
