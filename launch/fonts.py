"""Figtree as TrueType files, for paper: PDF libraries embed neither WOFF2 nor variable fonts.

The npm package ships the variable font as WOFF2, split by script; here its weights are made, and the
scripts joined. A build step of its own process: fontTools is there only inside the environment.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import merge
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from launch.places import ROOT

SOURCE = ROOT / "node_modules/@fontsource-variable/figtree/files"
TARGET = ROOT / "static/dist/fonts"
WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700, "ExtraBold": 800}
SCRIPTS = ("latin", "latin-ext")


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, weight in WEIGHTS.items():
        with TemporaryDirectory() as folder:
            parts = [_instance(script, weight, Path(folder)) for script in SCRIPTS]
            font = merge.Merger().merge(parts)
        _rename(font, name)
        font.save(TARGET / f"Figtree-{name}.ttf")


def _instance(script: str, weight: int, folder: Path) -> str:
    font = TTFont(SOURCE / f"figtree-{script}-wght-normal.woff2")
    font.flavor = None
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    path = folder / f"{script}.ttf"
    font.save(path)
    return str(path)


def _rename(font: TTFont, style: str) -> None:
    # PDF readers know fonts by the PostScript name; four fonts of one name would be taken for one.
    table = font["name"]
    for number, text in {
        1: f"Figtree {style}",
        2: "Regular",
        4: f"Figtree {style}",
        6: f"Figtree-{style}",
    }.items():
        table.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main()
