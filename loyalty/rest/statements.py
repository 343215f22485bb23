"""A partner's statement for a month: as CSV for the bookkeeper, as PDF to read and to file."""

import csv as writing
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO, StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from loyalty import tenancy
from loyalty.design import wording
from programs.coalition.settlement import Line, Settled
from programs.models import Program

OWN_CARD = gettext_lazy("This is a card of your own shop. Write the name on the member.")
FONTS = Path(settings.BASE_DIR) / "static" / "dist" / "fonts"
REGULAR, BOLD = "Figtree-Regular", "Figtree-Bold"
MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 22 * MM, A4[0] - 22 * MM, A4[1] - 24 * MM, 22 * MM
ROW = 6.2 * MM
INK, QUIET, RULE = HexColor("#1B1B18"), HexColor("#5F5E57"), HexColor("#D9D7CE")
# What a line is for, by its kind; and where it takes something back.
WORDS = {
    ("issue", False): gettext_noop("Points given"),
    ("issue", True): gettext_noop("Points given, taken back"),
    ("settle", False): gettext_noop("Your points, redeemed"),
    ("settle", True): gettext_noop("Your points, no longer redeemed"),
    ("redeem", False): gettext_noop("Points redeemed at your shop"),
    ("redeem", True): gettext_noop("Points redeemed at your shop, cancelled"),
    ("adjust", False): gettext_noop("Your points, corrected by hand"),
    ("fee", False): gettext_noop("Fee"),
    ("fee", True): gettext_noop("Fee, returned"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    program: Program
    partner_name: str
    first: date
    settled: Settled
    lines: list[Line]


def csv(statement: Statement) -> bytes:
    """One row for each posting: its days, what it is for, the points, and the money (below zero: the partner owes)."""
    zone, currency = ZoneInfo(tenancy.merchant().timezone), tenancy.merchant().currency
    text = StringIO()
    rows = writing.writer(text, lineterminator="\r\n")
    rows.writerow(["date", "booked", "kind", "reversal", "points", "amount_minor", "currency"])
    for line in statement.lines:
        days = [moment.astimezone(zone).date().isoformat() for moment in (line.at, line.booked_at)]
        rows.writerow([*days, line.kind, int(line.is_reversal), line.points, line.net_minor, currency])
    return text.getvalue().encode()


def pdf(statement: Statement) -> bytes:
    """The month's figures, then what they are made of, by day."""
    _register_fonts()
    file = BytesIO()
    # Invariant: the same statement is the same file, without the moment at which it was made.
    canvas = Canvas(file, pagesize=A4, invariant=1)
    title = _("Statement for %(month)s") % {"month": wording.month(statement.first, _language())}
    canvas.setTitle(f"{title} – {statement.partner_name}")
    canvas.setAuthor(tenancy.merchant().name)
    top = _head(canvas, title, statement)
    top = _figures(canvas, top, statement.settled)
    _days(canvas, top - ROW, statement)
    canvas.save()
    return file.getvalue()


def _head(canvas, title, statement):
    canvas.setFillColor(QUIET)
    canvas.setFont(REGULAR, 10)
    canvas.drawString(LEFT, TOP, f"{tenancy.merchant().name} · {statement.program.name}")
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 22)
    canvas.drawString(LEFT, TOP - 11 * MM, title)
    canvas.setFont(REGULAR, 13)
    canvas.drawString(LEFT, TOP - 19 * MM, statement.partner_name)
    return TOP - 33 * MM


def _figures(canvas, top, settled):
    net = settled.net_minor
    told = [
        (_("Points given"), _plain(settled.issued_points), REGULAR),
        (_("Points redeemed at your shop"), _plain(settled.redeemed_points), REGULAR),
        (_("Owed for points"), _money(-settled.owes_minor), REGULAR),
        (_("To be received for points"), _money(settled.is_owed_minor), REGULAR),
        (_("Fee"), _money(-settled.fee_minor), REGULAR),
        (_("You receive") if net > 0 else _("You pay") if net < 0 else _("Nothing to settle"), _money(abs(net)), BOLD),
    ]  # fmt: skip
    if settled.prepaid_minor:
        told.append((_("Paid beforehand for points, not part of it"), _money(settled.prepaid_minor), REGULAR))
    for name, figure, font in told:
        _row(canvas, top, [(LEFT, name, False), (RIGHT, figure, True)], font=font, size=11)
        top -= ROW * 1.15
    return top


def _days(canvas, top, statement):
    """What was posted, summed by day and kind; on as many pages as it takes."""
    columns = [(LEFT, _("Day"), False), (LEFT + 32 * MM, _("For"), False), (RIGHT - 34 * MM, _("Points"), True),
               (RIGHT, _("Amount"), True)]  # fmt: skip
    top = _row(canvas, top, columns, font=BOLD, size=9) - ROW
    for (day, kind, is_reversal), (points, amount) in _by_day(statement.lines).items():
        if top < BOTTOM:
            canvas.showPage()
            top = _row(canvas, TOP, columns, font=BOLD, size=9) - ROW
        figures = [_date(day), _(WORDS[kind, is_reversal]), _plain(points) if points else "", _money(amount)]
        cells = [(x, text, right) for (x, _name, right), text in zip(columns, figures, strict=True)]
        top = _row(canvas, top, cells, size=9) - ROW


def _by_day(lines):
    zone, days = ZoneInfo(tenancy.merchant().timezone), defaultdict(lambda: [0, 0])
    for line in lines:
        sums = days[line.at.astimezone(zone).date(), line.kind, line.is_reversal]
        sums[0] += line.points
        sums[1] += line.net_minor
    return days


def _row(canvas, top, cells, *, font=REGULAR, size=10.0):
    canvas.setFillColor(INK)
    canvas.setFont(font, size)
    for x, text, is_right in cells:
        (canvas.drawRightString if is_right else canvas.drawString)(x, top, text)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(LEFT, top - 2 * MM, RIGHT, top - 2 * MM)
    return top


def _language():
    return get_language() or "en"


def _plain(count):
    return wording.plain(count, _language()).replace(wording.NARROW, "\u00a0")


def _money(amount_minor):
    # The typeface on paper has no narrow space.
    return wording.amount(amount_minor, tenancy.merchant().currency, _language()).replace(
        wording.NARROW, "\u00a0"
    )


def _date(day):
    return wording.day(day, _language())


@lru_cache(maxsize=1)
def _register_fonts():
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))
