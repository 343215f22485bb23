"""The counter's sentences: what somebody has, what is next, what a purchase gives. In the active language.

Values in, text out; nothing is looked up here.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from loyalty.design import wording
from programs import units as program_units
from programs.because import unit
from rewards import levels

# A merchant's own unit may be of any gender, so only these are counted in words.
USUAL = ("point", "points", "stamp", "stamps")
WORDS_UP_TO = 12
WEEK = timedelta(days=7)


def language() -> str:
    return get_language() or "en"


def units(count: int, program, *, in_words: bool = False) -> str:
    """36 points; in words, as the object of a sentence: one stamp, two stamps (einen Stempel). Or 30.50 €."""
    name = program.unit_singular if count == 1 else program.unit_plural
    if in_words and name in USUAL and (name.startswith("stamp") or count == 1) and count <= WORDS_UP_TO:
        return f"{wording.count_word(count, language(), 'acc')} {unit(name)}"
    return program_units.counted(count, program)


def has_now(standing, spendable: int, *, alone: bool = True) -> str:
    """'8 of 10' on a punch card, beside other programs '8 of 10 stamps'; '148 points' elsewhere. 'Gold, 5 % off'.

    Beside other programs nothing is said of one that brings nothing yet.
    """
    if required := standing.stamps_required:
        text = _("%(count)s of %(required)s") if alone else _("%(count)s of %(required)s stamps")
        return text % {"count": spendable, "required": required}
    settings = standing.live.settings
    if program_units.counts_money(standing.program):
        have, whole = (units(count, standing.program) for count in (spendable, settings.per_minor))
        return _("%(count)s of %(required)s") % {"count": have, "required": whole}
    collects = getattr(settings, "earn", None) is not None
    told = [levels.in_short(standing), units(spendable, standing.program) if collects else ""]
    return ", ".join(filter(None, told)) or (_("no benefits yet") if alone else "")


def since(member, visits: int) -> str:
    """'Guest since March 2024, 60 visits'."""
    joined = wording.month(timezone.localtime(member.joined_at).date(), language())
    if not visits:
        return _("Guest since %(month)s, not here yet") % {"month": joined}
    if visits == 1:
        return _("Guest since %(month)s, one visit") % {"month": joined}
    count = wording.plain(visits, language())
    return _("Guest since %(month)s, %(count)s visits") % {"month": joined, "count": count}


def when(at: datetime | None, now: datetime) -> str:
    """'Today, 8:12', '27 February, 8:31', or that there was none."""
    if at is None:
        return _("none yet")
    local, today = timezone.localtime(at), timezone.localtime(now)
    if WEEK > today.date() - local.date() > timedelta(days=1):
        weekday = format_date(local.date(), "EEEE", locale=wording.locale(language()))
        return f"{weekday}, {wording.clock_time(local, language())}"
    return upper_first(wording.moment(local, language(), now=today))


def birthday(on: date | None, today: date) -> str:
    """'today' or 'on Saturday' within a week of it, else ""."""
    if on is None:
        return ""
    for ahead in range(7):
        day = today + timedelta(days=ahead)
        # Who was born on 29 February has the birthday a day earlier in other years.
        if (on.month, on.day) in _celebrated_on(day):
            if ahead == 0:
                return _("today")
            weekday = format_date(day, "EEEE", locale=wording.locale(language()))
            return _("on %(weekday)s") % {"weekday": weekday}
    return ""


def _celebrated_on(day):
    days = {(day.month, day.day)}
    if days == {(2, 28)} and (day + timedelta(days=1)).month == 3:
        days.add((2, 29))
    return days


def expiring(rows: Iterable[tuple[int, datetime, object]], now: datetime) -> str:
    """'40 points on 31 March' for what expires within 30 days, soonest first. rows: (amount, at, program)."""
    soon = sorted((row for row in rows if row[1] - now <= timedelta(days=30)), key=lambda row: row[1])
    if not soon:
        return pgettext("expires soon", "nothing")
    amount, at, program = soon[0]
    # What ends at 24:00 ends on the day before.
    last_day = (timezone.localtime(at) - timedelta(microseconds=1)).date()
    on = wording.day(last_day, language(), today=timezone.localtime(now).date())
    return _("%(what)s on %(day)s") % {"what": units(amount, program), "day": on}


def listed(parts: Sequence[str]) -> str:
    """'36 points and one stamp'."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def several_stamps(count: int) -> str:
    """What waits in the list: 'Stamp', 'Three stamps'."""
    if count == 1:
        return _("Stamp")
    return upper_first(f"{wording.count_word(count, language())} {unit('stamps')}")


def initials(name: str) -> str:
    """'Maximiliane Freifrau von Hohenthal-Bergenstein' → 'MH': first name and the last word with a capital."""
    capitals = [word for word in name.split() if word[:1].isupper()] or name.split()
    return "".join(word[0] for word in dict.fromkeys([*capitals[:1], *capitals[-1:]])).upper()


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
