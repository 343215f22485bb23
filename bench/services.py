"""PostgreSQL and Valkey for a measurement, and Django on top of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import keys
from launch.embedded import for_a_command, for_tests
from launch.places import data_dir


@contextmanager
def services() -> Iterator[str]:
    """Set Django up on a migrated database for the length of a measurement; yields a line that says which.

    DATABASE_URL set: that one. DATA_DIR set: the embedded services there, kept. Neither: thrown away afterwards.
    """
    if "DATABASE_URL" in os.environ:
        yield _ready("the database of DATABASE_URL")
        return
    chosen = os.environ.get("DATA_DIR")
    with for_a_command(Path(chosen)) if chosen else for_tests() as found:
        os.environ.update(found.as_environment())
        os.environ.setdefault("SECRET_KEY", keys.secret_key(data_dir()))
        yield _ready(f"embedded services in {chosen}" if chosen else "embedded services, without fsync")


def _ready(where):
    # Django reads its settings, and these the addresses, at the first import.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    return where
