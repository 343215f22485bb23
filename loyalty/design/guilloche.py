"""The line pattern of the card's stock, seeded by the card's number, so that no two cards are alike.

It fades out to the left, where the text is, and takes its colour from its surroundings.
"""

from itertools import pairwise
from math import cos, pi, sin

from loyalty.design.svg import chance, points, short_id

WIDTH, HEIGHT = 360, 240
LINES = 13
SAMPLES = 17


def waves(seed: str) -> str:
    """Return a bundle of waves as an SVG, wide as a card; waists, swing and height come from the seed."""
    dice = chance("waves", seed)
    phase, middle = dice.uniform(0, 2 * pi), dice.uniform(95, 145)
    turns, swing = dice.uniform(0.85, 1.2), dice.uniform(85, 115)
    drift, bend = dice.uniform(-35, 35), dice.uniform(0, 2 * pi)
    curves = []
    for line in range(LINES):
        share = line / (LINES - 1) * 2 - 1
        curve = []
        for sample in range(SAMPLES):
            along = sample / (SAMPLES - 2.5)
            height = middle + drift * sin(pi * along + bend)
            height += share * swing * sin(2 * pi * turns * along + phase + 0.3 * share)
            height += 14 * share * share * cos(2 * pi * along + bend)
            curve.append((along * WIDTH, height))
        curves.append(_smooth(curve))
    return _drawing("waves", seed, "".join(curves), WIDTH * 0.12, WIDTH * 0.9)


def rosette(seed: str) -> str:
    """Return a wreath of loops around the upper right corner, as on a bank note; for cards of a tier."""
    dice = chance("rosette", seed)
    loops, inner, outer = dice.randrange(52, 64), dice.uniform(72, 84), dice.uniform(26, 34)
    wobble, lobes = dice.uniform(3, 8), dice.randrange(5, 9)
    centre_x, centre_y = WIDTH - 45, 40
    curve = []
    for step in range(loops * 7 + 1):
        angle = 2 * pi * step / (loops * 7)
        reach = inner + outer * cos(loops * angle) + wobble * sin(lobes * angle)
        around = angle + 0.13 * sin(loops * angle)
        curve.append((centre_x + reach * 1.15 * cos(around), centre_y + reach * 1.15 * sin(around)))
    return _drawing("rosette", seed, _smooth(curve), WIDTH * 0.3, WIDTH * 0.7)


def _smooth(curve: list[tuple[float, float]]) -> str:
    """Return a path through the middles between the points, with the points themselves as handles."""
    at_x, at_y = curve[0]
    path = [f"M{points(round(at_x), round(at_y))}"]
    for (x, y), (after_x, after_y) in pairwise(curve[1:]):
        end_x, end_y = (x + after_x) / 2, (y + after_y) / 2
        step = (round(x - at_x), round(y - at_y), round(end_x - at_x), round(end_y - at_y))
        path.append(f"{'q' if len(path) == 1 else ' '}{points(*step)}".replace(" -", "-"))
        at_x, at_y = at_x + step[2], at_y + step[3]
    return "".join(path)


def _drawing(kind: str, seed: str, path: str, fade_from: float, fade_to: float) -> str:
    name = short_id(kind, seed)
    stops = '<stop stop-color="currentColor" stop-opacity="0"/><stop offset="1" stop-color="currentColor"/>'
    span = f'x1="{round(fade_from)}" x2="{round(fade_to)}" y1="0" y2="0"'
    fade = f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" {span}>{stops}</linearGradient>'
    return (
        f'<svg class="guilloche guilloche-{kind}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="xMaxYMid slice" aria-hidden="true">{fade}'
        f'<path fill="none" stroke="url(#{name})" vector-effect="non-scaling-stroke" d="{path}"/></svg>'
    )
