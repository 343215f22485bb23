"""Static charts as inline SVG: one colour for the thing itself, grey for what it is compared with.

Each takes the text a screen reader says; with none it is hidden, because the figure stands beside it.
"""

from collections.abc import Sequence
from html import escape

from loyalty.design.svg import named, number, points


def sparkline(values: Sequence[float], *, text: str = "") -> str:
    """Return a trend of 76 by 32 with its last point marked; fewer than two values draw nothing."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    across = 72 / (len(values) - 1)
    spots = [(index * across, 28 - (value - low) / span * 25) for index, value in enumerate(values)]
    line = "L".join(points(x, y) for x, y in spots)
    last_x, last_y = spots[-1]
    return (
        f'<svg class="spark" viewBox="0 0 76 32" {named(text)}>'
        f'<path d="M0 32L{line}V32z" fill="currentColor" opacity=".1"/>'
        f'<path d="M{line}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>'
        f'<circle cx="{number(last_x)}" cy="{number(last_y)}" r="3" fill="currentColor"/></svg>'
    )


def bars(
    values: Sequence[float | None],
    *,
    usual: Sequence[float] = (),
    labels: Sequence[str] = (),
    text: str = "",
    height: int = 92,
) -> str:
    """Return upright bars in front of grey ones for the usual; None is a bar that has not come yet."""
    count = max(len(values), len(usual))
    peak = max([value or 0 for value in values] + list(usual) + [1])
    drawn = []
    for index in range(count):
        left = index * 41.4 + 3
        grey = usual[index] if index < len(usual) else 0
        value = values[index] if index < len(values) else None
        drawn.append(_bar(left, grey / peak * height, height, ' class="bars-2"'))
        drawn.append(_bar(left, (value or 0) / peak * height, height, ' fill="currentColor"'))
        if index < len(labels):
            drawn.append(f'<text x="{number(left + 16.7)}" y="{height + 17}">{escape(labels[index])}</text>')
    tall = height + (22 if labels else 0)
    box = f"0 0 {number(count * 41.4)} {tall}"
    return (
        f'<svg class="bars" viewBox="{box}" font-size="13" text-anchor="middle" {named(text)}>'
        f'<g class="bars-label">{"".join(drawn)}</g></svg>'
    )


def _bar(left: float, tall: float, floor: float, look: str) -> str:
    if tall <= 0:
        return ""
    top = number(floor - max(tall, 1.5))
    return f'<path{look} d="M{number(left)} {floor}V{top}q0-2 2-2h29.4q2 0 2 2V{floor}z"/>'


def weeks(counts: Sequence[int], *, text: str = "") -> str:
    """Return the visits of the last weeks as small bars, oldest first; a week without is a short grey line."""
    peak = max([*counts, 1])
    bars_, none = "", ""
    for index, count in enumerate(counts):
        left = index * 8
        if count:
            bars_ += f"M{left + 2.5} 18v{number(-16 * max(count / peak, 0.3))}"
        else:
            none += f"M{left} 18h5"
    wide = len(counts) * 8
    return (
        f'<svg class="weeks" viewBox="0 0 {wide} 20" {named(text)}><path d="{bars_}" stroke="currentColor" '
        f'stroke-width="5"/><path class="weeks-none" d="{none}" stroke-width="1.5"/></svg>'
    )


def dots(filled: int, *, total: int = 10, text: str = "") -> str:
    """Return a card as a row of dots; a full one is brass.  More than ten places are scaled to ten dots."""
    shown = filled if total <= 10 else filled * 10 // total
    across = min(total, 10)
    ink = "".join(f"M{index * 12 + 5.5} 5.5h0" for index in range(shown))
    free = "".join(f'<circle cx="{index * 12 + 5.5}" cy="5.5" r="3.8"/>' for index in range(shown, across))
    full = " dots-full" if filled >= total else ""
    return (
        f'<svg class="dots{full}" viewBox="0 0 {across * 12 - 1} 11" {named(text)}><path d="{ink}" '
        f'stroke="currentColor" stroke-width="9.5" stroke-linecap="round"/>'
        f'<g class="dots-free" fill="none" stroke-width="1.2">{free}</g></svg>'
    )
