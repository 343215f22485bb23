"""How numbers, money and days are written: 1.284, 18,40 €, 63 %, −9, drei, 12. März, heute, 8:12.

`language` is a Django language code ("de", "de-du", "en"); spaces inside a figure are narrow and do not break.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern
from django.utils.translation import gettext as _

from loyalty import money

NARROW = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_GERMAN = (
    "null",
    "ein",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
)
_ENGLISH = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
# How German says one, by what it counts: der Stempel, die Karte, einen Stempel bekommen, mit einem, mit einer.
_ONE = {
    "m": "ein",
    "f": "eine",
    "n": "ein",
    "acc": "einen",
    "dat": "einem",
    "dat-f": "einer",
    "count": "eins",
}


@lru_cache
def locale(language: str) -> Locale:
    """Return Babel's locale: British English, so that days stand before months; German for both its forms."""
    return Locale.parse("de_DE" if language.startswith("de") else "en_GB")


def plain(value: float | Decimal, language: str, *, digits: int | None = None) -> str:
    """Return the number with the language's separators and a true minus; `digits` fixes the decimals."""
    pattern = None if digits is None else f"#,##0.{'0' * digits}" if digits else "#,##0"
    return _spaced(format_decimal(value, format=pattern, locale=locale(language)))


def signed(value: float | Decimal, language: str) -> str:
    """Return the number with its sign, as in a history: +18, −60, 0."""
    text = plain(value, language)
    return f"+{text}" if value > 0 else text


def percent(value: float | Decimal, language: str, *, digits: int = 0) -> str:
    """Return a share already in percent, with a narrow space: 63 → '63 %', 1.1 and one digit → '1,1 %'."""
    return f"{plain(value, language, digits=digits)}{NARROW}%"


def amount(amount_minor: int, currency: str, language: str, *, short: bool = False) -> str:
    """Return money: 1840 EUR → '18,40 €' or '€18.40'.  short leaves out decimals of whole amounts: '750 €'."""
    exponent = money.exponent(currency)
    value = Decimal(amount_minor).scaleb(-exponent)
    if short and value == value.to_integral_value():
        exponent = 0
    pattern = _pattern(language, exponent)
    text = pattern.apply(value, locale(language), currency=currency, currency_digits=False)
    # A currency without a sign is written in letters; they need a space before the figure.
    return _spaced(re.sub(r"(?<=[A-Z])(?=\d)", NARROW, text))


@lru_cache
def _pattern(language: str, exponent: int) -> NumberPattern:
    pattern = parse_pattern(locale(language).currency_formats["standard"].pattern)
    pattern.frac_prec = (exponent, exponent)
    return pattern


def currency_sign(currency: str, language: str) -> str:
    """Return the sign a field for amounts shows as its unit: EUR → '€'."""
    return get_currency_symbol(currency, locale=locale(language))


def count_word(count: int, language: str, one: str = "m") -> str:
    """Return a small count as a word, from 13 on as a figure: 3 → 'drei' or 'three'.

    one: the form of German one: m and n (ein), f (eine), acc (einen), dat (einem), dat-f (einer), count (eins).
    """
    words = _GERMAN if language.startswith("de") else _ENGLISH
    if not 0 <= count < len(words):
        return plain(count, language)
    if count == 1 and language.startswith("de"):
        return _ONE[one]
    return words[count]


def day(on: date, language: str, *, today: date | None = None) -> str:
    """Return '12. März' or '12 March'; with the year when it is not the one of `today`."""
    written = "d MMMM" if today is None or on.year == today.year else "d MMMM y"
    if language.startswith("de"):
        written = written.replace("d ", "d. ", 1)
    return format_date(on, written, locale=locale(language))


def long_day(on: date, language: str) -> str:
    """Return '31. Dezember 2027' or '31 December 2027'."""
    return format_date(on, "long", locale=locale(language))


def full_day(on: date, language: str) -> str:
    """Return 'Donnerstag, 12. März 2026' or 'Thursday 12 March 2026'."""
    return format_date(on, "full", locale=locale(language))


def month(on: date, language: str) -> str:
    """Return 'März 2024' or 'March 2024'."""
    return format_date(on, "MMMM y", locale=locale(language))


def stamp_day(on: date, language: str) -> str:
    """Return the day as it stands on a stamp: '12.3.' or '12 Mar'."""
    return format_date(on, "d.M." if language.startswith("de") else "d MMM", locale=locale(language))


def clock_time(at: datetime, language: str) -> str:
    """Return '8:12', in the timezone the moment carries."""
    return format_time(at, "H:mm", tzinfo=at.tzinfo or UTC, locale=locale(language))


def moment(at: datetime, language: str, *, now: datetime, with_time: bool = True) -> str:
    """Return 'heute, 8:12', 'gestern, 17:40', '27. Februar, 8:31', '3. Dezember 2025' — both in one timezone.

    with_time: False leaves the time to today only.
    """
    today, on = now.date(), at.date()
    if on == today:
        return _("today, %(time)s") % {"time": clock_time(at, language)}
    written = _("yesterday") if on == today - timedelta(days=1) else day(on, language, today=today)
    return f"{written}, {clock_time(at, language)}" if with_time else written


def last_seen(at: datetime, language: str, *, now: datetime) -> str:
    """Return how long ago, as in a list: heute, 8:12 · gestern · am Dienstag · vor 23 Tagen · vor 5 Monaten."""
    days = (now.date() - at.date()).days
    if days <= 0:
        return moment(at, language, now=now)
    if days == 1:
        return _("yesterday")
    if days < 7:
        return _("on %(weekday)s") % {"weekday": format_date(at.date(), "EEEE", locale=locale(language))}
    if days < 60:
        return _("%(count)s days ago") % {"count": days}
    if days < 730:
        return _("%(count)s months ago") % {"count": days // 30}
    return _("%(count)s years ago") % {"count": days // 365}


def card_number(number: str) -> str:
    """Return a card's number in groups of four: '48217390' → '4821 7390'."""
    return "\N{NO-BREAK SPACE}".join(number[start : start + 4] for start in range(0, len(number), 4))


def _spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", NARROW).replace("-", MINUS)
