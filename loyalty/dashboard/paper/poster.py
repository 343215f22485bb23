"""The poster: the offer on the merchant's colour, and the code that leads to the card. A4, A5, and A6 for the counter.

Measures are those of A4; the smaller sizes are the same drawing, scaled. Rule: design, pictures 26 and 30.
"""

import textwrap
from dataclasses import dataclass, replace
from io import BytesIO
from math import cos, pi, sin

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader

from loyalty.dashboard.paper import motifs
from loyalty.dashboard.paper.sheet import (
    BOLD,
    EXTRABOLD,
    MM,
    REGULAR,
    SEMIBOLD,
    Sheet,
    Type,
    wrap,
)  # fmt: skip
from loyalty.design.svg import chance

WIDTH, HEIGHT = 210, 297
SIZES = {"a4": 1.0, "a5": 148 / 210, "a6": 105 / 210}
INK, WHITE = "#1B2233", "#FFFFFF"
EDGE = 17
COLOURED = 177.7
# The stamp hangs over the right edge, as if somebody had been in a hurry.
STAMP_X, STAMP_Y, STAMP_RADIUS = 181.6, 61.4, 43.6
CODE_SIDE, CODE_TOP = 68.2, 189.3
TITLE = Type(BOLD, 30, -0.02)
STEP = Type(REGULAR, 16)
# The capitals of the first line begin here or lower, the last line stands here.
HEADLINE_TOP, HEADLINE_BOTTOM = 47.0, 165.3
LARGEST, SMALLEST, LONGEST_WORD = 87, 22, 20


@dataclass(frozen=True)
class Offer:
    """The words of a poster, in the language of the guests, and what they are drawn with.

    colours: the merchant's tokens on paper (m, m_on, m_text). steps: at most three. logo: a PNG, or None.
    """

    shop: str
    tagline: str
    headline: str
    stamp_word: str
    title: tuple[str, ...]
    steps: tuple[str, ...]
    foot: str
    address: str
    link: str
    motif: str
    colours: dict[str, str]
    logo: bytes | None = None


def pdf(offer: Offer, size: str = "a4") -> bytes:
    """The poster as a PDF of one page. size: a key of SIZES."""
    sheet = Sheet(WIDTH, HEIGHT, title=offer.headline, author=offer.shop, scale=SIZES[size])
    colours = offer.colours
    sheet.block(0, 0, WIDTH, HEIGHT, WHITE)
    sheet.block(0, 0, WIDTH, COLOURED, colours["m"])
    _stamp(sheet, offer)
    _sign(sheet, offer)
    _headline(sheet, offer)
    module = sheet.code(EDGE, CODE_TOP, CODE_SIDE, offer.link, INK)
    if size == "a6":
        _small_foot(sheet, offer)
    else:
        _steps(sheet, offer)
        _foot(sheet, offer, below=CODE_TOP + CODE_SIDE + 4 * module)
    return sheet.pdf()


def _sign(sheet: Sheet, offer: Offer) -> None:
    """The shop's sign in the upper left: its picture, or motif and name."""
    if offer.logo:
        _picture(sheet, offer.logo)
        return
    on = offer.colours["m_on"]
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(sheet.x(EDGE - 1), sheet.y(16))
    canvas.scale(19 / motifs.SIDE * MM, -19 / motifs.SIDE * MM)
    motifs.draw(canvas, offer.motif, ink=HexColor(on), ground=HexColor(offer.colours["m"]))
    canvas.restoreState()
    widest = STAMP_X - STAMP_RADIUS - 6 - 39.5
    name = _fitted(offer.shop, Type(EXTRABOLD, 31, -0.02), widest)
    sheet.text(39.5, 24.6 if offer.tagline else 28.5, offer.shop, name, on)
    if offer.tagline:
        sheet.text(39.5, 32.3, offer.tagline, _fitted(offer.tagline, Type(REGULAR, 15), widest), on)


