"""What happens around a Django command: the right Python, the services, the key."""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from launch import environment, keys
from launch.complaints import explain_os_error
from launch.embedded import for_a_command
from launch.failure import Failed
from launch.places import VENV, Home, data_dir

# These look at the code alone, and must work in a build that has no database.
WITHOUT_SERVICES = {"help", "version", "makemessages", "compilemessages", "collectstatic", "diffsettings"}


def use_environment(argv: Sequence[str]) -> None:
    """Start again with `.venv`'s Python, made if need be; a container's Python with Django is left alone."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    if not environment.PYTHON.exists() and importlib.util.find_spec("django"):
        return
    with _sentences():
        if not environment.PYTHON.exists():
            environment.install("requirements.txt", log=Home(data_dir()).logs / "environment.log")
        os.execv(environment.PYTHON, [str(environment.PYTHON), *argv])


def run_command(argv: Sequence[str]) -> None:
    """Run a Django command with the services' URLs and SECRET_KEY set for its length."""
    from django.core.management import execute_from_command_line

    with contextlib.ExitStack() as stack:
        if needs_services(argv):
            with _sentences():
                _provide(stack)
        execute_from_command_line(list(argv))


def needs_services(argv: Sequence[str]) -> bool:
    name = argv[1] if len(argv) > 1 else "help"
    return name not in WITHOUT_SERVICES and "--help" not in argv and not name.startswith("-")


def _provide(stack: contextlib.ExitStack) -> None:
    home = Home(data_dir())
    postgres, valkey = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
    if postgres or valkey:
        found = stack.enter_context(for_a_command(home.data, postgres=postgres, valkey=valkey))
        os.environ.update(found.as_environment(postgres=postgres, valkey=valkey))
    if "SECRET_KEY" not in os.environ:
        os.environ["SECRET_KEY"] = keys.secret_key(home.data)


@contextlib.contextmanager
def _sentences():
    try:
        yield
    except Failed as failure:
        sys.exit(str(failure))
    except OSError as error:
        sys.exit(explain_os_error(error))
