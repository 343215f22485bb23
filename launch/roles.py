"""The three roles of the database, made the same way everywhere: embedded, docker compose, a server of your own.

`python -m launch.roles` makes them on the server of DATABASE_OWNER_URL (or DATABASE_URL); `--sql` prints the SQL.
"""

import os
import sys

from launch.places import APP_ROLE, OWNER_ROLE, SCAN_ROLE


def sql(*, create_owner: bool = True, app_password: str | None = None) -> str:
    """SQL that makes the roles, or puts their rights right; running it twice changes nothing.

    create_owner: also make the role that migrates. app_password: for the runtime role, if it has to be made.
    A schema `public` made by PostgreSQL 15 or newer lets everybody look and nobody create: nothing to grant here.
    """
    made = [_role(OWNER_ROLE, "LOGIN CREATEDB BYPASSRLS NOSUPERUSER")] if create_owner else []
    # NOINHERIT: the scan role's wider view is taken on with SET ROLE, for one statement, and never by accident.
    made.append(_role(APP_ROLE, "LOGIN NOINHERIT", password=app_password))
    made.append(_role(SCAN_ROLE, "NOLOGIN"))
    return "\n".join([*made, _GRANT_SCAN])


def _role(name: str, rights: str, password: str | None = None) -> str:
    secret = f" PASSWORD {_literal(password)}" if password else ""
    return f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
    CREATE ROLE {name} {rights}{secret};
  END IF;
END $$;"""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# INHERIT and SET as options of a grant exist since PostgreSQL 16; before that the role's NOINHERIT says it all.
_GRANT_SCAN = f"""DO $$ BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_auth_members m
    JOIN pg_roles granted ON granted.oid = m.roleid JOIN pg_roles member ON member.oid = m.member
    WHERE granted.rolname = '{SCAN_ROLE}' AND member.rolname = '{APP_ROLE}'
  ) THEN
    IF current_setting('server_version_num')::int >= 160000 THEN
      EXECUTE 'GRANT {SCAN_ROLE} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE';
    ELSE
      EXECUTE 'GRANT {SCAN_ROLE} TO {APP_ROLE}';
    END IF;
  END IF;
END $$;"""
