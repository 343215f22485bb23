"""`./run test`: linters, contracts, types, then every test, with pytest's closing line as the last one."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from launch import assets
from launch.embedded import for_tests
from launch.environment import PYTHON
from launch.failure import Failed
from launch.places import ROOT
from launch.progress import say, step, styled

PACKAGES = ["launch", "loyalty", "members", "programs", "rewards", "campaigns"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: Sequence[str]) -> int:
    """Run the checks, all of them even if one fails, then pytest. Returns the exit code. Raises Failed.

    With arguments, only pytest runs, with these arguments.
    """
    with tempfile.TemporaryDirectory(prefix="stammgast-build-") as folder:
        log = Path(folder) / "build.log"
        provide_browser(log)
        if assets.outdated():
            with step("Style sheets and scripts"):
                _build(log)
    broken = [] if arguments else [name for name, argv in checks().items() if not _passes(name, argv)]
    code = _pytest(list(arguments) or ["-n", "2", "--dist", "loadgroup"])
    if broken and code == 0:
        # The tests' own closing line stays the last one; the exit code tells what the checks said above.
        print(f"Checks that failed: {', '.join(broken)}.", file=sys.stderr)
    return code or (1 if broken else 0)


def checks() -> dict[str, list[str]]:
    """The checks before the tests, by name, as command lines."""
    python = str(PYTHON)
    present = [name for name in PACKAGES if (ROOT / name).is_dir()]
    binaries = PYTHON.parent
    return {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "import contracts": [str(binaries / "lint-imports")],
        "types": [python, "-m", "mypy", *present],
        "templates": [str(binaries / "djlint"), "templates", "--lint", "--quiet"],
    }


def provide_browser(log: Path) -> None:
    """Chromium for the tests that play in a browser: found, or installed where we may. Raises Failed."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise Failed("The tests need Chromium: install it (on Debian: apt install chromium) and start again.")
    with step("Chromium"):
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        # An old list of packages may do, so a failed update is not the end.
        for argv in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            with log.open("ab") as output:
                subprocess.run(["apt-get", "-qq", *argv], env=env, stdout=output, stderr=output)
        if not any(shutil.which(name) for name in BROWSERS):
            raise Failed("Chromium could not be installed: check the network, or install it by hand.")


def _build(log: Path) -> None:
    try:
        assets.build(log=log)
    except Failed:
        # This log goes with its folder; what it says must not.
        sys.stderr.write(log.read_text(errors="replace"))
        raise


def _passes(name: str, argv: Sequence[str]) -> bool:
    env = os.environ | {"STAMMGAST_TESTING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode == 0:
        say(f"  {styled('✓', 'green')} {name}")
        return True
    say(f"  {styled('✗', 'red')} {name}")
    say((done.stdout + done.stderr).rstrip())
    return False


def _pytest(arguments: Sequence[str]) -> int:
    argv = [str(PYTHON), "-m", "pytest", *arguments]
    if "DATABASE_URL" in os.environ:
        return subprocess.run(argv, cwd=ROOT).returncode
    with for_tests() as found:
        env = os.environ | found.as_environment() | {"STAMMGAST_TESTING": "1"}
        return subprocess.run(argv, cwd=ROOT, env=env).returncode
