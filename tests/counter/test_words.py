from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from loyalty.counter import words


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"), timezone.override("Europe/Berlin"):
        yield


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Maximiliane Freifrau von Hohenthal-Bergenstein", "MH"), ("Özlem Yıldırım", "ÖY"), ("Jo", "J"),
     ("ronja von der see", "RS")],
)  # fmt: skip
def test_initials_are_of_the_first_name_and_the_last_word(name, initials):
    assert words.initials(name) == initials


@pytest.mark.parametrize(
    ("today", "told"),
    [(date(2026, 3, 12), "on Saturday"), (date(2026, 3, 14), "today"), (date(2026, 3, 15), ""),
     (date(2026, 3, 7), ""), (date(2026, 3, 8), "on Saturday")],
)  # fmt: skip
def test_birthday_is_told_in_the_week_before_it(today, told):
    assert words.birthday(date(1990, 3, 14), today) == told


def test_birthday_of_29_february_is_on_the_28th_in_other_years():
    assert words.birthday(date(1992, 2, 29), date(2026, 2, 28)) == "today"
    assert words.birthday(date(1992, 2, 29), date(2028, 2, 28)) == "on Tuesday"


def test_what_ends_at_midnight_ends_on_the_day_before():
    class Program:
        type, unit_singular, unit_plural = "points", "point", "points"

    now = datetime(2026, 3, 12, 12, tzinfo=UTC)
    soon, later = datetime(2026, 3, 31, 22, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert words.expiring([(7, later, Program), (40, soon, Program)], now) == "40 points on 31 March"
    assert words.expiring([(7, later, Program)], now) == "nothing"


@pytest.mark.parametrize(
    ("at", "told"),
    [(datetime(2026, 3, 12, 7, 12, tzinfo=UTC), "Today, 8:12"),
     (datetime(2026, 3, 10, 6, 56, tzinfo=UTC), "Tuesday, 7:56"),
     (datetime(2026, 2, 27, 7, 31, tzinfo=UTC), "27 February, 8:31"), (None, "none yet")],
)  # fmt: skip
def test_last_visit_is_told_as_people_say_it(at, told):
    assert words.when(at, datetime(2026, 3, 12, 12, tzinfo=UTC)) == told
