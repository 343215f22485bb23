"""The database of a test run: migrated once as the owner, copied for each worker, used as the runtime role."""

import hashlib
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent


def _template_name():
    migrations = sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")])
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in migrations))
    return f"template_{digest.hexdigest()[:16]}"


def _as_owner(name):
    owner = connections["owner"].get_connection_params() | {"dbname": name}
    owner = {key: owner[key] for key in ("dbname", "user", "password", "host", "port") if owner.get(key)}
    return psycopg.connect(**owner, autocommit=True)


def _point_to(name):
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def _make_template(maintenance, name):
    exists = maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if exists:
        return
    maintenance.execute(f"CREATE DATABASE {name}_making")
    _point_to(f"{name}_making")
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
    maintenance.execute(f"ALTER DATABASE {name}_making RENAME TO {name}")


@pytest.fixture(scope="session")
def copy_of_template(django_db_blocker):
    """A function that makes a fresh, migrated database under a name, points Django to it, and returns the name."""
    first = settings.DATABASES["owner"]["NAME"]
    template = _template_name()
    with django_db_blocker.unblock(), closing(_as_owner(first)) as maintenance:
        # Workers wait for the one that migrates first.
        maintenance.execute("SELECT pg_advisory_lock(4711)")
        _make_template(maintenance, template)
        maintenance.execute("SELECT pg_advisory_unlock(4711)")

        def make(name):
            # Each is new: one whose connections are still closing cannot be dropped, and goes with its cluster.
            name = f"{name}_{uuid4().hex[:8]}"
            maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
            _point_to(name)
            return name

        def drop(name):
            with suppress(psycopg.errors.ObjectInUse):
                maintenance.execute(f"DROP DATABASE {name}")

        make.drop = drop
        yield make


@pytest.fixture(scope="session")
def django_db_setup(copy_of_template, worker_id, django_db_blocker):
    """Takes the place of pytest-django's: tests run as the runtime role, under row security."""
    with django_db_blocker.unblock():
        settings.CACHES["default"]["KEY_PREFIX"] = worker_id
        name = copy_of_template(f"test_{worker_id}")
        yield
        for alias in ("default", "owner"):
            connections[alias].close()
        copy_of_template.drop(name)


@pytest.fixture
def real_database(django_db_setup, copy_of_template, django_db_blocker, worker_id, request):
    """A database of its own for one test, whose transactions really commit: for races and for other processes.

    Returns its name. Django's connections point to it during the test.
    """
    usual = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        name = copy_of_template(f"real_{worker_id}")
        yield name
        _point_to(usual)
        copy_of_template.drop(name)


@pytest.fixture(scope="session")
def worker_id(request):
    return getattr(request.config, "workerinput", {}).get("workerid", "main")
