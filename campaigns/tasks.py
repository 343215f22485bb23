"""Tasks: one finds who has something due, one does a duty for a merchant. Lost or come twice they change nothing."""

from uuid import UUID

from celery import shared_task

from campaigns import duties


@shared_task
def find_what_is_due(every):
    """Look at the duties of one rhythm (in seconds), and have each done for each merchant who has some of it."""
    for name, merchant_id in duties.waiting(every):
        do.delay(name, str(merchant_id))


@shared_task
def do(name, merchant_id):
    # The rest of a full round goes to the end of the queue, behind the other merchants.
    if duties.do(name, UUID(merchant_id)):
        do.delay(name, merchant_id)
