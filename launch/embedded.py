"""PostgreSQL and Valkey of one DATA_DIR, started together, by one process at a time."""

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from launch.failure import Failed
from launch.places import Addresses, Home, addresses
from launch.postgres import Postgres, accepts
from launch.processes import alive
from launch.valkey import Valkey
from launch.watchdog import Watchdog

PREDECESSOR_SECONDS = 30.0
READY = "ready"


class AlreadyRunning(Failed):
    """Another process holds this DATA_DIR."""


class Embedded:
    """The services of one DATA_DIR and the lock that says they are ours. A context manager.

    Locks DATA_DIR until the last child is gone, also when this process is killed: the watchdog holds it too.
    Raises AlreadyRunning, Failed.
    """

    def __init__(
        self, data_dir: Path, *, durable: bool = True, postgres: bool = True, valkey: bool = True
    ) -> None:
        self.home = Home(data_dir.resolve())
        self.durable = durable
        self.wanted = (postgres, valkey)
        self.stopping: list[Postgres | Valkey] = []

    def __enter__(self) -> "Embedded":
        self.home.logs.mkdir(parents=True, exist_ok=True)
        self._lock = claim(self.home)
        self.watchdog = Watchdog(keep_open=(self._lock,))
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        postgres, valkey = self.wanted
        kinds: list[tuple[Postgres | Valkey, signal.Signals]] = []
        if postgres:
            kinds.append((Postgres(self.home, durable=self.durable), signal.SIGINT))
        if valkey:
            self.home.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
            kinds.append((Valkey(self.home, durable=self.durable), signal.SIGTERM))
        for server, ask in kinds:
            self.stopping.append(server)
            self.watchdog.watch(server.start(), ask)
        # Only now may others join: a server that answers may still be without its roles.
        os.pwrite(self._lock, f"{os.getpid()} {READY}".encode(), 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in reversed(self.stopping):
            server.stop()
        self.stopping = []
        self.watchdog.close()
        # Only empty folders go: `short` may hold the data itself, where DATA_DIR cannot.
        with contextlib.suppress(OSError):
            self.home.sockets.rmdir()
            self.home.short.rmdir()
        os.close(self._lock)

    @property
    def addresses(self) -> Addresses:
        return addresses(self.home.data)

    def sessions(self) -> list[int]:
        """The sessions of everything started here, the watchdog's included."""
        servers = [server.process.pid for server in self.stopping if server.process]
        return [*servers, self.watchdog.pid]


def running(data_dir: Path | str, *, postgres: bool = True, valkey: bool = True) -> bool:
    """Whether the chosen embedded services of this DATA_DIR answer."""
    home = Home(Path(data_dir).resolve())
    try:
        ready = home.lock.read_text().endswith(READY)
    except OSError:
        return False
    sockets = [home.postgres_socket] * postgres + [home.valkey_socket] * valkey
    return ready and all(accepts(socket) for socket in sockets)


def claim(home: Home) -> int:
    """Take the lock of a DATA_DIR, waiting for a predecessor that is just dying. Returns its descriptor.

    Raises AlreadyRunning at once when its holder is alive.
    """
    lock = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = int((os.pread(lock, 20, 0).split() or [b"0"])[0])
            if (holder and alive(holder)) or time.monotonic() > deadline:
                os.close(lock)
                raise AlreadyRunning(
                    f"Something already runs on {home.data} (process {holder})."
                    " Stop it first, or choose another DATA_DIR and PORT."
                ) from None
            time.sleep(0.05)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


@contextmanager
def for_a_command(data_dir: Path, *, postgres: bool = True, valkey: bool = True) -> Iterator[Addresses]:
    """The services for the length of one command: those that run already, or else started and stopped here.

    Whoever started them waits at the end for other commands that joined in the meantime.
    """
    home = Home(data_dir.resolve())
    home.data.mkdir(parents=True, exist_ok=True)
    guests = os.open(home.guests, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        if running(home.data, postgres=postgres, valkey=valkey):
            fcntl.flock(guests, fcntl.LOCK_SH)
            yield addresses(home.data)
            break
        try:
            with Embedded(home.data, postgres=postgres, valkey=valkey) as services:
                yield services.addresses
                fcntl.flock(guests, fcntl.LOCK_EX)
            break
        except AlreadyRunning:
            # Somebody is just starting them.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    os.close(guests)


@contextmanager
def for_tests() -> Iterator[Addresses]:
    """A cluster without fsync: kept in DATA_DIR if that is set, else in a folder thrown away afterwards."""
    chosen = os.environ.get("DATA_DIR")
    if chosen:
        with Embedded(Path(chosen), durable=False) as services:
            yield services.addresses
        return
    with tempfile.TemporaryDirectory(prefix="stammgast-test-") as folder:
        os.chmod(folder, 0o711)
        os.environ["DATA_DIR"] = folder
        with Embedded(Path(folder), durable=False) as services:
            yield services.addresses
        remove_short(services.home)


def remove_short(home: Home) -> None:
    """Remove the sockets' folder of a DATA_DIR that is itself thrown away."""
    shutil.rmtree(home.short, ignore_errors=True)
