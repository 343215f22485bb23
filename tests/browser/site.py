"""The web server of one test: granian over a database of its own, as it runs in production."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg
from django.conf import settings
from django.db import connections

from launch.processes import members_of, send, spawn

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 5


@dataclass(frozen=True)
class Site:
    """A running server. url: without a slash at its end. log: what it said. env: its environment."""

    url: str
    log: Path
    env: dict

    def at(self, path):
        return f"{self.url}{path}"

    def manage(self, *arguments):
        """Run a command of manage.py as the operator of this server. Returns what it printed."""
        argv = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(argv, cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serving(folder, *, redis_number):
    """Serve the database that Django points to, until the block ends. It dies with the test.

    folder: DATA_DIR of this server. redis_number: the database of the cache, one for each worker.
    """
    log = folder / "web.log"
    port = _free_port()
    env = _environment(folder, port, redis_number)
    argv = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1"]
    argv += [
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "4",
        "--no-ws",
        "loyalty.wsgi:application",
    ]
    process = spawn(argv, log=log, env=env, cwd=ROOT)
    site = Site(env["PUBLIC_URL"], log, env)
    try:
        _wait(process, site, port)
        yield site
    finally:
        _stop(process)


def _stop(process):
    """Stop the server and its workers, so that nobody is left with a connection to the test's database."""
    process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while (left := members_of(process.pid)) and time.monotonic() < deadline:
        process.poll()
        time.sleep(0.02)
    for pid in left:
        send(pid, signal.SIGKILL)
    process.wait()


def let_go(name):
    """Close our own connections to a database and wait until the server has noticed that nobody is left.

    A backend that is just going would stand in the way of dropping the database.
    """
    connections.close_all()
    deadline = time.monotonic() + STOP_SECONDS
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        while owner.execute(query, [name]).fetchone() != (0,) and time.monotonic() < deadline:
            time.sleep(0.02)


def _environment(folder, port, redis_number):
    names = {"DATABASE_URL": "default", "DATABASE_OWNER_URL": "owner"}
    databases = {
        variable: _with_database(os.environ[variable], settings.DATABASES[alias]["NAME"])
        for variable, alias in names.items()
    }
    redis_url = os.environ["REDIS_URL"].partition("?")[0] + f"?db={redis_number}"
    return (
        os.environ
        | databases
        | {
            "REDIS_URL": redis_url,
            # The test signs links as the server does.
            "SECRET_KEY": settings.SECRET_KEY,
            "DATA_DIR": str(folder),
            "PORT": str(port),
            "PUBLIC_URL": f"http://localhost:{port}",
            "STAMMGAST_TESTING": "1",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONUNBUFFERED": "1",
        }
    )


def _with_database(url, name):
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(process, site, port):
    """Until the first page answers: the first request also loads the templates and the style sheets' list."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as client:
            answers = client.connect_ex(("127.0.0.1", port)) == 0
        if answers:
            urlopen(site.at("/static/htmx.js"), timeout=START_SECONDS).close()
            return
        time.sleep(0.05)
    raise AssertionError(f"The web server did not start:\n{site.log.read_text()[-4000:]}")
