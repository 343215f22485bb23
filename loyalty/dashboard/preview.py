"""The guest's card as the editor shows it: made from the form as it stands, also while it is half filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty.dashboard.forms.programs import MOST_STAMPS
from loyalty.design import stamps, wording
from rewards import sentences

ON_THE_WAY, FULL, NEW = "way", "full", "new"
# A number no card has: the pattern of the preview is always the same.
SAMPLE_NUMBER = "48217390"


@dataclass(frozen=True)
class Preview:
    """What the template draws. `places` of a punch card; `balance`, `goal` of points."""

    type: str
    name: str
    sentence: str
    note: str
    places: tuple[stamps.Place, ...] = ()
    total: int = 0
    given: int = 0
    balance: int = 0
    goal: int = 0
    number: str = SAMPLE_NUMBER


def of(type_name: str, values: Mapping[str, Any], *, state: str, today: date) -> Preview:
    """The preview of a draft. values: the form's fields as typed, in whatever state they are."""
    if type_name == "points":
        return _points(values, state=state)
    return _punch_card(values, state=state, today=today)


def _punch_card(values: Mapping[str, Any], *, state: str, today: date) -> Preview:
    total = whole(values.get("stamps_required"), 10, 2, MOST_STAMPS)
    welcome = whole(values.get("welcome_stamps"), 0, 0, total - 1)
    interim = whole(values.get("interim_at"), 0, 0, total - 1) if values.get("interim_name") else 0
    given = {NEW: welcome, FULL: total}.get(
        state, max(interim - 1, total * 2 // 5, 1) if interim else total * 2 // 5
    )
    places = stamps.places(
        given=[_stamp(index, given, today) for index in range(given)],
        total=total,
        reward=_("free"),
        on_the_way={interim: short(values["interim_name"])} if interim else None,
    )
    sentence, note = _next(values, total=total, given=given, interim=interim)
    return Preview(
        "punch_card", values.get("name") or _("Stamp card"), sentence, note, tuple(places), total, given
    )


def _stamp(index: int, given: int, today: date) -> stamps.Place:
    return stamps.Place(
        stamps.GIVEN, seed=f"preview{index}", on=today - timedelta(days=7 * (given - 1 - index))
    )


def _next(values: Mapping[str, Any], *, total: int, given: int, interim: int) -> tuple[str, str]:
    reward = str(values.get("reward_name") or _("Your reward"))
    if given >= total:
        return _("Your card is full."), reward
    if interim > given:
        return _to_go(interim - given, str(values["interim_name"])), _to_go(total - given, reward)
    return _to_go(total - given, reward), ""


def _to_go(missing: int, reward: str) -> str:
    """The sentence of the card itself: "Noch drei Stempel, dann ist ein Kaffee gratis."."""
    words = {
        "count": wording.count_word(missing, get_language() or "en"),
        "reward": sentences.inside(reward),
    }
    sentence = ngettext(
        "%(count)s more stamp, then %(reward)s is free.",
        "%(count)s more stamps, then %(reward)s is free.",
        missing,
    )
    return sentences.capitalised(sentence % words)


def _points(values: Mapping[str, Any], *, state: str) -> Preview:
    goal = whole(values.get("reward_points"), 100, 1, 10**9)
    balance = {NEW: 0, FULL: goal}.get(state, goal * 2 // 3)
    reward = str(values.get("reward_name") or _("Your reward"))
    left = goal - balance
    if left:
        sentence = ngettext(
            "One more point to your reward.", "%(count)s more points to your reward.", left
        ) % {"count": left}
    else:
        sentence = _("Enough for your reward.")
    name = values.get("name") or _("Points card")
    return Preview("points", name, sentence, reward, balance=balance, goal=goal)


def whole(value: object, default: int, low: int, high: int) -> int:
    """A whole number out of what was typed, kept within its limits; the default where there is none."""
    try:
        return min(high, max(low, int(str(value))))
    except ValueError:
        return default


def short(name: object) -> str:
    """The word that fits in a stamp's place: "Ein Haferkeks" → "Haferkeks"."""
    return str(name).split()[-1][:12] if str(name).split() else ""
