"""Quiet hours: 20:00 to 8:00 on the clock on the customer's wall."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import quiet_hours

BERLIN = ZoneInfo("Europe/Berlin")

# From 2000 to 2035, to the minute.
minutes = st.integers(946_684_800 // 60, 2_051_222_400 // 60)
moments = minutes.map(lambda minute: datetime.fromtimestamp(minute * 60, UTC))
zones = st.sampled_from(sorted(zone for zone in available_timezones() if "/" in zone))


def berlin(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("2026-03-12T07:59", "2026-03-12T08:00"),
        ("2026-03-12T08:00", "2026-03-12T08:00"),
        ("2026-03-12T19:59", "2026-03-12T19:59"),
        ("2026-03-12T20:00", "2026-03-13T08:00"),
        ("2026-12-31T23:30", "2027-01-01T08:00"),
        # Clocks jump at 2:00 on 29 March and fall back at 3:00 on 25 October: 8:00 is 8:00 on the wall.
        ("2026-03-28T21:00", "2026-03-29T08:00"),
        ("2026-03-29T01:30", "2026-03-29T08:00"),
        ("2026-10-24T21:00", "2026-10-25T08:00"),
        ("2026-10-25T02:30", "2026-10-25T08:00"),
    ],
)
def test_a_message_of_the_night_waits_for_eight_oclock(asked, given):
    assert quiet_hours.next_good_moment(berlin(asked), "Europe/Berlin") == berlin(given)


def test_the_night_before_the_clocks_jump_is_an_hour_shorter():
    evening, morning = berlin("2026-03-28T20:00"), berlin("2026-03-29T08:00")
    assert quiet_hours.next_good_moment(evening, "Europe/Berlin") - evening.astimezone(UTC) == timedelta(
        hours=11
    )
    assert morning.astimezone(UTC) == datetime(2026, 3, 29, 6, tzinfo=UTC)


def test_the_customers_timezone_counts():
    noon_in_berlin = berlin("2026-03-12T12:00")
    assert quiet_hours.next_good_moment(noon_in_berlin, "Asia/Tokyo") == berlin("2026-03-13T00:00")
    assert quiet_hours.next_good_moment(noon_in_berlin, "Asia/Dubai") == noon_in_berlin
    assert quiet_hours.next_good_moment(noon_in_berlin, "America/Los_Angeles") == berlin("2026-03-12T16:00")


def test_an_hour_that_does_not_exist_that_day_opens_when_the_clock_has_jumped():
    # 2:30 does not exist in Berlin on 29 March; one hour after 1:30 the clock shows 3:30.
    opening = quiet_hours.next_good_moment(berlin("2026-03-29T01:00"), "Europe/Berlin", time(2, 30), time(20))
    assert opening == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_opens_at_its_first():
    opening = quiet_hours.next_good_moment(berlin("2026-10-25T01:00"), "Europe/Berlin", time(2, 30), time(20))
    assert opening == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(moments, zones)
def test_the_moment_is_never_quiet_never_earlier_and_at_most_a_night_later(moment, zone):
    good = quiet_hours.next_good_moment(moment, zone)
    assert good >= moment
    assert quiet_hours.may_arrive_at(good, zone)
    # A day that a country skipped on its way over the date line is the longest night there has been.
    assert good - moment <= timedelta(hours=12 + 24 + 1)


@given(moments, zones)
def test_a_good_moment_stays_as_it_is(moment, zone):
    good = quiet_hours.next_good_moment(moment, zone)
    assert quiet_hours.next_good_moment(good, zone) == good