def _picture(sheet: Sheet, logo: bytes) -> None:
    """An uploaded logo on a white plate: it was made for paper, not for our colour."""
    picture = ImageReader(BytesIO(logo))
    across, tall = picture.getSize()
    height = 16.0
    width = min(70.0, across * height / tall)
    height = width * tall / across
    sheet.canvas.setFillColor(HexColor(WHITE))
    box = (sheet.x(EDGE), sheet.y(17 + height + 8), (width + 8) * MM, (height + 8) * MM)
    sheet.canvas.roundRect(*box, 3 * MM, stroke=0, fill=1)
    sheet.canvas.drawImage(
        picture, sheet.x(EDGE + 4), sheet.y(17 + height + 4), width * MM, height * MM, mask="auto"
    )


def _headline(sheet: Sheet, offer: Offer) -> None:
    """The offer, as large as it fits beside and below the stamp."""
    for size in range(LARGEST, SMALLEST - 1, -1):
        kind = Type(EXTRABOLD, size, -0.035)
        if lines := _set_in(offer.headline, kind):
            leading = _leading(kind)
            first = HEADLINE_BOTTOM - (len(lines) - 1) * leading
            for number, words in enumerate(lines):
                sheet.text(EDGE - 0.6, first + number * leading, words, kind, offer.colours["m_on"])
            return
    # A word that is too long even so is cut: better in pieces than not at all.
    pieces = " ".join(piece for word in offer.headline.split() for piece in textwrap.wrap(word, LONGEST_WORD))
    _headline(sheet, replace(offer, headline=pieces))


def _set_in(headline: str, kind: Type) -> list[str] | None:
    """The headline in as few lines as it takes at this size; None if there is no room for them."""
    leading, capitals = _leading(kind), kind.size * 0.72 / MM
    most = int((HEADLINE_BOTTOM - capitals - HEADLINE_TOP) / leading) + 1
    for count in range(1, most + 1):
        first = HEADLINE_BOTTOM - (count - 1) * leading - capitals
        found = wrap(headline, kind, [_room(first + number * leading) for number in range(count)])
        if found and len(found) == count:
            return found
    return None


def _leading(kind: Type) -> float:
    return kind.size * 0.97 / MM


def _room(top: float) -> float:
    """How wide a line may be that starts at this height: up to the stamp, or up to the margin."""
    if top < STAMP_Y + STAMP_RADIUS:
        above = max(0.0, top - STAMP_Y)
        reach = (STAMP_RADIUS**2 - above**2) ** 0.5
        return STAMP_X - reach - 3 - EDGE
    return WIDTH - 2 * EDGE


def _stamp(sheet: Sheet, offer: Offer) -> None:
    """Two rings, the motif, a line and a word; gaps in the ink, no gradient: paper has one pressure."""
    on, ground = HexColor(offer.colours["m_on"]), HexColor(offer.colours["m"])
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(sheet.x(STAMP_X), sheet.y(STAMP_Y))
    canvas.rotate(-1.5)
    canvas.scale(STAMP_RADIUS / 50 * MM, STAMP_RADIUS / 50 * MM)
    canvas.setStrokeColor(on)
    canvas.setLineWidth(4.8)
    canvas.circle(0, 0, 47.6, stroke=1, fill=0)
    canvas.setLineWidth(1.5)
    canvas.circle(0, 0, 41.2, stroke=1, fill=0)
    canvas.setLineWidth(1.6)
    canvas.line(-37.5, -7, 37.5, -7)
    _word(canvas, offer.stamp_word, on)
    canvas.saveState()
    canvas.translate(-21, 40)
    canvas.scale(1.08, -1.08)
    motifs.draw(canvas, offer.motif, ink=on, ground=ground)
    canvas.restoreState()
    _gaps(canvas, ground)
    canvas.restoreState()


