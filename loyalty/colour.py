"""The merchant's one colour and the tokens every page, mail and print derives from it.

Pure arithmetic in OKLCH: hue kept, lightness moved in steps of 0.01, chroma cut only to stay in sRGB.
"""

import re
from math import atan2, cos, hypot, sin

WHITE = "#FFFFFF"
INK = "#1B2233"
LIGHT_GROUND = "#F6F5F1"
LIGHT_CARD = "#FFFFFF"
DARK_GROUND = "#12161F"
DARK_CARD = "#1F2632"
TEXT_RATIO = 4.5
MARK_RATIO = 3.0
STEP = 0.01
CHROMA_CUT = 0.94

Rgb = tuple[float, float, float]
Tokens = dict[str, str]

_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def normalise(colour: str) -> str:
    """Return the colour as '#RRGGBB' in capitals; accepts '#abc', 'abcdef' and blanks around them.

    Raises ValueError for anything else.
    """
    match = _HEX.fullmatch(colour.strip()) if isinstance(colour, str) else None
    if match is None:
        raise ValueError(f"not a colour like #C5381F: {colour!r}")
    digits = match[1]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits.upper()}"


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours, 1.0 to 21.0, in either order."""
    darker, lighter = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, ground: str, share: float) -> str:
    """Return `share` (0 to 1) of the colour laid over the ground, channel by channel in sRGB."""
    above, below = _rgb(colour), _rgb(ground)
    red, green, blue = (share * above[i] + (1 - share) * below[i] for i in range(3))
    return _hex((red, green, blue))


def tokens(colour: str) -> dict[str, Tokens]:
    """Return {'light': …, 'dark': …}, each with m, m_on, m_text, m_mark and m_tint as '#RRGGBB'.

    m_on reads at 4.5:1 on m; m_text reads at 4.5:1 on the page ground (dark: on the card); m_mark shows at
    3:1 on the card.  Raises ValueError for a bad colour.  Rule: design, "The merchant's colour".
    """
    given = normalise(colour)
    main = _main(given)
    on_main = WHITE if contrast(WHITE, main) >= TEXT_RATIO else INK
    return {
        "light": {
            "m": main,
            "m_on": on_main,
            "m_text": _moved(given, LIGHT_GROUND, TEXT_RATIO, -STEP),
            "m_mark": _moved(given, LIGHT_CARD, MARK_RATIO, -STEP),
            "m_tint": mix(main, WHITE, 0.09),
        },
        "dark": {
            "m": main,
            "m_on": on_main,
            "m_text": _moved(given, DARK_CARD, TEXT_RATIO, STEP),
            "m_mark": _moved(given, DARK_CARD, MARK_RATIO, STEP),
            "m_tint": mix(main, DARK_GROUND, 0.16),
        },
    }


def _main(given: str) -> str:
    if max(contrast(WHITE, given), contrast(INK, given)) >= TEXT_RATIO:
        return given
    return _moved(given, WHITE, TEXT_RATIO, -STEP)


def _moved(given: str, ground: str, ratio: float, step: float) -> str:
    """Move the lightness by `step` until the colour reaches `ratio` on the ground."""
    lightness, chroma, hue = _oklch(given)
    moved = given
    while contrast(moved, ground) < ratio:
        lightness = min(1.0, max(0.0, lightness + step))
        moved = _in_srgb(lightness, chroma, hue)
    return moved


def _in_srgb(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour, its chroma cut by 6 % at a time until sRGB can show it."""
    rgb = _from_oklch(lightness, chroma, hue)
    while not _is_in_gamut(rgb):
        chroma *= CHROMA_CUT
        rgb = _from_oklch(lightness, chroma, hue)
    return _hex(rgb)


def _is_in_gamut(rgb: Rgb) -> bool:
    return all(-0.0001 <= channel <= 1.0001 for channel in rgb)


def _rgb(colour: str) -> Rgb:
    digits = normalise(colour)
    return (int(digits[1:3], 16) / 255, int(digits[3:5], 16) / 255, int(digits[5:7], 16) / 255)


def _hex(rgb: Rgb) -> str:
    channels = (min(255, max(0, round(channel * 255))) for channel in rgb)
    return "#{:02X}{:02X}{:02X}".format(*channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(rgb: Rgb) -> float:
    red, green, blue = map(_linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(colour: str) -> Rgb:
    """Return lightness (0 to 1), chroma and hue (radians) by Ottosson's matrices."""
    red, green, blue = map(_linear, _rgb(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, hypot(a, b), atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return _gamma(red), _gamma(green), _gamma(blue)
