"""A PostgreSQL of your own: makes the roles there, and finds the URL of the runtime's role.

Needs psycopg, so it runs inside the environment.
"""

import os
import sys
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg

from launch import roles
from launch.failure import Failed
from launch.places import APP_ROLE, OWNER_ROLE

CONNECT_SECONDS = 10


def urls(database_url: str, owner_url: str | None, *, app_password: str) -> tuple[str, str]:
    """The runtime's and the owner's URL, with roles made or verified. Raises Failed.

    With one URL alone it is the owner's, and the runtime gets a login of its own made with `app_password`.
    With both, roles are only made if they are missing, and no password is changed.
    """
    with connect(owner_url or database_url) as owner:
        _verify_owner(owner)
        missing = not _role_exists(owner, APP_ROLE)
        _make(owner, roles.Passwords(app=app_password if missing else None))
    runtime = database_url if owner_url else with_login(database_url, APP_ROLE, app_password)
    try:
        with connect(runtime) as connection:
            _verify_runtime(connection)
    except psycopg.OperationalError:
        raise Failed(
            f"The role {APP_ROLE} exists already, with a password of its own. Set DATABASE_URL to its login,"
            " and DATABASE_OWNER_URL to the login that owns the database."
        ) from None
    return runtime, owner_url or database_url


def connect(url: str) -> "psycopg.Connection[Any]":
    """A connection that commits each statement. Raises Failed when the server cannot be reached."""
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        if "password" in str(error) or APP_ROLE in urlsplit(url).netloc:
            raise
        raise Failed(
            f"The database of {without_password(url)} cannot be reached: {first_line(error)}"
        ) from None


def with_login(url: str, user: str, password: str) -> str:
    """The same server and database for another login."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{place}").geturl()


def without_password(url: str) -> str:
    parts = urlsplit(url)
    user, _, place = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return parts._replace(netloc=f"{name}@{place}" if name else place, query="").geturl()


def first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0]


def _role_exists(connection: "psycopg.Connection[Any]", name: str) -> bool:
    return connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None


def _make(connection: "psycopg.Connection[Any]", passwords: roles.Passwords, *, owner: bool = False) -> None:
    try:
        connection.execute(roles.sql(passwords, create_owner=owner))
    except psycopg.errors.InsufficientPrivilege:
        raise Failed(
            "The database login may not make roles. Have an administrator run what"
            " `.venv/bin/python -m launch.roles --sql` prints, then set DATABASE_URL to the login of"
            f" {APP_ROLE} and DATABASE_OWNER_URL to that of {OWNER_ROLE}."
        ) from None


def _verify_owner(connection: "psycopg.Connection[Any]") -> None:
    version = connection.info.server_version // 10000
    if version < 15:
        raise Failed(f"This is PostgreSQL {version}; Stammgast needs 15 or newer.")
    bypasses = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if bypasses != (True,):
        raise Failed(
            f"The login {connection.info.user} cannot own the database: it must bypass row security"
            f" (ALTER ROLE {connection.info.user} BYPASSRLS), or foreign keys would skip rows."
        )


def _verify_runtime(connection: "psycopg.Connection[Any]") -> None:
    row = connection.execute(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row != (APP_ROLE, False):
        raise Failed(
            f"The runtime must connect as {APP_ROLE}, without rights to bypass row security; this login is"
            f" {connection.info.user}. Set DATABASE_URL alone to the owner's login, and the role is made."
        )


def main() -> None:
    """Make roles, passwords and the database from DATABASE_ADMIN_URL; for installations with compose."""
    admin = os.environ.get("DATABASE_ADMIN_URL")
    owner, app = os.environ.get("DATABASE_OWNER_URL", ""), os.environ.get("DATABASE_URL", "")
    if not admin or not owner or not app:
        sys.exit("Set DATABASE_ADMIN_URL, DATABASE_OWNER_URL and DATABASE_URL.")
    database = unquote(urlsplit(owner).path.lstrip("/"))
    try:
        with connect(admin) as connection:
            passwords = roles.Passwords(owner=_password(owner), app=_password(app))
            _make(connection, passwords, owner=True)
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone():
                name = psycopg.sql.Identifier(database)
                made = psycopg.sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(made.format(name, psycopg.sql.Identifier(OWNER_ROLE)))
    except (Failed, psycopg.OperationalError) as error:
        sys.exit(first_line(error))


def _password(url: str) -> str | None:
    password = urlsplit(url).password
    return unquote(password) if password else None
