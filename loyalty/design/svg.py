"""Small, deterministic SVG: numbers without padding, seeded chance, motifs and icons read from files."""

import hashlib
import random
from functools import lru_cache
from html import escape
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
MOTIFS = STATIC / "src" / "motifs"
ICONS = STATIC / "dist" / "icons"


def number(value: float) -> str:
    """Return the number with at most one decimal and no needless zero: 3.04 → '3', -0.52 → '-.5'."""
    text = f"{value:.1f}".removesuffix(".0")
    if text in ("-0", "0"):
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def points(*values: float) -> str:
    """Join coordinates for a path, leaving out the blanks that a minus sign makes needless."""
    text = ""
    for value in values:
        part = number(value)
        text += part if not text or part.startswith("-") else f" {part}"
    return text


def chance(*seed: object) -> random.Random:
    """Return the same sequence of chances for the same seed, on every machine and version."""
    digest = hashlib.blake2b("|".join(map(str, seed)).encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))


def short_id(*seed: object) -> str:
    """Return a name of six letters for ids inside one drawing; equal seeds give equal names."""
    digest = hashlib.blake2b("|".join(map(str, seed)).encode(), digest_size=4).hexdigest()
    return f"g{digest[:5]}"


def named(text: str) -> str:
    """Return the attributes that make a drawing one image with a text, or hide it where words stand beside it."""
    return f'role="img" aria-label="{escape(text)}"' if text else 'aria-hidden="true"'


@lru_cache
def motif(name: str) -> str:
    """Return the inside of a motif's SVG, drawn on 40 by 40 in currentColor.  Raises KeyError for an unknown one."""
    return _inside(MOTIFS / f"{name}.svg")


def motif_names() -> list[str]:
    """Return the names of all motifs, sorted."""
    return sorted(path.stem for path in MOTIFS.glob("*.svg"))


@lru_cache(maxsize=256)
def icon(name: str) -> str:
    """Return the inside of an icon's SVG, outlines on 24 by 24.  Raises KeyError for one the build did not copy."""
    return _inside(ICONS / f"{name}.svg")


def _inside(path: Path) -> str:
    if not path.is_file():
        raise KeyError(
            f"no drawing at {path.parent.name}/{path.name}; icons are listed in static/src/icons.txt"
        )
    text = path.read_text(encoding="utf-8")
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    return "".join(line.strip() for line in body.splitlines()).replace(" />", "/>")
