"""What the counter tells after something was tried: success or refusal, as facts that a template draws.

A Told is JSON-ready, because it is kept under the key of its tap: {"outcome": "done"|"refused", "title", "line",
"note", "sentence" (all in one), "stamp" {"motif", "seed", "label"} or None, "icon", "text" (for "Last: …"), "thing"
(what to undo) or None, "card" (for which a manager may decide otherwise) or None, "pay" (what is to be asked for,
where it is not the amount that was entered) and "keep" (what is handed out: stays until it was read)}.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.counter import words
from loyalty.design import wording
from loyalty.errors import NotFound, Refused

Told = dict[str, Any]


class Declined(Exception):
    """Raised to undo what was written for a tap, and to tell this instead."""

    def __init__(self, told: Told):
        super().__init__(told["sentence"])
        self.told = told


def done(
    title: str,
    line: str,
    note: str = "",
    *,
    text="",
    thing=None,
    stamp=None,
    icon="",
    pay="",
    keep: Sequence[str] = (),
) -> Told:
    return {
        "outcome": "done", "title": title, "line": line, "note": note,
        "sentence": " ".join(filter(None, [f"{title}. {line}", pay])),
        "text": text, "thing": thing, "stamp": stamp, "icon": icon, "card": None, "pay": pay, "keep": list(keep),
    }  # fmt: skip


def refused(title: str, line: str, note: str = "", *, card: str | None = None) -> Told:
    return {
        "outcome": "refused", "title": title, "line": line, "note": note,
        "sentence": " ".join(filter(None, [title, line, note])),
        "text": "", "thing": None, "stamp": None, "icon": "", "card": card, "pay": "", "keep": [],
    }  # fmt: skip


def refusal(error: Refused) -> Told:
    """What a verb refused. Nothing was written."""
    if isinstance(error, NotFound):
        return refused(_("Not known here."), str(error), nothing_booked())
    titles = {
        "insufficient_balance": _("Not enough yet."),
        "out_of_stock": _("Out of stock."),
        "limit_reached": _("Had often enough."),
        "not_eligible": _("Not possible."),
        "not_started": _("Not yet."),
        "ended": _("No longer."),
        "code_used": _("Already used."),
        "code_void": _("No longer good."),
        "code_expired": _("Expired."),
        "below_minimum": _("Too small."),
    }
    return refused(titles.get(error.code, _("That does not work.")), str(error), nothing_booked())


def too_early(*, who: str, last_at: datetime, cooldown: timedelta, now: datetime, card: str) -> Told:
    """'Noch zu früh': who stamped when, and from when the next stamp works."""
    minutes = max(1, round((now - last_at).total_seconds() / 60))
    facts = {"who": who, "count": minutes}
    if who:
        line = ngettext(
            "%(who)s stamped %(count)s minute ago.", "%(who)s stamped %(count)s minutes ago.", minutes
        )
    else:
        line = ngettext(
            "The last stamp is %(count)s minute old.", "The last stamp is %(count)s minutes old.", minutes
        )
    at = timezone.localtime(last_at + cooldown)
    # A clock shows whole minutes: the one in which it works for sure.
    at += timedelta(seconds=-at.second % 60)
    written = wording.clock_time(at, words.language())
    next_one = _("The next stamp works from %(time)s.") % {"time": written}
    return refused(_("Too early."), line % facts, f"{next_one} {nothing_booked()}", card=card)


def enough_for_today(limit: int, program, *, card: str) -> Told:
    line = _("At most %(stamps)s per day, and they were given already.") % {
        "stamps": words.units(limit, program)
    }
    return refused(_("That is all for today."), line, nothing_booked(), card=card)


def no_stamp(reason: str) -> Told:
    return refused(_("No stamp."), reason, nothing_booked())


def nothing_booked() -> str:
    return _("Nothing was booked.")
