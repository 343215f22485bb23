"""A sheet of paper to draw on, in millimetres from its upper left corner, with our typeface."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from django.conf import settings
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from loyalty.design import qr

MM = 72 / 25.4
FONTS = Path(settings.BASE_DIR) / "static" / "dist" / "fonts"
REGULAR, SEMIBOLD, BOLD, EXTRABOLD = (
    f"Figtree-{name}" for name in ("Regular", "SemiBold", "Bold", "ExtraBold")
)
# Drawn a little larger than they are, so that no printer leaves hairlines between modules.
OVERLAP_MM = 0.02


@dataclass(frozen=True)
class Type:
    """How words are set. size in points on A4; tracking in parts of the size."""

    font: str
    size: float
    tracking: float = 0

    def width(self, text: str) -> float:
        """The width of a line in millimetres."""
        bare = pdfmetrics.stringWidth(text, self.font, self.size)
        return (bare + self.tracking * self.size * max(0, len(text) - 1)) / MM


class Sheet:
    """One page. Sizes are those of A4 where `scale` is 1; half of it is A6."""

    def __init__(self, width: float, height: float, *, title: str, author: str, scale: float = 1) -> None:
        register_fonts()
        self.width, self.height = width, height
        self._file = BytesIO()
        # Invariant: the same drawing is the same file, without the moment at which it was made.
        size = (width * MM * scale, height * MM * scale)
        self.canvas = Canvas(self._file, pagesize=size, invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.scale(scale, scale)

    def x(self, mm: float) -> float:
        return mm * MM

    def y(self, mm: float) -> float:
        return (self.height - mm) * MM

    def block(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.rect(self.x(left), self.y(top + height), width * MM, height * MM, stroke=0, fill=1)

    def line(self, left: float, top: float, width: float, colour: str, points: float = 1) -> None:
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(points)
        self.canvas.line(self.x(left), self.y(top), self.x(left + width), self.y(top))

    def text(self, left: float, baseline: float, words: str, kind: Type, colour: str) -> None:
        row = self.canvas.beginText(self.x(left), self.y(baseline))
        row.setFont(kind.font, kind.size)
        row.setCharSpace(kind.tracking * kind.size)
        row.setFillColor(HexColor(colour))
        row.textOut(words)
        self.canvas.drawText(row)

    def code(self, left: float, top: float, side: float, content: str, colour: str) -> float:
        """Draw a QR code without its quiet zone. Returns the side of a module in millimetres."""
        rows = qr.modules(content)
        module = side / len(rows)
        self.canvas.setFillColor(HexColor(colour))
        path = self.canvas.beginPath()
        for number, row in enumerate(rows):
            for start, end in runs(row):
                path.rect(
                    self.x(left + start * module),
                    self.y(top + (number + 1) * module) - OVERLAP_MM * MM,
                    ((end - start) * module) * MM,
                    (module + OVERLAP_MM) * MM,
                )
        self.canvas.drawPath(path, stroke=0, fill=1)
        return module

    def pdf(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self._file.getvalue()


def runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules stand side by side: [T, T, F, T] → [(0, 2), (3, 4)]."""
    found: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if not dark:
            continue
        if found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


def png(pdf: bytes, *, width: int) -> bytes:
    """The first page as a PNG of so many pixels across: the same drawing, as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        image = page.render(scale=width / page.get_width()).to_pil()
    finally:
        document.close()
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the built typeface known to reportlab, once per process."""
    for name in (REGULAR, SEMIBOLD, BOLD, EXTRABOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))


def wrap(words: str, kind: Type, widths: list[float]) -> list[str] | None:
    """Set words in lines of the given widths (mm), or None if they do not fit in that many lines."""
    lines: list[str] = []
    rest = words.split()
    for width in widths:
        if not rest:
            break
        taken = 1
        while taken < len(rest) and kind.width(" ".join(rest[: taken + 1])) <= width:
            taken += 1
        if kind.width(" ".join(rest[:taken])) > width:
            return None
        lines.append(" ".join(rest[:taken]))
        rest = rest[taken:]
    return None if rest else lines
