"""What the person at the terminal sees: one line per step, with how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_COLOURS = {"green": "32", "red": "31", "dim": "2", "bold": "1"}


def styled(text: str, style: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if sys.stdout.isatty() else text


def say(text: str = "") -> None:
    print(text, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show a step while it runs (on a terminal), and its duration afterwards."""
    started = time.monotonic()
    if sys.stdout.isatty():
        print(f"  {styled('·', 'dim')} {name} …", end="", flush=True)
    try:
        yield
    except BaseException:
        _finish("✗", "red", name, started)
        raise
    _finish("✓", "green", name, started)


def _finish(mark: str, style: str, name: str, started: float) -> None:
    start = "\r\x1b[K" if sys.stdout.isatty() else ""
    print(f"{start}  {styled(mark, style)} {name:<34}{time.monotonic() - started:6.1f} s", flush=True)
