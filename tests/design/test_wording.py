"""Numbers, money, counts and days as people write them, in German and English."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.design import wording

NARROW = "\u202f"
NOW = datetime(2026, 3, 12, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def at(*when):
    return datetime(*when, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (1840, "EUR", "de", f"18,40{NARROW}€"),
        (1840, "EUR", "de-du", f"18,40{NARROW}€"),
        (1840, "EUR", "en", "€18.40"),
        (0, "EUR", "de", f"0,00{NARROW}€"),
        (-900, "EUR", "de", f"−9,00{NARROW}€"),
        (-900, "EUR", "en", "−€9.00"),
        (128400, "EUR", "de", f"1.284,00{NARROW}€"),
        (500, "JPY", "de", f"500{NARROW}¥"),
        (12345, "KWD", "de", f"12,345{NARROW}KWD"),
        (12345, "KWD", "en", f"KWD{NARROW}12.345"),
        (1990, "CHF", "de", f"19,90{NARROW}CHF"),
        (100, "HUF", "de", f"1,00{NARROW}HUF"),
        (250, "ISK", "de", f"250{NARROW}ISK"),
    ],
)
def test_money_has_as_many_decimals_as_its_currency(minor, currency, language, written):
    assert wording.amount(minor, currency, language) == written


def test_short_money_leaves_out_decimals_only_of_whole_amounts():
    assert wording.amount(75000, "EUR", "de", short=True) == f"750{NARROW}€"
    assert wording.amount(1840, "EUR", "de", short=True) == f"18,40{NARROW}€"


@pytest.mark.parametrize(
    ("value", "digits", "language", "written"),
    [
        (63, 0, "de", f"63{NARROW}%"),
        (1.1, 1, "de", f"1,1{NARROW}%"),
        (1.1, 1, "en", f"1.1{NARROW}%"),
        (-0.2, 1, "de", f"−0,2{NARROW}%"),
    ],
)
def test_a_share_has_a_narrow_space_before_its_sign(value, digits, language, written):
    assert wording.percent(value, language, digits=digits) == written


def test_thousands_are_parted_and_minus_is_a_minus():
    assert wording.plain(1284, "de") == "1.284"
    assert wording.plain(1284, "en") == "1,284"
    assert wording.plain(-9, "de") == "−9"
    assert wording.plain(2.5, "de", digits=1) == "2,5"


def test_a_history_shows_the_sign_of_what_was_booked():
    assert [wording.signed(value, "de") for value in (18, 0, -60, 1284)] == ["+18", "0", "−60", "+1.284"]


@pytest.mark.parametrize(
    ("count", "language", "word"),
    [
        (0, "de", "null"),
        (2, "de", "zwei"),
        (3, "en", "three"),
        (12, "de", "zwölf"),
        (13, "de", "13"),
        (1284, "de", "1.284"),
    ],
)
def test_small_counts_are_words_and_large_ones_figures(count, language, word):
    assert wording.count_word(count, language) == word


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("m", "ein"),
        ("f", "eine"),
        ("n", "ein"),
        ("acc", "einen"),
        ("dat", "einem"),
        ("dat-f", "einer"),
        ("count", "eins"),
    ],
)
def test_german_one_follows_what_it_counts(form, word):
    assert wording.count_word(1, "de", form) == word
    assert wording.count_word(1, "en", form) == "one"


def test_days_are_written_out_and_stamps_carry_them_short():
    on = date(2026, 3, 12)
    assert wording.day(on, "de") == "12. März"
    assert wording.day(on, "en") == "12 March"
    assert wording.stamp_day(on, "de") == "12.3."
    assert wording.stamp_day(on, "en") == "12 Mar"
    assert wording.long_day(date(2027, 12, 31), "de") == "31. Dezember 2027"
    assert wording.full_day(on, "de") == "Donnerstag, 12. März 2026"
    assert wording.month(on, "de") == "März 2026"


def test_another_year_is_named():
    assert wording.day(date(2025, 12, 3), "de", today=NOW.date()) == "3. Dezember 2025"
    assert wording.day(date(2026, 1, 3), "de", today=NOW.date()) == "3. Januar"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (at(2026, 3, 12, 8, 12), "today, 8:12"),
        (at(2026, 3, 11, 17, 40), "yesterday, 17:40"),
        (at(2026, 2, 27, 8, 31), "27 February, 8:31"),
        (at(2025, 12, 3, 0, 5), "3 December 2025, 0:05"),
    ],
)
def test_moments_are_told_from_today(moment, written):
    assert wording.moment(moment, "en", now=NOW) == written


def test_without_time_only_today_has_one():
    assert wording.moment(at(2026, 3, 12, 8, 12), "en", now=NOW, with_time=False) == "today, 8:12"
    assert wording.moment(at(2026, 2, 27, 8, 31), "en", now=NOW, with_time=False) == "27 February"


def test_a_moment_is_told_in_the_timezone_it_carries():
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    assert wording.clock_time(summer, "de") == "0:30"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (at(2026, 3, 12, 8, 12), "today, 8:12"),
        (at(2026, 3, 11, 23, 59), "yesterday"),
        (at(2026, 3, 10, 8, 0), "on Tuesday"),
        (at(2026, 2, 17, 8, 0), "23 days ago"),
        (at(2025, 10, 10, 8, 0), "5 months ago"),
        (at(2023, 3, 1, 8, 0), "3 years ago"),
    ],
)
def test_the_last_visit_is_told_roughly(moment, written):
    assert wording.last_seen(moment, "en", now=NOW) == written


def test_a_card_number_stands_in_groups_that_stay_together():
    assert wording.card_number("48217390") == "4821\u00a07390"
