"""Tasks: each finds what is due by asking, so that one that is lost or comes twice changes nothing."""

from uuid import UUID

from celery import shared_task

from campaigns import working


@shared_task
def relay_events():
    for merchant_id in working.merchants_with_news():
        relay_events_of.delay(str(merchant_id))


@shared_task
def relay_events_of(merchant_id):
    working.relay(UUID(merchant_id))


@shared_task
def send_due_messages():
    for merchant_id in working.merchants_with_messages():
        send_messages_of.delay(str(merchant_id))


@shared_task
def send_messages_of(merchant_id):
    # The rest of a full round goes to the end of the queue, behind the other merchants.
    if working.send(UUID(merchant_id)) >= working.MOST_IN_A_ROUND:
        send_messages_of.delay(merchant_id)


@shared_task
def prepare_monthly_summaries():
    for merchant_id in working.merchants_with_summaries():
        prepare_summaries_of.delay(str(merchant_id))


@shared_task
def prepare_summaries_of(merchant_id):
    working.summarise(UUID(merchant_id))
