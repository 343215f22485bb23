"""Tasks of one merchant: told which by its id, they open the scope themselves."""

from uuid import UUID

from celery import Task

from loyalty import tenancy
from loyalty.merchants.models import Merchant


class MerchantTask(Task):
    """The base of a task that does its work inside one merchant's scope, in one transaction.

    The task's function gets the merchant's id as its first argument, as text, which is what a queue carries; inside,
    `tenancy.merchant()` is the merchant. A merchant that is gone by then is no error: there is nothing left to do.
    """

    abstract = True

    def __call__(self, merchant_id, *args, **kwargs):
        merchant = Merchant.objects.filter(id=UUID(str(merchant_id))).first()
        if merchant is None:
            return None
        with tenancy.scope(merchant):
            return super().__call__(merchant_id, *args, **kwargs)
