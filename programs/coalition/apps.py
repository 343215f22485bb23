from django.apps import AppConfig


class CoalitionConfig(AppConfig):
    name = "programs.coalition"
    label = "coalition"
