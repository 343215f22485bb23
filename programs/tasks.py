"""Tasks: points that are activated or expire by themselves."""

from celery import shared_task
from django.db import transaction

from loyalty.tenancy import due
from loyalty.tenancy.tasks import MerchantTask
from programs import announcing

CHUNK = 500


@shared_task
def settle_due_accounts():
    for merchant_id in due.with_accounts_to_settle():
        settle_accounts_of.delay(str(merchant_id))


@shared_task(base=MerchantTask)
def settle_accounts_of(merchant_id):
    # One transaction settles one chunk; where it was full there may be more.
    settled, _news = announcing.settle(limit=CHUNK)
    if settled == CHUNK:
        transaction.on_commit(lambda: settle_accounts_of.delay(merchant_id))
