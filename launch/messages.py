"""The strings for people, gathered from code and templates, and merged into locale/*/LC_MESSAGES/django.po.

`python -m launch.messages` (inside the environment) after strings were added or changed. German needs a translation
of each; German with du only of those that differ.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract

from launch.places import ROOT

FOLDERS = ("loyalty", "members", "programs", "rewards", "campaigns", "templates", "static/src/js")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
GERMAN = ROOT / "locale/de/LC_MESSAGES/django.po"
INFORMAL = ROOT / "locale/de_DU/LC_MESSAGES/django.po"

Message = tuple[str, str, str]  # context, singular, plural


def found() -> dict[Message, list[tuple[str, int]]]:
    """Every string for people, with where it stands: {(context, singular, plural): [(file, line)]}."""
    strings: dict[Message, list[tuple[str, int]]] = {}
    for path in _sources():
        for line, message in _strings(path):
            strings.setdefault(message, []).append((str(path.relative_to(ROOT)), line))
    return strings


def merge(target: Path, extra: list[polib.POFile]) -> polib.POFile:
    """The catalogue with what is used now and no more: translations kept, and taken from `extra` where missing."""
    known: dict[Message, polib.POEntry] = {}
    for catalogue in [*reversed(extra), *([polib.pofile(str(target))] if target.exists() else [])]:
        known |= {_key(entry): entry for entry in catalogue if entry.translated() and not entry.obsolete}
    merged = polib.POFile(wrapwidth=110)
    merged.metadata = {
        "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit", "Language": "de",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }  # fmt: skip
    for message in sorted(found(), key=lambda m: (m[1].lower(), m)):
        entry = known.get(message)
        if entry is not None or target == GERMAN:
            merged.append(_entry(message, entry))
    return merged


def _entry(message, known):
    context, singular, plural = message
    entry = polib.POEntry(msgctxt=context or None, msgid=singular, msgid_plural=plural)
    if plural:
        entry.msgstr_plural = dict(known.msgstr_plural) if known else {0: "", 1: ""}
    else:
        entry.msgstr = known.msgstr if known else ""
    return entry


def _key(entry: polib.POEntry) -> Message:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def _sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for kind in ("*.py", "*.html", "*.txt", "*.mjml"):
            yield from sorted((ROOT / folder).rglob(kind))


def _strings(path: Path) -> Iterator[tuple[int, Message]]:
    from django.utils.translation.template import templatize

    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What it leaves of the template is no Python; without indentation it can at least be read word by word.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
    for line, names, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS, (), {}):
        singular, plural = (names, "") if isinstance(names, str) else (names[-2], names[-1])
        if singular:
            yield line, (context or "", singular, plural)


def main(arguments: list[str]) -> None:
    """Merge. arguments: further .po files with translations that are missing here; those of du end in .du.po."""
    extra = [(name, polib.pofile(name)) for name in arguments]
    for target, informal in ((GERMAN, False), (INFORMAL, True)):
        own = [catalogue for name, catalogue in extra if name.endswith(".du.po") == informal]
        merged = merge(target, own)
        target.parent.mkdir(parents=True, exist_ok=True)
        merged.save(str(target))
        missing = [entry.msgid for entry in merged if not entry.translated()]
        print(f"{target.relative_to(ROOT)}: {len(merged)} strings, {len(missing)} without a translation")


if __name__ == "__main__":
    main(sys.argv[1:])
