"""The motifs' SVG drawings on paper. They use few elements: path, circle, ellipse, g; that is all that is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.etree import ElementTree

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from reportlab.pdfgen.canvas import Canvas

from loyalty.design import svg

SIDE = 40  # The motifs' own units.


@dataclass(frozen=True)
class Shape:
    """One shape as it is drawn. ground: in the colour of what lies below, as where dough is cut."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    fill: bool = True
    stroke: float = 0
    ground: bool = False


class _Pen(BasePen):
    """Draws a path on a reportlab path object; quadratic curves come as cubic ones."""

    def __init__(self, path: object) -> None:
        super().__init__(None)
        self.path = path

    def _moveTo(self, point: tuple[float, float]) -> None:
        self.path.moveTo(*point)

    def _lineTo(self, point: tuple[float, float]) -> None:
        self.path.lineTo(*point)

    def _curveToOne(self, one: tuple, two: tuple, end: tuple) -> None:
        self.path.curveTo(*one, *two, *end)

    def _closePath(self) -> None:
        self.path.close()


def draw(canvas: Canvas, name: str, *, ink: object, ground: object) -> None:
    """Draw a motif in a square of 40 units, the y axis pointing down as in SVG."""
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for shape in shapes(name):
        colour = ground if shape.ground else ink
        canvas.setFillColor(colour)
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(shape.stroke or 1)
        _draw(canvas, shape)
    canvas.restoreState()


@lru_cache
def shapes(name: str) -> tuple[Shape, ...]:
    """The shapes of a motif, in drawing order. Raises KeyError for an unknown one."""
    root = ElementTree.fromstring(f"<svg>{svg.motif(name)}</svg>")
    return tuple(_read(root, Shape("svg", ())))


def _read(element: ElementTree.Element, around: Shape) -> Iterator[Shape]:
    given = element.attrib
    held = replace(
        around,
        tag=element.tag,
        attributes=tuple(sorted(given.items())),
        fill=given["fill"] != "none" if "fill" in given else around.fill,
        stroke=float(given.get("stroke-width", around.stroke)),
        ground=around.ground or "gap-" in given.get("class", ""),
    )
    if element.tag in ("svg", "g"):
        for child in element:
            yield from _read(child, held)
    else:
        yield held


def _draw(canvas: Canvas, shape: Shape) -> None:
    given = dict(shape.attributes)
    how = {"fill": int(shape.fill), "stroke": int(shape.stroke > 0)}
    if shape.tag == "path":
        path = canvas.beginPath()
        parse_path(given["d"], _Pen(path))
        canvas.drawPath(path, **how)
        return
    x, y = float(given["cx"]), float(given["cy"])
    width = float(given.get("rx", given.get("r", 0)))
    height = float(given.get("ry", given.get("r", 0)))
    canvas.saveState()
    canvas.translate(x, y)
    if turned := re.match(r"rotate\((-?[\d.]+)", given.get("transform", "")):
        canvas.rotate(float(turned[1]))
    canvas.ellipse(-width, -height, width, height, **how)
    canvas.restoreState()
