from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "loyalty.inbox"
    label = "inbox"
