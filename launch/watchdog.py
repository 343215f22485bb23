"""A small process that notices the launcher's death and clears away whatever the launcher had started.

PR_SET_PDEATHSIG asks direct children to stop, but a child's own children, a worker that waits for its task
and systems without it need somebody who stays to count. The pipe's other end closes with the launcher,
however it dies. The watchdog also holds the lock on DATA_DIR until everything is gone: a new start waits.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from launch.processes import members_of, send

PATIENCE_SECONDS = 6.0
ROOT = Path(__file__).resolve().parent.parent


class Watchdog:
    """The launcher's side of the pipe: `watch(pid)` puts a session under guard."""

    def __init__(self, *, keep_open: tuple[int, ...] = ()) -> None:
        reader, self._writer = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-m", "launch.watchdog", str(reader)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(reader, *keep_open),
            start_new_session=True,
        )
        os.close(reader)

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, pid: int, ask: signal.Signals = signal.SIGTERM) -> None:
        os.write(self._writer, f"{pid} {int(ask)}\n".encode())

    def close(self) -> None:
        """End of guard: what is left of the watched sessions is cleared away now."""
        os.close(self._writer)
        self._process.wait()


def main(reader: int) -> None:
    with os.fdopen(reader) as lines:
        watched = [tuple(map(int, line.split())) for line in lines]
    # Last started, first stopped: the web and the workers before the database they talk to.
    for session, ask in reversed(watched):
        if members_of(session):
            send(session, signal.Signals(ask))
            _wait_until_gone(session)
        for pid in members_of(session):
            send(pid, signal.SIGKILL)


def _wait_until_gone(session: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while members_of(session) and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]))
