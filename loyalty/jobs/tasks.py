"""Tasks: jobs are worked on chunk by chunk, each chunk at the end of the queue, so that a long one delays nobody."""

from datetime import datetime
from uuid import UUID

from celery import shared_task

from loyalty.jobs import jobs
from loyalty.merchants.models import Merchant
from loyalty.tenancy import due


@shared_task
def work_on_jobs():
    for merchant_id, job_id in due.with_jobs():
        work_on_job.delay(str(merchant_id), str(job_id))


@shared_task
def work_on_job(merchant_id, job_id, claim=None):
    merchant = Merchant.objects.filter(id=UUID(merchant_id)).first()
    if merchant is None:
        return
    mine = datetime.fromisoformat(claim) if claim else None
    following = jobs.work_a_chunk(merchant, UUID(job_id), mine)
    if following is not None:
        work_on_job.delay(merchant_id, job_id, following.isoformat())
