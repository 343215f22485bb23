"""The project's own Python environment: `.venv`, filled from the hashed lock when that has changed."""

import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launch.complaints import explain
from launch.failure import Failed
from launch.places import ROOT, VENV
from launch.processes import dying_with_us

PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
OLDEST_PIP = (22, 3)


def installed(lock: str) -> bool:
    """Whether `.venv` holds what this lock file (a name below the checkout) asks for.

    An environment that was moved does not count: its programs name the folder they were installed in.
    """
    stamps = _stamps()
    return PYTHON.exists() and stamps.get(lock) == fingerprint(lock) and stamps.get("root") == str(ROOT)


def install(lock: str, *, log: Path) -> None:
    """Make `.venv` hold what the lock asks for. Safe beside a second start. Raises Failed."""
    with _alone():
        if installed(lock):
            return
        _make_venv(log)
        argv = [*_pip(), "install", "--require-hashes", "--no-deps", "--no-compile", "--quiet"]
        argv += ["--progress-bar", "off", "--disable-pip-version-check", "-r", str(ROOT / lock)]
        run(argv, log=log)
        _make_importable()
        # The development lock holds everything of the first one, at the same versions.
        names = {lock, "requirements.txt"} if lock == "requirements-dev.txt" else {lock}
        now = {name: fingerprint(name) for name in names} | {"root": str(ROOT)}
        STAMP.write_text(json.dumps(_stamps() | now, indent=1))


def fingerprint(lock: str) -> str:
    """What an installation depends on: the lock's text, and the Python that reads it."""
    facts = f"{platform.python_implementation()} {sys.version_info[:2]} {sys.platform} {platform.machine()}"
    return hashlib.sha256((ROOT / lock).read_bytes() + facts.encode()).hexdigest()


def _stamps() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


@contextmanager
def _alone() -> Iterator[None]:
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_venv(log: Path) -> None:
    if PYTHON.exists() and _same_python() and _stamps().get("root", str(ROOT)) == str(ROOT):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    argv = [sys.executable, "-m", "venv", str(VENV)]
    # Debian keeps ensurepip in a package of its own; the pip outside can fill the environment just as well.
    run(argv if importlib.util.find_spec("ensurepip") else [*argv, "--without-pip"], log=log)


def _same_python() -> bool:
    code = "import sys; print(sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True)
    except OSError:
        return False
    return answer.stdout.strip() == str(sys.version_info[:2])


def _pip() -> list[str]:
    if subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0:
        return [str(PYTHON), "-m", "pip"]
    outer = subprocess.run(
        [sys.executable, "-c", "import pip; print(pip.__version__)"], capture_output=True, text=True
    )
    version = tuple(int(part) for part in outer.stdout.strip().split(".")[:2] if part.isdigit())
    if version < OLDEST_PIP:
        raise Failed(
            "Python has no pip here: install it (on Debian and Ubuntu: apt install python3-venv),"
            " and start again."
        )
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def _make_importable() -> None:
    # Celery and Granian import the project's packages by name, wherever they are started.
    for packages in VENV.glob("lib/python*/site-packages"):
        (packages / "stammgast.pth").write_text(f"{ROOT}\n")


def run(argv: Sequence[str], *, log: Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a step with its output in the log. Raises Failed with a sentence for what it complained of."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab+") as output:
        output.write(f"\n$ {' '.join(argv)}\n".encode())
        output.flush()
        begin = output.tell()
        try:
            code = subprocess.run(
                argv,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=dying_with_us(signal.SIGKILL),
            ).returncode
        except FileNotFoundError:
            raise Failed(f"{argv[0]} is not installed.") from None
        output.seek(begin)
        said = output.read().decode(errors="replace")
    if code != 0:
        raise Failed(f"{explain(said)} (everything it said: {log})")
