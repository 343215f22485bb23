"""PostgreSQL, with tenant tables made as a tenant's: keyed by merchant, and behind row security from their birth."""

from django.db.backends.postgresql import base, schema

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


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor
