"""Stamps and the card they stand on, as inline SVG seeded by the ledger entry: the same stamp looks the same.

Colours come from the style sheet: dated stamps in --m-text, undated ones in --m-mark, rewards in brass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import cos, pi, sin
from random import Random

from loyalty.design.svg import chance, icon, motif, named, number, points, short_id

GIVEN, FREE, REWARD, WAITING, TAKEN_BACK = "given", "free", "reward", "waiting", "taken_back"
PITCH = 108
CLOSE_PITCH = 96  # Four rows stand closer, so that the code below stays in view.
PLACE_RADIUS = 43.9  # A stamp is 14 % larger than its printed circle: 50 / 1.14.


@dataclass(frozen=True)
class Place:
    """One place of a punch card.

    kind: given, free, reward, waiting or taken_back.  seed: the ledger entry's id, which turns and shifts
    the stamp.  on: the day it was given.  label: what stands in it: the day in the card's language, the
    number of a free place, or the reward's word (none: a gift).
    """

    kind: str = FREE
    seed: str = ""
    label: str = ""
    on: date | None = None
    fresh: bool = False


def places(
    *, given: Sequence[Place], total: int, reward: str = "", on_the_way: Mapping[int, str] | None = None
) -> list[Place]:
    """Return `total` places: the stamps given, then free numbers, rewards where they are due.

    reward: the word at the last place, empty for a gift.  on_the_way: words of rewards at earlier places,
    counted from 1.  Stamps beyond the last place are left out: they belong to the next card.
    """
    rewards = {**(on_the_way or {}), total: reward}
    row = list(given[:total])
    for count in range(len(row) + 1, total + 1):
        word = rewards.get(count)
        row.append(Place(FREE, label=str(count)) if word is None else Place(REWARD, label=word))
    return row


def columns(total: int) -> int:
    """Return how many places stand in a row: five, six from eleven places on; eight stand four by four."""
    if total > 10 or total == 6:
        return 6
    return 4 if total in (7, 8) else 5


def stamp(place: Place, *, motif_name: str, dated: bool = True, text: str = "", pressure: bool = True) -> str:
    """Return one place as an SVG of 100 by 100 units; `text` names it for a screen reader, else it is hidden.

    pressure: False leaves out the side that took less ink, as on paper.
    """
    name = short_id("stamp", place, motif_name, dated, pressure)
    look = _Look(name, motif_name, dated, pressure)
    body = _shared(look, [place]) + _place(place, f"{name}m", look)
    kind = "stamp" if dated else "stamp s-small"
    return f'<svg class="{kind}" viewBox="0 0 100 100" {named(text)}{_TYPE}>{body}</svg>'


def grid(
    row: Sequence[Place], *, motif_name: str, dated: bool = True, text: str = "", per_row: int = 0
) -> str:
    """Return all places as one image in rows; text e.g. '7 of 10 stamps, the last on 12 March'."""
    across = per_row or columns(len(row))
    down = PITCH if len(row) <= 3 * across else CLOSE_PITCH
    name = short_id("grid", *row, motif_name, dated)
    look = _Look(name, motif_name, dated, pressure=True, large_places=across <= 6)
    drawn = []
    for position, place in enumerate(row):
        corner = points(position % across * PITCH - 6.1, position // across * down - 6.1)
        drawn.append(f'<g transform="translate({corner})">{_place(place, f"{name}{position}", look)}</g>')
    width = number((across - 1) * PITCH + 2 * PLACE_RADIUS)
    height = number((len(row) - 1) // across * down + 2 * PLACE_RADIUS)
    kind = f"stamps stamps-{across}" + ("" if dated else " s-small")
    body = _shared(look, row) + "".join(drawn)
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" {named(text)}{_TYPE}>{body}</svg>'


_TYPE = ' text-anchor="middle" font-size="19" font-weight="800"'
_OUTLINE = (
    'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
)


@dataclass(frozen=True)
class _Look:
    name: str
    motif_name: str
    dated: bool
    pressure: bool
    large_places: bool = True  # In a row of more than six the numbers grow, so that none is below 13 px.


def _shared(look: _Look, row: Sequence[Place]) -> str:
    """Return what all stamps of one drawing share: the motif, the rings, and the side that took less ink."""
    if not any(place.kind in (GIVEN, TAKEN_BACK, REWARD) for place in row):
        return ""
    name, dated = look.name, look.dated
    fit = "translate(31 13.5) scale(.92)" if dated else "translate(22 23) scale(1.35)"
    line = '<path d="M16.5 56h67"/>' if dated else ""
    round_ends = 'stroke-linecap="round" stroke-linejoin="round"'
    parts = [
        f'<g id="{name}u" transform="{fit}" fill="currentColor" {round_ends}>{motif(look.motif_name)}</g>'
    ]
    if any(place.kind in (GIVEN, TAKEN_BACK) for place in row):
        parts.append(
            f'<g id="{name}r" fill="none" stroke="currentColor" stroke-width="1.5"><circle cx="50" cy="50" '
            f'r="43.6" stroke-width="4.8"/><circle cx="50" cy="50" r="37.6"/>{line}</g>'
        )
        end = "#777" if look.pressure else "#fff"
        parts.append(
            f'<linearGradient id="{name}p"><stop offset=".7" stop-color="#fff"/>'
            f'<stop offset=".96" stop-color="{end}"/></linearGradient>'
        )
    return f"<defs>{''.join(parts)}</defs>"


def _place(place: Place, mask: str, look: _Look) -> str:
    if place.kind in (GIVEN, TAKEN_BACK):
        return _inked(place, mask, look)
    if place.kind == REWARD:
        return _reward(place, look)
    if place.kind == WAITING:
        cloud = f'<g transform="translate(34 34) scale(1.35)" {_OUTLINE}>{icon("cloud-off")}</g>'
        dashes = '<circle cx="50" cy="50" r="43.2" stroke-width="1.6" stroke-dasharray="4 3"/>'
        return f'<g class="s-wait">{dashes}{cloud}</g>'
    size, line, ring = (21, 57, 1.6) if look.large_places else (38, 63, 2.6)
    label = escape(place.label)
    return (
        f'<circle class="s-place" cx="50" cy="50" r="43.2" stroke-width="{ring}"/>'
        f'<text class="s-place-number" x="50" y="{line}" font-size="{size}" font-weight="400">{label}</text>'
    )


def _inked(place: Place, mask: str, look: _Look) -> str:
    """Return a stamp: turned, shifted, with gaps in the ink and one side paler, all by the seed."""
    dice = chance("stamp", place.seed)
    turn = dice.uniform(-15, 15)
    shift = points(dice.uniform(-3.2, 3.2), dice.uniform(-3.2, 3.2))
    side = dice.randrange(0, 360, 5)
    gaps = _gaps(dice)
    struck = ""
    if place.kind == TAKEN_BACK:
        struck = '<path class="s-strike" d="M22 58 78 40" stroke-width="3" stroke-linecap="round"/>'
    paler = f'<path fill="url(#{look.name}p)" transform="rotate({side} 50 50)" d="M-20-20h140v140H-20z"/>'
    shown = f'<mask id="{mask}">{paler}{gaps}</mask>'
    day = _day(place.label) if look.dated else ""
    kind = "s-ink" if place.kind == GIVEN else "s-back"
    kind += " s-new" if place.fresh else ""
    ink = f'<g mask="url(#{mask})"><use href="#{look.name}r"/><use href="#{look.name}u"/>{day}</g>'
    turned = f"translate({shift}) rotate({points(turn, 50, 50)})"
    return f'<g class="{kind}"><g transform="{turned}">{shown}{ink}</g>{struck}</g>'


def _gaps(dice: Random) -> str:
    """Return two paths of round dots without ink: fine ones all over, a few coarse ones on the rings."""
    fine = "".join(f"M{points(dice.uniform(22, 78), dice.uniform(20, 80))}h0" for _ in range(7))
    coarse = ""
    for _ in range(6):
        angle, reach = dice.uniform(0, 2 * pi), dice.uniform(37, 47.5)
        coarse += f"M{points(50 + reach * cos(angle), 50 + reach * sin(angle))}h0"
    fine_width, coarse_width = number(dice.uniform(1, 2)), number(dice.uniform(2, 3.4))
    return (
        f'<g stroke="#000" stroke-linecap="round"><path d="{fine}" stroke-width="{fine_width}"/>'
        f'<path d="{coarse}" stroke-width="{coarse_width}"/></g>'
    )


def _day(label: str) -> str:
    size = "" if len(label) <= 6 else ' font-size="15"'
    return f'<text x="50" y="76"{size} fill="currentColor">{escape(label)}</text>'


def _reward(place: Place, look: _Look) -> str:
    """Return the brass place: the motif over a word, without days the word alone, without a word a gift."""
    motif_shown = look.dated and place.label
    dashes = (
        '<circle cx="50" cy="50" r="37" stroke-width="1.4" stroke-dasharray="3 2.6"/>' if motif_shown else ""
    )
    ground = '<circle class="s-reward-ground" cx="50" cy="50" r="43" stroke-width="1.8"/>'
    ring = f'<g fill="none" stroke="currentColor">{ground}{dashes}</g>'
    if not place.label:
        gift = f'<g transform="translate(26 26) scale(2)" {_OUTLINE}>{icon("gift")}</g>'
        return f'<g class="s-reward">{ring}{gift}</g>'
    widest = 17.5 if look.dated else 36
    size = number(min(widest, 62 / (0.56 * len(place.label))))
    line = 74 if look.dated else 62
    look_of_word = f'font-size="{size}" font-weight="700" fill="currentColor"'
    word = f'<text x="50" y="{line}" {look_of_word}>{escape(place.label)}</text>'
    shown = f'<use href="#{look.name}u" transform="translate(8.5 7) scale(.83)"/>' if look.dated else ""
    return f'<g class="s-reward">{ring}{shown}{word}</g>'
