"""docs/rules.md, its pages in docs/rules/, and the code name each other: sections that docstrings cite, files and
tests that sections cite."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "docs/rules.md", *sorted((ROOT / "docs/rules").glob("*.md"))]
RULES = "\n".join(page.read_text() for page in PAGES)
SECTIONS = set(re.findall(r"^## (.+)$", RULES, re.MULTILINE))


def test_every_section_that_a_docstring_cites_is_there():
    cited = set()
    for folder in ("members", "programs", "rewards"):
        for path in (ROOT / folder).rglob("*.py"):
            for line in path.read_text().splitlines():
                if "docs/rules" in line:
                    cited |= set(re.findall(r'"([A-Z][^"]+)"', line.partition("docs/rules")[2]))
    assert cited == SECTIONS


def test_every_file_that_a_section_cites_is_there():
    paths = re.findall(r"`((?:members|programs|rewards|tests)/[\w/]+\.py)`", RULES)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def test_every_section_names_its_file_and_its_test():
    for section in re.split(r"^## ", RULES, flags=re.MULTILINE)[1:]:
        head = section.splitlines()[2]
        assert head.startswith("*`"), section.splitlines()[0]
        assert "`tests/" in section.partition("*\n\n")[0]
