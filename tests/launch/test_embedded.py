import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
import redis

import launch
from launch.embedded import AlreadyRunning, Embedded, for_a_command, remove_short
from launch.places import ROOT, Home
from launch.processes import alive, members_of

HOLD = """
import sys
from pathlib import Path
from launch.embedded import Embedded
with Embedded(Path(sys.argv[1]), durable=False) as services:
    print(*services.sessions(), flush=True)
    sys.stdin.read()
"""


def as_owner(data):
    return closing(psycopg.connect(launch.addresses(data).owner_url, autocommit=True))


def wait_until(true, seconds=30):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def working_in(folder):
    """The living processes whose working directory is below the folder."""
    found = []
    # Listed and not globbed: a glob asks whether each exists, and fails on a process that is just ending.
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder):
                found.append(int(pid))
    return found


def test_a_second_start_finds_the_data_of_the_first(data):
    with Embedded(data, durable=False), as_owner(data) as owner:
        owner.execute("CREATE TABLE kept (number int)")
        owner.execute("INSERT INTO kept VALUES (42)")
    assert launch.running(data) is False
    with Embedded(data, durable=False), as_owner(data) as owner:
        assert owner.execute("SELECT number FROM kept").fetchone() == (42,)


def test_both_services_answer_at_their_addresses(services):
    assert launch.running(services.home.data) is True
    with closing(psycopg.connect(services.addresses.database_url)) as app:
        assert app.execute("SELECT current_user").fetchone() == ("stammgast_app",)
        assert app.info.server_version >= 180000
    assert redis.from_url(services.addresses.redis_url).ping() is True


def test_no_port_is_opened(services):
    with closing(psycopg.connect(services.addresses.owner_url)) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)
    assert redis.from_url(services.addresses.redis_url).config_get("port") == {"port": "0"}


def test_the_sockets_are_closed_to_other_users(services):
    assert services.home.sockets.stat().st_mode & 0o077 == 0


def test_tests_do_without_fsync_and_the_demo_does_not(services, data):
    with closing(psycopg.connect(services.addresses.owner_url)) as owner:
        assert owner.execute("SHOW fsync").fetchone() == ("off",)
    with Embedded(data, valkey=False), as_owner(data) as owner:
        assert owner.execute("SHOW fsync").fetchone() == ("on",)


def test_the_second_one_on_a_data_dir_is_refused_in_a_sentence(services):
    with pytest.raises(AlreadyRunning) as refusal, Embedded(services.home.data):
        pass
    assert str(refusal.value) == (
        f"Something already runs on {services.home.data} (process {os.getpid()})."
        " Stop it first, or choose another DATA_DIR and PORT."
    )
    assert launch.running(services.home.data) is True


def test_a_command_joins_what_runs_and_leaves_it_running(services):
    with for_a_command(services.home.data) as found:
        assert found == services.addresses
    assert launch.running(services.home.data) is True


def test_a_command_stops_what_it_started(data):
    with for_a_command(data):
        assert launch.running(data) is True
    assert launch.running(data) is False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_no_process_is_left_when_the_launcher_dies(data, number):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    sessions = [int(pid) for pid in holder.stdout.readline().split()]
    assert len(sessions) == 3  # PostgreSQL, Valkey and the watchdog itself
    assert all(members_of(session) for session in sessions)
    # PostgreSQL's own children open sessions of their own; they work inside its data folder.
    assert len(working_in(data)) > 3
    holder.send_signal(number)
    holder.communicate()
    wait_until(lambda: not working_in(data) and not any(members_of(session) for session in sessions))
    with Embedded(data, durable=False):
        assert launch.running(data) is True


def test_what_ignores_the_request_to_stop_is_killed_with_all_its_children(tmp_path):
    script = tmp_path / "stubborn.py"
    script.write_text(
        "import signal, subprocess, sys\n"
        "from pathlib import Path\n"
        "from launch import watchdog\n"
        "from launch.processes import spawn\n"
        "guard = watchdog.Watchdog()\n"
        "stubborn = [sys.executable, '-c', \"import os, signal, time;"
        ' signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork(); time.sleep(600)"]\n'
        f"child = spawn(stubborn, log=Path({str(tmp_path / 'log')!r}))\n"
        "guard.watch(child.pid)\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    holder = subprocess.Popen(
        [sys.executable, script], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    session = int(holder.stdout.readline())
    wait_until(lambda: len(members_of(session)) == 2)
    holder.kill()
    holder.communicate()
    wait_until(lambda: not members_of(session))


def test_a_new_start_waits_for_a_predecessor_that_is_being_cleared_away(data):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    holder.stdout.readline()
    holder.kill()
    holder.communicate()
    assert not alive(holder.pid)
    with Embedded(data, durable=False), as_owner(data) as owner:
        assert owner.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.getuid() != 0, reason="only root starts PostgreSQL as another user")
def test_a_folder_closed_to_others_works_too_and_keeps_its_data(tmp_path_factory):
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    data = closed / "data"
    try:
        for number in (1, 2):
            with Embedded(data, durable=False, valkey=False), as_owner(data) as owner:
                owner.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
                owner.execute("INSERT INTO kept VALUES (%s)", [number])
                rows = owner.execute("SELECT number FROM kept ORDER BY number").fetchall()
        assert rows == [(1,), (2,)]
        assert (Home(data.resolve()).short / "postgres" / "PG_VERSION").exists()
    finally:
        remove_short(Home(data.resolve()))


def test_a_cluster_whose_making_was_interrupted_is_made_anew(data):
    with Embedded(data, durable=False, valkey=False):
        pass
    (data / "postgres" / "stammgast_complete").unlink()
    (data / "postgres" / "postgresql.conf").unlink()
    with Embedded(data, durable=False, valkey=False), as_owner(data) as owner:
        assert owner.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_postgresql_version_is_refused_in_a_sentence(data):
    with Embedded(data, durable=False, valkey=False):
        pass
    (data / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(launch.Failed, match="was written by PostgreSQL 14, and this is 18"), Embedded(data):
        pass
    assert launch.running(data) is False
