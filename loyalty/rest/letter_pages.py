"""Thank-you letters on paper: a page each, with room for a signature, and the guest's own code at the foot."""

from io import BytesIO

from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from loyalty import readable_codes, tenancy
from loyalty.errors import NotFound
from loyalty.rest import code_sheets
from loyalty.rest.code_sheets import BOLD, EXTRABOLD, INK, MM, QUIET, REGULAR
from members.models import Member
from rewards.promotions import letters
from rewards.promotions.models import Letter

# What is made within a few seconds.
LETTERS_A_FILE = 100
EDGE = 25 * MM
ROOM = A4[0] - 2 * EDGE
SIZES, LEADING = (12.5, 11.5, 10.5, 9.5, 8.5), 1.5
TEXT_TOP, TEXT_BOTTOM = A4[1] - 62 * MM, 112 * MM
SIGNED_AT, CODE_TOP, CODE_SIDE = 84 * MM, 66 * MM, 40 * MM
RULE = HexColor("#D9D6CC")


def pdf(run, number: int) -> bytes:
    """The `number`-th LETTERS_A_FILE letters of a run, in the order of their numbers.

    Letters to guests who have left since are left out. Raises NotFound where there are no more.
    """
    first = (number - 1) * LETTERS_A_FILE
    written = Letter.objects.filter(run=run, voucher__isnull=False).select_related("member", "voucher")
    found = list(written.order_by("number")[first : first + LETTERS_A_FILE])
    there = [letter for letter in found if letter.member.status != Member.Status.ERASED]
    if not there:
        raise NotFound()
    code_sheets.register_fonts()
    merchant, file = tenancy.merchant(), BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(run.promotion.name)
    canvas.setAuthor(merchant.name)
    for place, letter in enumerate(there):
        if place:
            canvas.showPage()
        _page(canvas, merchant, run, letter)
    canvas.save()
    return file.getvalue()


def _page(canvas, merchant, run, letter):
    language, text = _in_their_language(run.text, letter.member.language)
    spoken = "de-du" if language == "de" and merchant.informal else language
    with translation.override(spoken):
        day = code_sheets.last_day(letter.voucher.valid_until, language)
        name = letter.member.name
        facts = {
            "name": name, "first_name": name.split()[0] if name.split() else "", "shop": merchant.name,
            "reward": run.promotion.reward.name, "until": day,
        }  # fmt: skip
        _head(canvas, merchant)
        _body(canvas, letters.merged(text, facts))
        _foot(canvas, merchant, letter, facts)


def _in_their_language(texts, language):
    return (language, texts[language]) if language in texts else next(iter(texts.items()))


def _head(canvas, merchant):
    canvas.setFillColor(HexColor(merchant.palette["light"]["m"]))
    canvas.rect(0, A4[1] - 9 * MM, A4[0], 9 * MM, stroke=0, fill=1)
    _line(canvas, EDGE, A4[1] - 30 * MM, merchant.name, EXTRABOLD, 21, INK)
    if merchant.tagline:
        _line(canvas, EDGE, A4[1] - 37 * MM, merchant.tagline, REGULAR, 11, QUIET)


def _body(canvas, text):
    """The letter, as large as there is room for it; what is too long even so ends with an ellipsis."""
    for size in SIZES:
        lines, step = _set(text, size), size * LEADING
        if TEXT_TOP - len(lines) * step >= TEXT_BOTTOM:
            break
    else:
        most = int((TEXT_TOP - TEXT_BOTTOM) / step)
        lines = [*lines[: most - 1], "…"]
    canvas.setFillColor(INK)
    canvas.setFont(REGULAR, size)
    for place, line in enumerate(lines):
        canvas.drawString(EDGE, TEXT_TOP - place * step, line)


def _set(text, size):
    """The lines of a text: paragraphs stay, long lines are broken between words, longer words where they must be."""
    lines = []
    for paragraph in text.replace("\r", "").split("\n"):
        line = ""
        for word in paragraph.split():
            while pdfmetrics.stringWidth(word, REGULAR, size) > ROOM:
                cut = next(n for n in range(len(word), 0, -1) if _fits(word[:n], size))
                lines, line, word = [*lines, *([line] if line else []), word[:cut]], "", word[cut:]
            longer = f"{line} {word}".strip()
            if _fits(longer, size):
                line = longer
            else:
                lines, line = [*lines, line], word
        lines.append(line)
    return lines


def _fits(text, size):
    return pdfmetrics.stringWidth(text, REGULAR, size) <= ROOM


def _foot(canvas, merchant, letter, facts):
    """A line to sign on, and below it the code with what it is good for."""
    canvas.setStrokeColor(QUIET)
    canvas.setLineWidth(0.6)
    canvas.line(EDGE, SIGNED_AT, EDGE + 75 * MM, SIGNED_AT)
    _line(canvas, EDGE, SIGNED_AT - 5 * MM, merchant.contact_name or merchant.name, REGULAR, 9, QUIET)
    canvas.setStrokeColor(RULE)
    canvas.line(EDGE, CODE_TOP + 7 * MM, A4[0] - EDGE, CODE_TOP + 7 * MM)
    code_sheets.draw_code(canvas, EDGE, CODE_TOP, letter.voucher.code, CODE_SIDE)
    left, top = EDGE + CODE_SIDE + 9 * MM, CODE_TOP - 9 * MM
    room = A4[0] - EDGE - left
    _line(canvas, left, top, facts["reward"], EXTRABOLD, 19, INK, room)
    _line(canvas, left, top - 11 * MM, readable_codes.display(letter.voucher.code), BOLD, 15, INK, room)
    once = _("Good once. Show this code at the counter.")
    _line(canvas, left, top - 19 * MM, once, REGULAR, 10.5, INK, room)
    if facts["until"]:
        good = _("Good until %(day)s") % {"day": facts["until"]}
        _line(canvas, left, top - 25 * MM, good, REGULAR, 10.5, QUIET, room)


def _line(canvas, x, y, text, font, size, colour, room=ROOM):
    code_sheets.draw_line(canvas, x, y, text, font, size, colour, room)
