import os
import signal
import socket
import subprocess
import sys

import pytest

from launch import demo
from launch.failure import Failed
from launch.places import ROOT


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def run(*arguments, cwd=None, **variables):
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, str(ROOT / "run"), *arguments],
        env=env | variables,
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_a_taken_port_is_one_sentence(taken_port, tmp_path):
    done = run("demo", PORT=str(taken_port), DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"Port {taken_port} is taken: stop what uses it, or choose another, as in PORT=8001."
    )
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Failed, match="it must be a number from 1 to 65535"):
        demo.chosen_port()


def test_port_8000_is_the_default(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert demo.chosen_port() == 8000


def test_a_data_dir_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "data").write_text("")
    done = run("demo", PORT=str(free_port()), DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "data") in done.stderr


def test_an_unknown_command_shows_the_usage():
    done = run("dance")
    assert (done.returncode, done.stdout.split("\n")[0].split()[:3]) == (1, ["Usage:", "./run", "demo"])


def test_the_current_folder_does_not_matter(tmp_path):
    (tmp_path / "launch.py").write_text("raise SystemExit('the wrong one')")
    done = run("manage", "version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("5.2.")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_key_is_made_once_and_is_nobody_elses(tmp_path):
    from launch import keys

    key = keys.secret_key(tmp_path)
    assert len(key) == 64
    assert keys.secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert keys.app_password(tmp_path) != key


def test_terminate_is_taken_like_ctrl_c():
    with pytest.raises(KeyboardInterrupt):
        demo._interrupt(signal.SIGTERM, None)
