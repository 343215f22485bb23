from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "rewards.gifts"
    label = "gifts"
