"""The web as the product serves it, started for a measurement; and what processes have used of the processors."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from launch import demo
from launch.places import Home, data_dir
from launch.processes import spawn

HOST = "127.0.0.1"
START_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
# So that keys are counted as always, and none is ever stopped.
UNREACHED = "100000000"


@dataclass(frozen=True)
class Web:
    """Where the web answers, and its first process."""

    port: int
    pid: int


@contextmanager
def web() -> Iterator[Web]:
    """granian on a free port, by the demo's own command line, on the database that Django uses here."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    env = os.environ | {"HOST": HOST, "PORT": str(port), "DATABASE_URL": database_url()}
    env |= {"API_REQUESTS_PER_MINUTE": UNREACHED, "API_REQUESTS_PER_MINUTE_SANDBOX": UNREACHED}
    with tempfile.TemporaryDirectory(prefix="stammgast-bench-web-") as folder:
        log = Path(folder) / "web.log"
        process = spawn(demo.commands(Home(data_dir()), env)["web"], log=log, env=env, cwd=demo.ROOT)
        try:
            _wait_for(port, process, log)
            yield Web(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def database_url() -> str:
    """The address of Django's own connection: in a test it is another database than the environment's."""
    from urllib.parse import quote

    from django.db import connection

    place = connection.settings_dict
    login = quote(place["USER"]) + (f":{quote(place['PASSWORD'], safe='')}" if place["PASSWORD"] else "")
    if place["HOST"].startswith("/"):
        return f"postgresql://{login}@/{place['NAME']}?host={place['HOST']}"
    return f"postgresql://{login}@{place['HOST']}:{place['PORT'] or 5432}/{place['NAME']}"


def _wait_for(port, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        line = HTTPConnection(HOST, port, timeout=5)
        try:
            line.request("GET", "/api/v1/members")
            line.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            line.close()
    raise SystemExit(f"The web did not start.\n{log.read_text(errors='replace')[-2000:]}")


def database_pid() -> int | None:
    """The first process of PostgreSQL, or None where it does not run on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        if (Path("/proc") / str(backend) / "comm").read_text().strip() != "postgres":
            return None
    except OSError:
        return None
    return _stat(backend)[0]


def cpu_ms(root: int | None) -> float:
    """What a process and all below it have used so far, in milliseconds; those that ended are in their parent's."""
    if root is None:
        return 0.0
    children: dict[int, list[int]] = {}
    ticks = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent, used = _stat(int(entry.name))
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
            ticks[int(entry.name)] = used
    found, below = 0, [root]
    while below:
        pid = below.pop()
        found += ticks.get(pid, 0)
        below += children.get(pid, [])
    return found * 1000 / TICKS


def _stat(pid):
    """(parent, ticks used by itself and by its children that have ended)."""
    # The name in brackets may hold spaces and brackets; the fields that count follow the last one.
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), sum(int(field) for field in fields[11:15])
