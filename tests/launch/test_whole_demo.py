"""The demo as a person starts it: from the command to a page, and its end by `kill -9`."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from launch.embedded import remove_short
from launch.places import ROOT, Home

pytestmark = pytest.mark.xdist_group("whole demo")


def start(data, port):
    """Start `./run demo` and wait for its last line. Returns the process and what it printed until then."""
    outside = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "STAMMGAST_TESTING"}
    env = {name: value for name, value in os.environ.items() if name not in outside}
    env |= {"DATA_DIR": str(data), "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run"), "demo"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if "Stop: Ctrl-C" in line:
            break
    assert "Stop: Ctrl-C" in said[-1], "".join(said)
    return process, "".join(said)


def status(port, path="/"):
    client = HTTPConnection("127.0.0.1", port, timeout=30)
    client.request("GET", path)
    try:
        return client.getresponse().status
    finally:
        client.close()


def living_of(data):
    """The processes started for this DATA_DIR: each has it in its environment, or works inside it."""
    found = []
    for entry in map(Path("/proc").joinpath, filter(str.isdigit, os.listdir("/proc"))):
        with suppress(OSError):
            environ = (entry / "environ").read_bytes().split(b"\0")
            if f"DATA_DIR={data}".encode() in environ or (entry / "cwd").readlink().is_relative_to(data):
                found.append(int(entry.name))
    return found


def wait_until_gone(data, seconds=40):
    deadline = time.monotonic() + seconds
    while living_of(data):
        assert time.monotonic() < deadline, f"still there: {living_of(data)}"
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_comes_up_dies_with_its_launcher_and_comes_up_again(data):
    port = free_port()
    try:
        first, said = start(data, port)
        assert f"http://localhost:{port}" in said
        assert status(port) == 200
        assert len(living_of(data)) > 10
        first.kill()
        first.wait()
        wait_until_gone(data)
        second, _ = start(data, port)
        assert status(port) == 200
        second.terminate()
        assert second.wait() == 0
        wait_until_gone(data)
    finally:
        remove_short(Home(data.resolve()))
