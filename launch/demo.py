"""`./run demo`: from a bare checkout to pages that can be opened, in the foreground until Ctrl-C."""

import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from launch import assets, environment, keys
from launch.embedded import Embedded
from launch.failure import Failed
from launch.places import ROOT, VENV, Home, data_dir
from launch.processes import spawn
from launch.progress import say, step, styled
from launch.watchdog import Watchdog

WEB_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass
class Program:
    """A long-running part of the installation and its process."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


def main() -> None:
    """Start everything and stay until asked to stop. Raises Failed."""
    home, host, port = Home(data_dir()), os.environ.get("HOST") or "127.0.0.1", chosen_port()
    refuse_taken(host, port)
    home.logs.mkdir(parents=True, exist_ok=True)
    # SIGINT too: a shell starts what it puts in the background with Ctrl-C ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with ExitStack() as stack:
        env = os.environ | {
            "DATA_DIR": str(home.data),
            "HOST": host,
            "PORT": str(port),
            "STAMMGAST_DEMO": "1",
        }
        env["SECRET_KEY"] = os.environ.get("SECRET_KEY") or keys.secret_key(home.data)
        watchdog = _start_services(stack, home, env)
        log = home.logs / "demo.log"
        if assets.outdated():
            with step("Style sheets and scripts"):
                assets.build(log=log)
        with step("Database schema"):
            manage("migrate", "--database", "owner", "--noinput", log=log, env=env)
        with step("Example merchants"):
            manage("seed_demo", log=log, env=env)
        programs: list[Program] = []
        stack.callback(_stop, programs)
        with step("Web, workers, clock"):
            _start_programs(programs, watchdog, home, env)
            # Asked while the web comes up, which takes as long.
            sign_ins = _sign_ins(env)
            _wait_for_web(host, port, programs)
        _welcome(sign_ins, env)
        _stay(programs)


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failed(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def refuse_taken(host: str, port: int) -> None:
    """Raises Failed if somebody listens on this port already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror:
            raise Failed(f"HOST is {host!r}; it must be an address of this machine, or 0.0.0.0.") from None
        except PermissionError:
            raise Failed(
                f"Port {port} is reserved for root: choose one above 1023, as in PORT=8080."
            ) from None
        except OSError:
            raise Failed(
                f"Port {port} is taken: stop what uses it, or choose another, as in PORT=8001."
            ) from None


def manage(*argv: str, log: Path, env: dict[str, str]) -> None:
    """Run a Django command with its output in the log. Raises Failed."""
    environment.run([str(environment.PYTHON), "manage.py", *argv], log=log, env=env)


def _start_services(stack: ExitStack, home: Home, env: dict[str, str]) -> Watchdog:
    postgres, valkey = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
    names = [name for name, wanted in (("PostgreSQL", postgres), ("Valkey", valkey)) if wanted]
    with step(" and ".join(names) if names else "Lock on DATA_DIR"):
        services = stack.enter_context(Embedded(home.data, postgres=postgres, valkey=valkey))
        env.update(services.addresses.as_environment(postgres=postgres, valkey=valkey))
    if not postgres:
        from launch import server

        with step("Roles in your database"):
            url, owner_url = os.environ["DATABASE_URL"], os.environ.get("DATABASE_OWNER_URL")
            runtime, owner = server.urls(url, owner_url, app_password=keys.app_password(home.data))
            env.update({"DATABASE_URL": runtime, "DATABASE_OWNER_URL": owner})
    return services.watchdog


def _start_programs(programs: list[Program], watchdog: Watchdog, home: Home, env: dict[str, str]) -> None:
    for name, argv in commands(home, env).items():
        log = home.logs / f"{name}.log"
        process = spawn(argv, log=log, env=env, cwd=ROOT)
        watchdog.watch(process.pid)
        programs.append(Program(name, process, log))


def commands(home: Home, env: dict[str, str]) -> dict[str, list[str]]:
    """The long-running parts by name, as command lines."""
    binaries = VENV / "bin"
    celery = [str(binaries / "python"), "-m", "celery", "-A", "loyalty"]
    return {
        "web": [
            str(binaries / "granian"),
            "--interface",
            "wsgi",
            "--host",
            env["HOST"],
            "--port",
            env["PORT"],
        ]
        + ["--workers", "2", "--blocking-threads", "4", "--no-ws", "loyalty.wsgi:application"],
        "worker": [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        + ["--loglevel", "INFO", "--hostname", f"demo-{env['PORT']}@%h"],
        "beat": [
            *celery,
            "beat",
            "--loglevel",
            "INFO",
            "--schedule",
            str(home.data / "beat"),
            "--pidfile",
            "",
        ],
    }


def _wait_for_web(host: str, port: int, programs: list[Program]) -> None:
    deadline = time.monotonic() + WEB_SECONDS
    while True:
        _refuse_dead(programs)
        if _answers("localhost" if host in ("0.0.0.0", "::") else host, port):
            return
        if time.monotonic() > deadline:
            raise Failed(f"The web server does not answer. See {programs[0].log}")
        time.sleep(0.05)


def _answers(host: str, port: int) -> bool:
    """Whether a page comes back, any page: the port alone is open before the first worker is ready."""
    client = HTTPConnection(host, port, timeout=WEB_SECONDS)
    try:
        client.request("GET", "/", headers={"Host": "localhost"})
        return client.getresponse().status < 500
    except OSError:
        return False
    finally:
        client.close()


def _refuse_dead(programs: list[Program]) -> None:
    for program in programs:
        if program.process.poll() is not None:
            raise Failed(f"The {program.name} has stopped. See {program.log}")


def _sign_ins(env: dict[str, str]) -> str:
    argv = [str(environment.PYTHON), "manage.py", "seed_demo", "--print"]
    answer = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True)
    return answer.stdout.strip("\n") or f"  Open http://localhost:{env['PORT']}"


def _welcome(sign_ins: str, env: dict[str, str]) -> None:
    say()
    say(sign_ins)
    say()
    say(styled(f"  Data and logs: {env['DATA_DIR']}    Stop: Ctrl-C", "dim"))


def _stay(programs: list[Program]) -> None:
    while True:
        _refuse_dead(programs)
        time.sleep(0.5)


def _stop(programs: list[Program]) -> None:
    say("\n  Stopping …")
    for program in programs:
        program.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for program in programs:
        try:
            program.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.process.kill()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
