"""A foreign key between tenant tables: (merchant_id, x_id) → (merchant_id, id), so that it cannot leave the tenant."""

from django.db import models
from django.db.backends.ddl_references import Statement, Table


class Reference(models.BaseConstraint):
    """`Reference("member", name="purchase_has_its_member")` holds the TenantForeignKey `member` in the database.

    Not deferrable: a deferred one fails at commit, where nobody can tell which statement it was.
    """

    template = (
        "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (merchant_id, %(column)s)"
        " REFERENCES %(parent)s (merchant_id, id)"
    )

    def __init__(self, field, *, name):
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model, schema_editor):
        """Nothing inside CREATE TABLE: the parent may be the table itself, or come later in the migration."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model, schema_editor):
        field = model._meta.get_field(self.field)
        return Statement(
            self.template,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
            column=schema_editor.quote_name(field.column),
            parent=Table(field.remote_field.model._meta.db_table, schema_editor.quote_name),
        )

    def remove_sql(self, model, schema_editor):
        return schema_editor._delete_constraint_sql(schema_editor.sql_delete_check, model, self.name)

    def validate(self, model, instance, exclude=None, using="default"):
        """The database holds it; there is nothing to ask beforehand."""

    def deconstruct(self):
        path, _, kwargs = super().deconstruct()
        return path, [self.field], kwargs

    def __eq__(self, other):
        return isinstance(other, Reference) and (self.field, self.name) == (other.field, other.name)

    __hash__ = None  # type: ignore[assignment]
