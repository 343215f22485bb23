"""Style sheets, scripts, fonts, icons and translations: built only when their sources changed."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from launch import environment
from launch.places import ROOT, VENV

OLDEST_NODE = 20
DIST = ROOT / "static" / "dist"
BUILT = DIST / ".built"
MODULES_STAMP = ROOT / "node_modules" / ".installed"


def outdated() -> bool:
    return not _is(BUILT, _sources()) or not _is(MODULES_STAMP, _packages())


def build(*, log: Path) -> None:
    """Install the npm packages and build everything, each only if needed. Raises Failed."""
    env = os.environ | {"PATH": f"{_node_folder(log)}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not _is(MODULES_STAMP, _packages()):
        argv = ["npm", "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
        environment.run(argv, log=log, env=env)
        MODULES_STAMP.write_text(_packages())
    sources = _sources()
    if _is(BUILT, sources):
        return
    environment.run(["node", "static/build.mjs"], log=log, env=env)
    environment.run([str(environment.PYTHON), "-m", "launch.fonts"], log=log)
    environment.run([str(environment.PYTHON), "-m", "launch.translations"], log=log)
    BUILT.write_text(sources)


def _is(stamp: Path, value: str) -> bool:
    try:
        return stamp.read_text() == value
    except OSError:
        return False


def _packages() -> str:
    return _digest([ROOT / "package.json", ROOT / "package-lock.json"])


def _sources() -> str:
    """Tailwind reads class names in templates and code, so they are sources of the style sheets too."""
    folders = ["static/src", "templates", "loyalty", "members", "programs", "rewards", "campaigns", "locale"]
    builders = ["static/build.mjs", "package-lock.json", "launch/fonts.py", "launch/translations.py"]
    files = [ROOT / builder for builder in builders]
    for folder in folders:
        files += [
            file
            for file in (ROOT / folder).rglob("*")
            if file.suffix not in {".pyc", ".mo"} and file.is_file() and "migrations" not in file.parts
        ]
    return _digest(files)


def _digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def _node_folder(log: Path) -> Path:
    """The folder of a Node that is new enough: the machine's, or one from a wheel."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _node_version(found) >= OLDEST_NODE:
        return Path(found).parent
    environment.install("requirements-node.txt", log=log)
    return VENV / "bin"


def _node_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    match = re.match(r"v(\d+)", answer)
    return int(match[1]) if match else 0
