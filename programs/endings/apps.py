from django.apps import AppConfig


class EndingsConfig(AppConfig):
    name = "programs.endings"
    label = "endings"
