"""Compiles locale/*/LC_MESSAGES/*.po for gettext; the result is not committed.

A build step of its own process: polib is there only inside the environment.
"""

import polib

from launch.places import ROOT


def main() -> None:
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))


if __name__ == "__main__":
    main()
