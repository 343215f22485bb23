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
    text = StringIO()
    rows = writing.writer(text, lineterminator="\r\n")
    rows.writerow(["code", "printed"])
    for code in _codes(batch).values_list("code", flat=True).iterator(chunk_size=10_000):
        rows.writerow([code, readable_codes.display(code)])
    return text.getvalue().encode()


def page(text: str) -> int:
    """Which part of the codes is asked for, from 1. Raises Invalid."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 100_000):
        raise Invalid({"page": [_("Write a whole number, 1 or more.")]})
    return int(text[:9])


def pdf(batch, number: int) -> bytes:
    """The sheets with the `number`-th CODES_A_FILE codes. Raises NotFound where there are no more."""
    first = (number - 1) * CODES_A_FILE
    codes = list(_codes(batch).values_list("code", flat=True)[first : first + CODES_A_FILE])
    if not codes:
        raise NotFound()
    _register_fonts()
    file = BytesIO()
    # Invariant: the same codes are the same file, without the moment at which it was made.
    canvas = Canvas(file, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(batch.name or batch.program.name)
    canvas.setAuthor(tenancy.merchant().name)
    words = _words(batch)
    for place, code in enumerate(codes):
        on_sheet = place % (COLUMNS * ROWS)
        if place and on_sheet == 0:
            canvas.showPage()
        row, column = divmod(on_sheet, COLUMNS)
        _label(canvas, column * WIDTH, A4[1] - TOP - row * HEIGHT, code, words)
    canvas.save()
    return file.getvalue()


def _codes(batch):
    return ProductCode.objects.filter(batch=batch).order_by("id")


def _words(batch):
    """The lines beside the code: whose it is, what it is worth, until when."""
    language, program = get_language() or "en", batch.program
    unit = because.unit(program.unit_singular if batch.amount == 1 else program.unit_plural)
    worth = f"{wording.plain(batch.amount, language)} {unit}"
    return [tenancy.merchant().name, worth, _until(batch, language)]


def _until(batch, language):
    if batch.valid_until is None:
        return ""
    end = batch.valid_until.astimezone(ZoneInfo(tenancy.merchant().timezone))
    # A period's end at 24:00 is the last moment of the day before.
    last = (end - end.resolution).date()
    return _("Good until %(day)s") % {"day": wording.long_day(last, language)}


def _label(canvas, left, top, code, words):
    shop, worth, until = words
    _qr(canvas, left + 5 * MM, top - (HEIGHT - CODE_SIDE) / 2, code)
    x, room = left + 5 * MM + CODE_SIDE + 4 * MM, WIDTH - CODE_SIDE - 13 * MM
    _line(canvas, x, top - 10.5 * MM, shop, REGULAR, 7.5, QUIET, room)
    _line(canvas, x, top - 17 * MM, worth, EXTRABOLD, 14, INK, room)
    _line(canvas, x, top - 24 * MM, readable_codes.display(code), BOLD, 11, INK, room)
    _line(canvas, x, top - 29.5 * MM, until, REGULAR, 7.5, QUIET, room)


def _line(canvas, x, y, text, font, size, colour, room):
    """A line of text, smaller where it would not fit, and cut where it would be too small to read."""
    while pdfmetrics.stringWidth(text, font, size) > room and size > 6:
        size -= 0.5
    while pdfmetrics.stringWidth(text, font, size) > room:
        text = text[:-2].rstrip() + "…"
    canvas.setFillColor(colour)
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def _qr(canvas, left, top, code):
    """The code itself, and nothing around it: a scanner reads it as if it were typed."""
    modules = qr.modules(code)
    side = CODE_SIDE / len(modules)
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
def _register_fonts():
    for name in (REGULAR, BOLD, EXTRABOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))
