"""When points expire: calendar days of the merchant's timezone, through leap years and changes of time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from programs import expiry

READ = TypeAdapter(expiry.Expiry)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def ends(setting, earned, zone="Europe/Berlin"):
    """The local moment at which points earned at a local time expire."""
    moment = datetime.fromisoformat(earned).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = expiry.expires_at(READ.validate_python(setting), moment, zone)
    return found and found.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(" ", "minutes")


def after(months, round_to="day"):
    return {"kind": "after", "months": months, "round_to": round_to}


def test_never():
    assert ends({"kind": "never"}, "2026-03-12 12:00") is None


@pytest.mark.parametrize(
    ("earned", "months", "end"),
    [
        ("2026-01-31 09:00", 1, "2026-03-01 00:00"),
        ("2028-01-31 09:00", 1, "2028-03-01 00:00"),
        ("2026-01-25 09:00", 1, "2026-02-26 00:00"),
        ("2028-02-29 09:00", 12, "2029-03-01 00:00"),
        ("2026-12-31 23:59", 12, "2028-01-01 00:00"),
        ("2026-11-30 00:00", 3, "2027-03-01 00:00"),
    ],
)
def test_months_end_at_midnight_after_the_same_day_or_the_last_of_the_month(earned, months, end):
    assert ends(after(months), earned) == end


def test_in_a_leap_year_the_last_day_of_february_is_the_29th():
    assert expiry.add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert expiry.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert expiry.add_months(date(2100, 1, 31), 1) == date(2100, 2, 28)


def test_rounded_to_the_end_of_the_month():
    assert ends(after(1, "month_end"), "2026-01-22 12:00") == "2026-03-01 00:00"


def test_rounded_to_the_end_of_the_year():
    assert ends(after(36, "year_end"), "2025-02-10 12:00") == "2029-01-01 00:00"


@pytest.mark.parametrize(
    ("earned", "end"),
    [("2026-03-12 12:00", "2027-01-01 00:00"), ("2026-12-31 23:59", "2027-01-01 00:00"),
     ("2027-01-01 00:00", "2028-01-01 00:00")],
)  # fmt: skip
def test_yearly_is_the_next_such_day_and_the_day_itself_counts(earned, end):
    assert ends({"kind": "yearly", "month_day": "12-31"}, earned) == end


def test_yearly_on_the_29th_of_february_is_the_28th_in_other_years():
    assert ends({"kind": "yearly", "month_day": "02-29"}, "2026-03-01 12:00") == "2027-03-01 00:00"
    assert ends({"kind": "yearly", "month_day": "02-29"}, "2027-03-01 12:00") == "2028-03-01 00:00"


def test_inactivity_ends_so_many_months_after_the_last_activity():
    assert ends({"kind": "inactivity", "months": 12}, "2026-03-12 12:00") == "2027-03-13 00:00"


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Berlin", date(2026, 3, 12), 24),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
    ],
)
def test_a_day_is_a_day_however_many_hours_it_has(zone, day, hours):
    length = expiry.midnight(day + timedelta(days=1), zone) - expiry.midnight(day, zone)
    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("earned", "end"), [("2026-02-28 12:00", "2026-03-29 00:00"), ("2026-03-29 00:30", "2026-04-30 00:00"),
                        ("2026-09-25 23:30", "2026-10-26 00:00")],
)  # fmt: skip
def test_midnight_is_midnight_on_both_sides_of_a_change_of_time(earned, end):
    assert ends(after(1), earned) == end


def test_the_day_is_the_merchants_and_not_the_servers():
    late = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
    one_month = expiry.After(kind="after", months=1)
    assert expiry.expires_at(one_month, late, "Europe/Berlin") == datetime(2026, 3, 1, 23, tzinfo=UTC)
    # In New York it is still the evening of 31 January.
    assert expiry.expires_at(one_month, late, "America/New_York") == datetime(2026, 3, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "setting", [after(0), after(121), {"kind": "yearly", "month_day": "13-01"}, {"kind": "x"}]
)
def test_settings_without_sense_are_refused(setting):
    with pytest.raises(ValidationError):
        READ.validate_python(setting)


@given(MOMENTS, st.integers(1, 120), st.sampled_from(["day", "month_end", "year_end"]), ZONES)
def test_a_period_ends_at_a_local_midnight_after_at_least_its_months(moment, months, round_to, zone):
    setting = expiry.After(kind="after", months=months, round_to=round_to)
    end = expiry.expires_at(setting, moment, zone)
    local = end.astimezone(ZoneInfo(zone))
    day = moment.astimezone(ZoneInfo(zone)).date()
    assert (local.hour, local.minute) == (0, 0)
    assert local.date() > expiry.add_months(day, months)
    if round_to == "day":
        assert local.date() == expiry.add_months(day, months) + timedelta(days=1)


@given(MOMENTS, MOMENTS, st.sampled_from([after(1), after(7, "month_end"), {"kind": "yearly", "month_day": "02-29"}]),
       ZONES)  # fmt: skip
def test_what_is_earned_later_never_expires_earlier(one, other, setting, zone):
    setting = READ.validate_python(setting)
    earlier, later = sorted((one, other))
    assert expiry.expires_at(setting, earlier, zone) <= expiry.expires_at(setting, later, zone)


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.integers(0, 200), st.integers(0, 200))
def test_months_add_up_except_where_a_shorter_month_lies_between(day, a, b):
    assert (expiry.add_months(day, a).replace(day=1)) == expiry.add_months(day.replace(day=1), a)
    if day.day <= 28:
        assert expiry.add_months(expiry.add_months(day, a), b) == expiry.add_months(day, a + b)
