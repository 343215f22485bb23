"""Tasks: what browsers were told to forget is forgotten here as well."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task
def forget_ended_sessions():
    SessionStore.clear_expired()
