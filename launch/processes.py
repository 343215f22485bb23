"""Child processes that never outlive the launcher, not even after `kill -9`."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

NOBODY = 65534
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    argv: Sequence[str | os.PathLike[str]],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    uid: int | None = None,
    last_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, with its output appended to `log`.

    uid: run as this user and group (only root may). last_signal: what the kernel sends it when we die.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            # Its own session: Ctrl-C in the terminal reaches the launcher alone, which stops things in order.
            start_new_session=True,
            preexec_fn=dying_with_us(last_signal, uid),  # noqa: PLW1509 - the launcher has one thread only
        )


def dying_with_us(last_signal: signal.Signals, uid: int | None = None) -> Callable[[], None]:
    """What a child does before it becomes its program: take the user, and ask to hear of our death."""
    parent = os.getpid()

    def before_exec() -> None:
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        # After setuid, because a change of user clears the setting.
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(last_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def members_of(session: int) -> list[int]:
    """The living processes of a session. Where there is no /proc: the leader alone, if it lives."""
    proc = Path("/proc")
    if not proc.is_dir():
        return [session] if alive(session) else []
    entries = (entry for entry in proc.iterdir() if entry.name.isdigit())
    return [int(entry.name) for entry in entries if _session_of(entry) == session]


def _session_of(entry: Path) -> int | None:
    try:
        # The name in brackets may hold spaces and brackets; the fields that count follow the last one.
        state, _parent, _group, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else int(session)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
