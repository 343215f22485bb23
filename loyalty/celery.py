"""Work in the background, and the one table of what recurs.

Tasks find what is due by asking the database, so a tick that is lost or doubled changes nothing.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")

app = Celery("loyalty")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["programs", "campaigns", "loyalty.merchants", "loyalty.rest"])

RECURRING = {
    # name: (task, every so many seconds)
    "lots that are activated or expire": ("programs.tasks.settle_due_accounts", 60),
    "events that campaigns listen to": ("campaigns.tasks.relay_events", 5),
    "messages that are due": ("campaigns.tasks.send_due_messages", 5),
    "monthly summaries": ("campaigns.tasks.prepare_monthly_summaries", 900),
    "answers kept for repeated requests": ("loyalty.rest.tasks.purge_kept_answers", 3600),
    "sessions that have ended": ("loyalty.merchants.tasks.forget_ended_sessions", 86400),
}

app.conf.beat_schedule = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, (task, seconds) in RECURRING.items()
}
