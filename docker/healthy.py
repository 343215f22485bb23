"""Health checks of the containers: exit code 0 when the named program does its work."""

import os
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

# Celery's clock writes its schedule every three minutes.
BEAT_SECONDS = 600


def web() -> bool:
    """A page comes back, under the host name that guests use."""
    client = HTTPConnection("127.0.0.1", 8000, timeout=8)
    host = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc or "localhost"
    client.request("GET", "/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    return client.getresponse().status < 400


def worker() -> bool:
    """The worker of this container answers over the queue."""
    name = f"worker@{os.uname().nodename}"
    argv = ["celery", "-A", "loyalty", "inspect", "ping", "--destination", name, "--timeout", "10"]
    return subprocess.run(argv, stdout=subprocess.DEVNULL).returncode == 0


def beat() -> bool:
    """The clock has written its schedule lately."""
    newest = max((file.stat().st_mtime for file in Path(os.environ["DATA_DIR"]).glob("beat*")), default=0.0)
    return time.time() - newest < BEAT_SECONDS


CHECKS = {"web": web, "worker": worker, "beat": beat}

if __name__ == "__main__":
    try:
        sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
    except OSError as error:
        sys.exit(str(error))
