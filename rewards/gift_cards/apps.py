from django.apps import AppConfig


class GiftCardsConfig(AppConfig):
    name = "rewards.gift_cards"
    label = "gift_cards"
