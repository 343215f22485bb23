"""Draws the one glyph that Figtree lacks: the narrow no-break space between a figure and its unit, a fifth of an em.

Without it browsers invent a space half as wide, and 18,40 € runs together.  Run after a change:
    python static/src/narrow_space.py loyalty/design/static/design/narrow.woff2
"""

import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph

WIDTH = 200


def _box() -> Glyph:
    """Return a small box: browsers refuse a font that draws nothing at all."""
    pen = TTGlyphPen(None)
    pen.moveTo((40, 0))
    for corner in ((40, 600), (160, 600), (160, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def build(path: str) -> None:
    """Write the font: a box for what is missing, and the space."""
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "narrow"])
    font.setupCharacterMap({0x202F: "narrow"})
    font.setupGlyf({".notdef": _box(), "narrow": Glyph()})
    font.setupHorizontalMetrics({".notdef": (WIDTH, 0), "narrow": (WIDTH, 0)})
    font.setupHorizontalHeader(ascent=950, descent=-250)
    font.setupNameTable({"familyName": "Stammgast Narrow Space", "styleName": "Regular"})
    font.setupOS2(sTypoAscender=950, sTypoDescender=-250)
    font.setupPost(keepGlyphNames=False)
    font.font.flavor = "woff2"
    font.save(path)


if __name__ == "__main__":
    build(sys.argv[1])
