"""Gives a test run its PostgreSQL and Valkey, before Django's settings are read.

Loaded with `-p launch.pytest_plugin`. With DATABASE_URL set (by `./run test`, or by xdist's controller for its
workers) there is nothing to do.
"""

import atexit
import os
from contextlib import ExitStack

from launch.embedded import for_tests


def _start() -> None:
    stack = ExitStack()
    found = stack.enter_context(for_tests())
    atexit.register(stack.close)
    os.environ["DATABASE_URL"] = found.database_url
    os.environ["DATABASE_OWNER_URL"] = found.owner_url
    os.environ["REDIS_URL"] = found.redis_url


if "DATABASE_URL" not in os.environ:
    _start()
