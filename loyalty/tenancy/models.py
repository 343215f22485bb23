"""What makes a table a tenant's: its keys and its manager.

Distributable as it stands: the primary key is (merchant_id, id), each reference carries the merchant, and each
statement names the merchant (see docs/decisions/0002-tenancy.md).
"""

from functools import cache

from django.db import models

from loyalty import ids
from loyalty.errors import NotFound
from loyalty.tenancy import prepared, scoping
from loyalty.tenancy.fields import TenantForeignKey, TenantKey

__all__ = ["TenantForeignKey", "TenantKey", "TenantManager", "TenantModel", "TenantQuerySet"]


class TenantQuerySet(models.QuerySet):
    def by_public_id(self, prefix, text):
        """The row that a public id names. Raises NotFound, for an unknown id and a foreign one alike."""
        row = self.filter(id=ids.parse(prefix, text)).first()
        if row is None:
            raise NotFound(id=text)
        return row


_Manager = models.Manager.from_queryset(TenantQuerySet)


class TenantManager(_Manager):
    """Names the merchant in every query. Outside a scope a tenant table is empty."""

    def get_queryset(self):
        merchant_id = scoping.merchant_id()
        rows = super().get_queryset()
        return rows.filter(merchant_id=merchant_id) if merchant_id else rows.none()

    def by_public_id(self, prefix, text):
        """As of a query set, in a prepared statement: what requests name is looked up by it."""
        wanted = ids.parse(prefix, text)
        rows = prepared.instances(self.model, _by_id(self.model), scoping.merchant_id(), wanted)
        if not rows:
            raise NotFound(id=text)
        return rows[0]


@cache
def _by_id(model):
    table, columns = model._meta.db_table, prepared.columns_of(model)
    return f'SELECT {columns} FROM "{table}" WHERE merchant_id = %s AND id = %s'


class TenantModel(models.Model):
    """A row that belongs to one merchant."""

    merchant_id = TenantKey()
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)

    objects = TenantManager()

    prefix = ""

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    @property
    def public_id(self):
        return ids.public(self.prefix, self.id)

    def delete(self, using=None, keep_parents=False):
        """Delete this row, naming the merchant. References are held by the database and refuse on their own."""
        return type(self).objects.filter(id=self.id)._raw_delete(using or "default")