def _word(canvas: object, word: str, colour: object) -> None:
    kind = _fitted(word, Type(EXTRABOLD, 19, -0.02), 54 / MM)
    canvas.setFillColor(colour)
    canvas.setFont(kind.font, kind.size)
    canvas.drawCentredString(0, -26, word)


def _gaps(canvas: object, ground: object) -> None:
    dice = chance("poster")
    canvas.setFillColor(ground)
    for _number in range(7):
        canvas.circle(dice.uniform(-28, 28), dice.uniform(-30, 30), dice.uniform(0.4, 0.8), stroke=0, fill=1)
    for _number in range(8):
        angle, reach = dice.uniform(pi / 2, 3 * pi / 2), dice.uniform(40.5, 49.5)
        canvas.circle(reach * cos(angle), reach * sin(angle), dice.uniform(0.6, 1.2), stroke=0, fill=1)


def _steps(sheet: Sheet, offer: Offer) -> None:
    left, top = 97.0, 196.5
    widest = WIDTH - EDGE - left
    for line in offer.title:
        sheet.text(left, top, line, _fitted(line, TITLE, widest), INK)
        top += 10.8
    top += 4.2
    for number, step in enumerate(offer.steps, start=1):
        sheet.text(left, top, str(number), replace(STEP, font=EXTRABOLD), offer.colours["m_text"])
        for line in wrap(step, STEP, [widest - 9] * 3) or [step]:
            sheet.text(left + 9, top, line, STEP, INK)
            top += 7.3
        top += 3.2


def _foot(sheet: Sheet, offer: Offer, *, below: float) -> None:
    """The address under the code, a line, and what it does not take. below: where the code's white ends."""
    sheet.text(EDGE, below + 3.4, offer.address, _fitted(offer.address, Type(REGULAR, 13), 176), INK)
    sheet.line(EDGE, 276.5, WIDTH - 2 * EDGE, INK, 0.9)
    small = Type(REGULAR, 11.5)
    sheet.text(EDGE, 283.6, offer.foot, _fitted(offer.foot, small, 140), INK)
    _wordmark(sheet, 283.6, small)


def _small_foot(sheet: Sheet, offer: Offer) -> None:
    """On a card in the hand there is room for what to do, and no more."""
    left, top = 97.0, 200.0
    widest = WIDTH - EDGE - left
    for line in offer.title:
        sheet.text(left, top, line, _fitted(line, replace(TITLE, size=36), widest), INK)
        top += 13.5
    top += 6
    foot = Type(REGULAR, 22)
    for line in wrap(offer.foot, foot, [widest] * 4) or []:
        sheet.text(left, top, line, foot, INK)
        top += 9.6
    address = _fitted(offer.address, Type(REGULAR, 18), WIDTH - 2 * EDGE)
    sheet.text(EDGE, 279, offer.address, address, INK)


def _wordmark(sheet: Sheet, baseline: float, kind: Type) -> None:
    """Our own sign, small, in the lower right: a ring with a check."""
    width = kind.width("Stammgast")
    left = WIDTH - EDGE - width
    sheet.text(left, baseline, "Stammgast", replace(kind, font=SEMIBOLD), INK)
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(sheet.x(left - 5.6), sheet.y(baseline - 3.6))
    canvas.scale(4.4 / 24 * MM, -4.4 / 24 * MM)
    canvas.setStrokeColor(HexColor(INK))
    canvas.setLineWidth(2.5)
    canvas.setLineCap(1)
    canvas.circle(12, 12, 9.5, stroke=1, fill=0)
    check = canvas.beginPath()
    check.moveTo(8, 12.4)
    check.lineTo(10.8, 15.2)
    check.lineTo(16, 9.5)
    canvas.drawPath(check, stroke=1, fill=0)
    canvas.restoreState()


def _fitted(words: str, kind: Type, widest: float) -> Type:
    """The same type, smaller if the words would not fit."""
    width = kind.width(words)
    return kind if width <= widest else replace(kind, size=kind.size * widest / width)
