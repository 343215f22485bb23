"""Tasks: answers kept for repeated requests go when nobody will repeat them any more."""

from celery import shared_task

from loyalty import clock
from loyalty.rest import idempotency
from loyalty.tenancy import due
from loyalty.tenancy.tasks import MerchantTask


@shared_task
def purge_kept_answers():
    for merchant_id in due.with_answers_kept_since(clock.now() - idempotency.KEPT):
        purge_kept_answers_of.delay(str(merchant_id))


@shared_task(base=MerchantTask)
def purge_kept_answers_of(merchant_id):
    idempotency.purge()
