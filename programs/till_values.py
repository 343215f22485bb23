"""Amounts, dates and quantities as tills write them. Pure: text in, values out; None where nothing is there."""

import re
from collections import Counter
from datetime import date, datetime, time
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from loyalty.money import half_up

NOON = time(12)

_BLANKS = re.compile(r"\s+")
# Around a number: a currency's sign or name ("EUR", "SFr.").
_UNIT = r"(?:[^\W\d_]+\.?|[$€£¥¢])? ?"
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_THIS_CENTURY = 2000


def decimal_mark(samples):
    """Which of "," and "." stands before the cents in a column of numbers; None if none of them tells.

    "1.234" does not tell; "18,40", "1.234,56", "1,234,567" and "18.4" do.
    """
    votes = Counter(mark for text in samples if (mark := _mark_of(text)))
    return votes.most_common(1)[0][0] if votes else None


def amount_minor(text, *, mark, exponent, times=""):
    """ "1.234,56 €" → 123456 with mark "," and exponent 2; rounded half up. None for "". Raises ValueError.

    times: how many of them, as it is written, also a part of one: "0,345" of "12,90" → 445.
    """
    number, count = _number(text, mark), _number(times, mark)
    return None if number is None else half_up(number * (1 if count is None else count) * 10**exponent)


def quantity(text, *, mark):
    """How many: a whole number of at least 1. What is weighed ("0,345" kg) or 0 counts as one. Raises ValueError."""
    number = _number(text, mark)
    return int(number) if number and number.denominator == 1 and number > 0 else 1


def moment(day, clock, timezone):
    """When a receipt was printed: "12.03.2026" and "14:05", "2026-03-12 14:05:33", "2026-03-12T14:05+01:00" …

    Without an offset it is the time of `timezone`; without a time, noon, so that the day is the same
    everywhere near by. Raises ValueError.
    """
    day, clock = day.strip(), clock.strip()
    if not day:
        return None
    if german := _GERMAN_DATE.match(day):
        day_of_month, month, year = (int(part) for part in german.groups())
        on = date(year if year > 99 else _THIS_CENTURY + year, month, day_of_month)
        at = _time(day[german.end() :].strip(" ,T") or clock)
        return datetime.combine(on, at, ZoneInfo(timezone))
    read = datetime.fromisoformat(day)
    if len(day) <= len("2026-03-12"):
        read = datetime.combine(read.date(), _time(clock))
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(timezone))


def _time(text):
    if not text:
        return NOON
    found = _TIME.fullmatch(text.removesuffix("Uhr").strip())
    if found is None:
        raise ValueError(text)
    return time(*(int(part or 0) for part in found.groups()))


def _mark_of(text):
    digits = re.sub(r"[\s'’]", "", text)
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    for mark, other in ((",", "."), (".", ",")):
        if digits.count(mark) > 1:
            return other
        tail = digits.partition(mark)[2]
        if mark in digits and (not re.match(r"\d{3}(\D|$)", tail) or re.search(rf"(^|\D)0?\{mark}", digits)):
            return mark
    return None


def _number(text, mark):
    text = _BLANKS.sub(" ", text.replace("−", "-")).strip()
    if not text:
        return None
    found = _pattern(mark).fullmatch(text)
    if found is None or not (found["whole"] or found["part"]):
        raise ValueError(text)
    whole = re.sub(r"\D", "", found["whole"]) or "0"
    number = Fraction(f"{whole}.{found['part'] or 0}")
    return -number if "-" in (found["before"], found["after"]) else number


@cache
def _pattern(mark):
    other = "." if mark == "," else ","
    # Thousands stand in threes. "5,-" is 5 and no cents; "3,50-" is less than nothing.
    return re.compile(
        rf"{_UNIT}(?P<before>[+-]?) ?{_UNIT}(?P<whole>\d{{1,3}}(?P<gap>[ '’{other}])\d{{3}}(?:(?P=gap)\d{{3}})*|\d*)"
        rf"(?:\{mark}(?P<part>\d+))?(?:[.,]-+|(?P<after>[+-])|\{mark})? ?{_UNIT}"
    )
