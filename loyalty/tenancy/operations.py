"""Migration operations for rights that the schema editor cannot read off a model."""

from django.db.migrations.operations.special import RunSQL

SCAN_ROLE = "stammgast_scan"


def append_only(table):
    """The runtime may read and add rows, never change or delete one."""
    return RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM stammgast_app",
        f"GRANT UPDATE, DELETE ON {table} TO stammgast_app",
    )


def scannable(table, *columns):
    """The scan role may read these columns of all merchants: just enough to list who has work that is due."""
    names = ", ".join(columns)
    return RunSQL(
        [
            f"GRANT SELECT ({names}) ON {table} TO {SCAN_ROLE}",
            f"CREATE POLICY scan ON {table} FOR SELECT TO {SCAN_ROLE} USING (true)",
        ],
        [f"DROP POLICY scan ON {table}", f"REVOKE SELECT ({names}) ON {table} FROM {SCAN_ROLE}"],
    )
