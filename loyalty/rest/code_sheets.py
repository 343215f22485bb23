"""The codes of a batch on paper: as CSV for a printer, as A4 sheets of labels to cut out or to stick on."""

import csv as writing
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from loyalty import readable_codes, tenancy
from loyalty.design import qr, wording
from loyalty.errors import Invalid, NotFound
from programs import because
from programs.codes.models import ProductCode

MM = 72 / 25.4
FONTS = Path(settings.BASE_DIR) / "static" / "dist" / "fonts"
REGULAR, BOLD, EXTRABOLD = "Figtree-Regular", "Figtree-Bold", "Figtree-ExtraBold"
INK, QUIET = HexColor("#1B1B18"), HexColor("#5F5E57")
# Labels of 70 × 37 mm, as they are sold: 3 side by side, 8 below each other.
COLUMNS, ROWS, WIDTH, HEIGHT = 3, 8, 70 * MM, 37 * MM
TOP = (A4[1] - ROWS * HEIGHT) / 2
CODE_SIDE = 23 * MM
HAIR = 0.02 * MM
# Ten sheets: what is made within a second or two.
CODES_A_FILE = 10 * COLUMNS * ROWS


def csv(batch) -> bytes:
    """One row for each code, in the order in which they were made."""
    return csv_of(_codes(batch).iterator(chunk_size=10_000))


def csv_of(codes) -> bytes:
    """One row for each of these codes: as it is kept, and as it is printed."""
    text = StringIO()
    rows = writing.writer(text, lineterminator="\r\n")
    rows.writerow(["code", "printed"])
    for code in codes:
        rows.writerow([code, readable_codes.display(code)])
    return text.getvalue().encode()


def page(text: str) -> int:
    """Which part of the codes is asked for, from 1. Raises Invalid."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 100_000):
        raise Invalid({"page": [_("Write a whole number, 1 or more.")]})
    return int(text[:9])


def pdf(batch, number: int) -> bytes:
    """The sheets with the `number`-th CODES_A_FILE codes. Raises NotFound where there are no more."""
    return labels(_codes(batch), number, batch.name or batch.program.name, _worth(batch), batch.valid_until)


def labels(queried, number: int, title, worth, valid_until) -> bytes:
    """Sheets with the `number`-th CODES_A_FILE of a query's codes, each with what it is worth and until when.

    Raises NotFound where there are no more.
    """
    first = (number - 1) * CODES_A_FILE
    codes = list(queried[first : first + CODES_A_FILE])
    if not codes:
        raise NotFound()
    register_fonts()
    file = BytesIO()
    # Invariant: the same codes are the same file, without the moment at which it was made.
    canvas = Canvas(file, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor(tenancy.merchant().name)
    # The lines beside the code: whose it is, what it is worth, until when.
    words = [tenancy.merchant().name, worth, until(valid_until, get_language() or "en")]
    for place, code in enumerate(codes):
        on_sheet = place % (COLUMNS * ROWS)
        if place and on_sheet == 0:
            canvas.showPage()
        row, column = divmod(on_sheet, COLUMNS)
        _label(canvas, column * WIDTH, A4[1] - TOP - row * HEIGHT, code, words)
    canvas.save()
    return file.getvalue()


def until(valid_until, language) -> str:
    """ "Good until 31 December 2026", or nothing."""
    day = last_day(valid_until, language)
    return _("Good until %(day)s") % {"day": day} if day else ""


def last_day(valid_until, language) -> str:
    """ "31 December 2026", or nothing."""
    if valid_until is None:
        return ""
    end = valid_until.astimezone(ZoneInfo(tenancy.merchant().timezone))
    # A period's end at 24:00 is the last moment of the day before.
    return wording.long_day((end - end.resolution).date(), language)


def _codes(batch):
    return ProductCode.objects.filter(batch=batch).order_by("id").values_list("code", flat=True)


def _worth(batch):
    unit = because.unit(batch.program.unit_singular if batch.amount == 1 else batch.program.unit_plural)
    return f"{wording.plain(batch.amount, get_language() or 'en')} {unit}"


def _label(canvas, left, top, code, words):
    shop, worth, until = words
    draw_code(canvas, left + 5 * MM, top - (HEIGHT - CODE_SIDE) / 2, code)
    x, room = left + 5 * MM + CODE_SIDE + 4 * MM, WIDTH - CODE_SIDE - 13 * MM
    draw_line(canvas, x, top - 10.5 * MM, shop, REGULAR, 7.5, QUIET, room)
    draw_line(canvas, x, top - 17 * MM, worth, EXTRABOLD, 14, INK, room)
    draw_line(canvas, x, top - 24 * MM, readable_codes.display(code), BOLD, 11, INK, room)
    draw_line(canvas, x, top - 29.5 * MM, until, REGULAR, 7.5, QUIET, room)


def draw_line(canvas, x, y, text, font, size, colour, room):
    """A line of text, smaller where it would not fit, and cut where it would be too small to read."""
    while pdfmetrics.stringWidth(text, font, size) > room and size > 6:
        size -= 0.5
    while pdfmetrics.stringWidth(text, font, size) > room:
        text = text[:-2].rstrip() + "…"
    canvas.setFillColor(colour)
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def draw_code(canvas, left, top, code, across=CODE_SIDE):
    """The code itself, and nothing around it: a scanner reads it as if it were typed."""
    modules = qr.modules(code)
    side = across / len(modules)
    canvas.setFillColor(INK)
    path = canvas.beginPath()
    for number, row in enumerate(modules):
        place = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                # A hair higher than they are, so that no printer leaves lines between the rows.
                path.rect(left + place * side, top - (number + 1) * side, length * side, side + HAIR)
            place += length
    canvas.drawPath(path, stroke=0, fill=1)


@lru_cache(maxsize=1)
def register_fonts():
    for name in (REGULAR, BOLD, EXTRABOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))
