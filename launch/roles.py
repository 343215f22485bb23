"""The four roles of the database, made the same way everywhere: embedded, docker compose, your own server.

`python -m launch.roles` makes roles and database on the server of DATABASE_ADMIN_URL, with the passwords that
DATABASE_URL and DATABASE_OWNER_URL hold; `python -m launch.roles --sql` prints the SQL for somebody who may.
"""

import sys
from dataclasses import dataclass

from launch.places import APP_ROLE, OWNER_ROLE, PARTNER_ROLE, SCAN_ROLE


@dataclass(frozen=True)
class Passwords:
    """Passwords to give to the roles; None leaves a role as it is."""

    owner: str | None = None
    app: str | None = None


def sql(passwords: Passwords | None = None, *, create_owner: bool = True) -> str:
    """SQL that makes the roles that are missing and sets the passwords; a second run changes nothing.

    create_owner: also make the role that migrates. A schema `public` made by PostgreSQL 15 or newer lets
    everybody look and nobody create, so there is nothing to grant on it.
    """
    passwords = passwords or Passwords()
    # The owner bypasses row security: a foreign key added by one bound by it skips rows.
    owner = [_role(OWNER_ROLE, "LOGIN CREATEDB BYPASSRLS", passwords.owner)] if create_owner else []
    # NOINHERIT: the scan role's wider view, and a partner's narrow one, are taken on with SET ROLE, never by accident.
    app = _role(APP_ROLE, "LOGIN NOINHERIT", passwords.app)
    taken_on = [
        sql for role in (SCAN_ROLE, PARTNER_ROLE) for sql in (_role(role, "NOLOGIN", None), _grant(role))
    ]
    return "\n".join([*owner, app, *taken_on])


def _role(name: str, rights: str, password: str | None) -> str:
    made = f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
    CREATE ROLE {name} {rights};
  END IF;
END $$;"""
    return made if password is None else f"{made}\nALTER ROLE {name} PASSWORD {literal(password)};"


def literal(text: str) -> str:
    """Text as an SQL string."""
    if "\\" in text or "\0" in text:
        raise ValueError("A password with a backslash cannot be set here.")
    return "'" + text.replace("'", "''") + "'"


def _grant(role: str) -> str:
    """The runtime may become a role."""
    # INHERIT and SET as options of a grant exist since PostgreSQL 16; before, the role's NOINHERIT says it all.
    return f"""DO $$ BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_auth_members m
    JOIN pg_roles granted ON granted.oid = m.roleid JOIN pg_roles member ON member.oid = m.member
    WHERE granted.rolname = '{role}' AND member.rolname = '{APP_ROLE}'
  ) THEN
    IF current_setting('server_version_num')::int >= 160000 THEN
      EXECUTE 'GRANT {role} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE';
    ELSE
      EXECUTE 'GRANT {role} TO {APP_ROLE}';
    END IF;
  END IF;
END $$;"""


if __name__ == "__main__":
    if "--sql" in sys.argv[1:]:
        print(sql())
    else:
        from launch import server

        server.main()
