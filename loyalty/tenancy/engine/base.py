"""PostgreSQL, with tenant tables made as a tenant's: keyed by merchant, and behind row security from their birth.

And with a wire for the hot paths (see wire.py), whose statements keep their place among those of Django's cursors.
"""

from django.db.backends.postgresql import base, schema
from django.db.backends.utils import debug_transaction
from psycopg.pq import ExecStatus

from loyalty.tenancy.engine.wire import Wire
from loyalty.tenancy.fields import TenantKey

RUNTIME_ROLE = "stammgast_app"
IN_SCOPE = "merchant_id = NULLIF(current_setting('app.merchant', true), '')::uuid"


def is_tenant(model):
    """True for a table whose rows belong to one merchant. Works on the models of migrations too."""
    return any(isinstance(field, TenantKey) for field in model._meta.local_fields)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def column_sql(self, model, field, include_default=False):
        sql, params = super().column_sql(model, field, include_default)
        if sql and field.primary_key and is_tenant(model):
            sql = sql.replace(" PRIMARY KEY", "")
        return sql, params

    def table_sql(self, model):
        sql, params = super().table_sql(model)
        if is_tenant(model):
            sql = f"{sql.removesuffix(')')}, PRIMARY KEY (merchant_id, id))"
        return sql, params

    def create_model(self, model):
        super().create_model(model)
        table = self.quote_name(model._meta.db_table)
        self.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {RUNTIME_ROLE}")
        if is_tenant(model):
            self.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            self.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            # One permissive policy per table and role. A second, restrictive one would be turned into a
            # permissive one by a distributed database, and show everybody everything.
            self.execute(
                f"CREATE POLICY tenant ON {table} TO {RUNTIME_ROLE} USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
            )


class Cursor(base.Cursor):
    """Django's cursor: what the wire has kept back goes first."""

    def execute(self, *args, **kwargs):
        self.connection.wire.flush()
        return super().execute(*args, **kwargs)

    def executemany(self, *args, **kwargs):
        self.connection.wire.flush()
        return super().executemany(*args, **kwargs)

    def copy(self, *args, **kwargs):
        self.connection.wire.flush()
        return super().copy(*args, **kwargs)


class DatabaseWrapper(base.DatabaseWrapper):
    """Savepoints wait for the statement that needs them, and a commit takes along what was kept back."""

    SchemaEditorClass = DatabaseSchemaEditor

    def get_connection_params(self):
        params = super().get_connection_params()
        params.pop(PREPARED, None)
        return params | {"cursor_factory": Cursor}

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        connection.wire = Wire(connection, prepares=self.settings_dict["OPTIONS"].get(PREPARED) != "off")
        return connection

    @property
    def wire(self) -> Wire:
        """Of the connection, which is opened and looked after as for a cursor."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        return self.connection.wire

    def is_usable(self):
        # An empty statement: as good an answer as any, and the cheapest.
        if self.connection is None or self.connection.closed:
            return False
        return self.connection.pgconn.exec_(b"").status == ExecStatus.EMPTY_QUERY

    def chunked_cursor(self):
        self.ensure_connection()
        with self.wrap_database_errors:
            self.connection.wire.flush()
        return super().chunked_cursor()

    def _savepoint(self, sid):
        # What goes wrong outside of a savepoint must not show inside of it, where it could not be rolled back.
        self._flush_what_may_fail()
        self.connection.wire.keep(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid):
        wire = self.connection.wire
        if wire.kept and wire.kept[-1] == (self.ops.savepoint_create_sql(sid).encode(), None):
            # Nothing was done in it.
            wire.kept.pop()
            return
        wire.keep(self.ops.savepoint_commit_sql(sid))
        # What goes wrong inside of a savepoint shows at its end, and no later.
        self._flush_what_may_fail()

    def _flush_what_may_fail(self):
        wire = self.connection.wire
        if any(params is not None for _sql, params in wire.kept):
            with self.wrap_database_errors:
                wire.flush()

    def _savepoint_rollback(self, sid):
        wire = self.connection.wire
        if not wire.forget_after(self.ops.savepoint_create_sql(sid)):
            wire.forget()
            super()._savepoint_rollback(sid)

    def _commit(self):
        if self.connection is None or not self.connection.wire.kept:
            return super()._commit()
        with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
            return self.connection.wire.commit()

    def _rollback(self):
        if self.connection is not None:
            self.connection.wire.forget()
        return super()._rollback()


# In a database's URL: `?prepared_statements=off`.
PREPARED = "prepared_statements"
