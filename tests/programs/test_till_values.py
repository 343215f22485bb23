"""What tills write for amounts, times and quantities, and what it means."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from programs import till_values

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "mark", "minor"),
    [
        ("18,40", ",", 1840),
        ("18.40", ".", 1840),
        ("1.234,56 €", ",", 123456),
        ("$1,234.56", ".", 123456),
        ("1'234.50", ".", 123450),
        ("1 234,50", ",", 123450),
        ("EUR 18,40", ",", 1840),
        ("SFr. 5.20", ".", 520),
        ("CHF 5.-", ".", 500),
        ("18", ",", 1800),
        ("18,4", ",", 1840),
        (",5", ",", 50),
        ("0", ",", 0),
        ("-3,50", ",", -350),
        ("3,50-", ",", -350),
        ("−3,50 €", ",", -350),
        ("€ -2,00", ",", -200),
        ("18,4049", ",", 1840),
        ("18,405", ",", 1841),
        ("18.4000", ".", 1840),
        ("", ",", None),
        (" ", ",", None),
    ],
)
def test_an_amount_is_read_to_the_cent(text, mark, minor):
    assert till_values.amount_minor(text, mark=mark, exponent=2) == minor


@pytest.mark.parametrize(
    ("unit_price", "how_many", "minor"),
    [
        ("0,90", "3", 270),
        ("12,90", "0,345", 445),
        ("0,90", "", 90),
        ("0,90", "0", 0),
        ("-0,90", "2", -180),
        ("", "3", None),
    ],
)
def test_a_price_is_multiplied_before_it_is_rounded(unit_price, how_many, minor):
    assert till_values.amount_minor(unit_price, mark=",", exponent=2, times=how_many) == minor


def test_an_amount_has_its_currencys_digits():
    assert till_values.amount_minor("1.200", mark=",", exponent=0) == 1200
    assert till_values.amount_minor("1.200", mark=".", exponent=3) == 1200


@pytest.mark.parametrize(
    "text", ["abc", "-", "€", "1e5", "18,40 / 5", "1,2,3", "12.03.2026 18,40", "1.23,40"]
)
def test_what_is_no_amount_is_not_guessed_at(text):
    with pytest.raises(ValueError):
        till_values.amount_minor(text, mark=",", exponent=2)


@pytest.mark.parametrize(
    ("samples", "mark"),
    [
        (["18,40"], ","), (["18.40"], "."), (["1.234,56"], ","), (["1,234.56"], "."), (["1,234,567"], "."),
        (["1.234.567"], ","),
        (["1.234"], None), (["18"], None), ([], None), (["0.500"], "."), ([",50"], ","), (["1'234.50"], "."),
        (["1.234", "18", "5,00 €"], ","), (["5,00", "5.00", "6,00"], ","),
    ],
)  # fmt: skip
def test_a_column_tells_what_stands_before_its_cents(samples, mark):
    assert till_values.decimal_mark(samples) == mark


@pytest.mark.parametrize(
    ("text", "count"), [("3", 3), ("3,0", 3), ("1.000", 1000), ("0,345", 1), ("0", 1), ("", 1), ("-2", 1)]
)
def test_a_quantity_is_a_whole_number_and_what_is_weighed_is_one(text, count):
    assert till_values.quantity(text, mark=",") == count


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        ("2026-03-12T14:05:33", "", datetime(2026, 3, 12, 14, 5, 33, tzinfo=BERLIN)),
        ("2026-03-12 14:05", "", datetime(2026, 3, 12, 14, 5, tzinfo=BERLIN)),
        ("2026-03-12", "14:05", datetime(2026, 3, 12, 14, 5, tzinfo=BERLIN)),
        ("12.03.2026", "9:05:33", datetime(2026, 3, 12, 9, 5, 33, tzinfo=BERLIN)),
        ("12.03.2026 14:05", "", datetime(2026, 3, 12, 14, 5, tzinfo=BERLIN)),
        ("1.2.26, 14:05 Uhr", "", datetime(2026, 2, 1, 14, 5, tzinfo=BERLIN)),
        ("12.03.2026", "", datetime(2026, 3, 12, 12, 0, tzinfo=BERLIN)),
        ("2026-07-12", "", datetime(2026, 7, 12, 12, 0, tzinfo=BERLIN)),
        ("2026-03-12T14:05Z", "", datetime(2026, 3, 12, 15, 5, tzinfo=BERLIN)),
        ("2026-03-12T14:05-05:00", "", datetime(2026, 3, 12, 20, 5, tzinfo=BERLIN)),
    ],
)
def test_a_moment_is_the_merchants_unless_it_has_an_offset(day, clock, moment):
    assert till_values.moment(day, clock, "Europe/Berlin") == moment


def test_without_a_date_there_is_no_moment():
    assert till_values.moment(" ", "14:05", "Europe/Berlin") is None


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("31.02.2026", ""),
        ("03/12/2026", ""),
        ("heute", ""),
        ("12.03.2026", "25:00"),
        ("12.03.2026", "halb drei"),
    ],
)
def test_what_is_no_moment_is_not_guessed_at(day, clock):
    with pytest.raises(ValueError):
        till_values.moment(day, clock, "Europe/Berlin")
