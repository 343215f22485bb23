"""Work in the background, and the one table of what recurs.

Tasks find what is due by asking the database, so a tick that is lost or doubled changes nothing.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")

app = Celery("loyalty")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["programs", "campaigns", "loyalty.jobs", "loyalty.merchants", "loyalty.rest"])

FINDING = "campaigns.tasks.find_what_is_due"
RECURRING = {
    # name: (task, every so many seconds). What falls due by itself, and in which of these rhythms it is looked for,
    # stands in campaigns/duties.py.
    "what falls due within seconds": (FINDING, 5),
    "what falls due within a minute": (FINDING, 60),
    "what falls due within a quarter of an hour": (FINDING, 900),
    "jobs that wait": ("loyalty.jobs.tasks.work_on_jobs", 2),
    "answers kept for repeated requests": ("loyalty.rest.tasks.purge_kept_answers", 3600),
    "sessions that have ended": ("loyalty.merchants.tasks.forget_ended_sessions", 86400),
}

app.conf.beat_schedule = {
    name: {
        "task": task,
        "schedule": seconds,
        "args": (seconds,) if task == FINDING else (),
        "options": {"expires": seconds},
    }
    for name, (task, seconds) in RECURRING.items()
}
