"""PostgreSQL and Valkey for a measurement, and Django on top of them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import keys
from launch.embedded import Embedded, for_a_command, for_tests, remove_short
from launch.places import Addresses, data_dir


@contextmanager
def services(*, durable: bool = False) -> Iterator[str]:
    """Set Django up on a migrated database for the length of a measurement; yields a line that says which.

    DATABASE_URL set: that one. DATA_DIR set: the embedded services there, kept. Neither: thrown away afterwards,
    and without fsync unless the measurement asks for `durable` ones.
    """
    if "DATABASE_URL" in os.environ:
        yield _ready("the database of DATABASE_URL")
        return
    chosen = os.environ.get("DATA_DIR")
    throw_away = _durable() if durable else for_tests()
    with for_a_command(Path(chosen)) if chosen else throw_away as found:
        os.environ.update(found.as_environment())
        os.environ.setdefault("SECRET_KEY", keys.secret_key(data_dir()))
        without = "" if durable else ", without fsync"
        yield _ready(f"embedded services in {chosen}" if chosen else f"embedded services{without}")


@contextmanager
def _durable() -> Iterator[Addresses]:
    """As an installation runs, with fsync, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="stammgast-bench-") as folder:
        os.chmod(folder, 0o711)
        os.environ["DATA_DIR"] = folder
        with Embedded(Path(folder)) as started:
            yield started.addresses
        remove_short(started.home)


def _ready(where):
    # Django reads its settings, and these the addresses, at the first import.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    return where
