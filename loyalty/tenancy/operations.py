"""Migration operations for rights that the schema editor cannot read off a model."""

from django.db.migrations.operations.special import RunSQL

SCAN_ROLE = "stammgast_scan"
PARTNER_ROLE = "stammgast_partner"
IN_SCOPE = "merchant_id = NULLIF(current_setting('app.merchant', true), '')::uuid"
ACTING = "NULLIF(current_setting('app.acting', true), '')::uuid"


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


def partnered(table, *columns, where):
    """The partner role may read these columns of the rows `where` says, in a scope of the operator's.

    where: a condition with `{acting}` for the partner that asks, plain and without a sub-select.
    """
    names, condition = ", ".join(columns), f"{IN_SCOPE} AND ({where.format(acting=ACTING)})"
    return RunSQL(
        [
            f"GRANT SELECT ({names}) ON {table} TO {PARTNER_ROLE}",
            f"CREATE POLICY partner ON {table} FOR SELECT TO {PARTNER_ROLE} USING ({condition})",
        ],
        [f"DROP POLICY partner ON {table}", f"REVOKE SELECT ({names}) ON {table} FROM {PARTNER_ROLE}"],
    )
