"""Gives a test run its PostgreSQL and Valkey, before Django's settings are read.

Loaded with `-p launch.pytest_plugin`. With DATABASE_URL set (by `./run test`, or by xdist's controller for
its workers) there is nothing to do.
"""

import atexit
import os
from contextlib import ExitStack

from launch.embedded import for_tests


def _start() -> None:
    stack = ExitStack()
    found = stack.enter_context(for_tests())
    atexit.register(stack.close)
    os.environ.update(found.as_environment())


os.environ.setdefault("STAMMGAST_TESTING", "1")
if "DATABASE_URL" not in os.environ:
    _start()
