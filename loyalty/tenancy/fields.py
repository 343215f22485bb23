"""The two columns that make a table a tenant's: whose row it is, and which row of the same tenant it refers to."""

from django.db import models
from django.db.models.lookups import Exact

from loyalty.tenancy import scoping


class TenantKey(models.UUIDField):
    """The `merchant_id` column: filled from the open scope. The schema editor makes its table a tenant's."""

    def __init__(self, **options):
        options.setdefault("default", scoping.merchant_id)
        options.setdefault("editable", False)
        super().__init__(**options)

    def get_placeholder(self, value, compiler, connection):
        # A placeholder of its own makes bulk_create write multi-row VALUES instead of INSERT … SELECT unnest(),
        # which a distributed table under row security would refuse.
        return "%s"


class TenantForeignKey(models.ForeignKey):
    """A reference inside one tenant. Joins carry the merchant; a `Reference` constraint holds it in the database."""

    def __init__(self, to, on_delete=models.DO_NOTHING, **options):
        options.setdefault("db_constraint", False)
        options.setdefault("db_index", False)
        options.setdefault("related_name", "+")
        super().__init__(to, on_delete, **options)

    def get_extra_restriction(self, alias, related_alias):
        mine = self.model._meta.get_field("merchant_id").get_col(related_alias)
        theirs = self.related_model._meta.get_field("merchant_id").get_col(alias)
        return Exact(theirs, mine)
