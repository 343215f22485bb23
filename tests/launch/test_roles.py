"""The four roles have exactly the rights that the architecture states, however they came about."""

from contextlib import closing

import psycopg
import pytest

from launch import roles, server
from launch.failure import Failed
from launch.places import DATABASE, database_url

RIGHTS = """
SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolinherit
FROM pg_roles WHERE rolname LIKE 'stammgast%' ORDER BY rolname
"""
AS_STATED = [
    # name, may log in, superuser, bypasses row security, makes databases, makes roles, inherits
    ("stammgast_app", True, False, False, False, False, False),
    ("stammgast_owner", True, False, True, True, False, True),
    ("stammgast_partner", False, False, False, False, False, True),
    ("stammgast_scan", False, False, False, False, False, True),
]


@pytest.fixture
def superuser(services):
    with closing(psycopg.connect(database_url(services.home, "postgres"), autocommit=True)) as connection:
        yield connection


@pytest.fixture
def app(services):
    with closing(psycopg.connect(services.addresses.database_url, autocommit=True)) as connection:
        yield connection


def test_rights_are_exactly_these(superuser):
    assert superuser.execute(RIGHTS).fetchall() == AS_STATED


def test_making_the_roles_again_changes_nothing(superuser):
    superuser.execute(roles.sql())
    assert superuser.execute(RIGHTS).fetchall() == AS_STATED


@pytest.mark.parametrize("role", ["stammgast_scan", "stammgast_partner"])
def test_the_runtime_may_become_these_roles_but_does_not_inherit_from_them(superuser, app, role):
    granted = superuser.execute(
        "SELECT admin_option, inherit_option, set_option FROM pg_auth_members m"
        " JOIN pg_roles r ON r.oid = m.roleid WHERE r.rolname = %s"
        " AND m.member = 'stammgast_app'::regrole",
        [role],
    ).fetchall()
    assert granted == [(False, False, True)]
    app.execute(f"SET ROLE {role}")
    assert app.execute("SELECT current_user").fetchone() == (role,)


@pytest.mark.parametrize("role", ["stammgast_owner", "postgres"])
def test_the_runtime_may_not_become_anybody_else(app, role):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"SET ROLE {role}")


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (id int)", "CREATE SCHEMA mine", "CREATE DATABASE mine", "CREATE ROLE mine"],
)
def test_the_runtime_may_make_nothing(app, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_the_runtime_owns_nothing(superuser):
    owned = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'stammgast_app'::regrole AND deptype = 'o'"
    assert superuser.execute(owned).fetchone() == (0,)


def test_the_owner_owns_the_database_and_may_make_tables(services, superuser):
    owner = superuser.execute(
        "SELECT datdba::regrole::text FROM pg_database WHERE datname = %s", [DATABASE]
    ).fetchone()
    assert owner == ("stammgast_owner",)
    with closing(psycopg.connect(services.addresses.owner_url, autocommit=True)) as connection:
        connection.execute("CREATE TABLE belongs_to_owner (id int)")
        connection.execute("DROP TABLE belongs_to_owner")


def test_one_url_of_an_owner_is_enough(services):
    given = database_url(services.home, "postgres")
    with_user = given.replace("postgres@", "postgres:secret@")
    runtime, owner = server.urls(with_user, None, app_password="p/w")
    assert owner == with_user
    assert runtime == services.addresses.database_url.replace("stammgast_app@", "stammgast_app:p%2Fw@")


def test_two_urls_are_taken_as_they_are(services):
    found = services.addresses
    assert server.urls(found.database_url, found.owner_url, app_password="unused") == (
        found.database_url,
        found.owner_url,
    )


def test_an_owner_bound_by_row_security_is_refused(services):
    with pytest.raises(Failed, match="must bypass row security"):
        server.urls(services.addresses.database_url, None, app_password="unused")


def test_a_runtime_that_is_the_owner_is_refused(services):
    owner_url = database_url(services.home, "postgres")
    with pytest.raises(Failed, match="The runtime must connect as stammgast_app"):
        server.urls(owner_url, owner_url, app_password="unused")


def test_an_unreachable_server_is_named_without_its_password():
    with pytest.raises(Failed) as refusal:
        server.urls("postgresql://me:geheim@127.0.0.1:9/shop", None, app_password="unused")
    assert str(refusal.value).startswith(
        "The database of postgresql://me@127.0.0.1:9/shop cannot be reached:"
    )
    assert "geheim" not in str(refusal.value)


def test_passwords_are_written_as_sql_strings():
    assert "ALTER ROLE stammgast_app PASSWORD 'it''s';" in roles.sql(roles.Passwords(app="it's"))
