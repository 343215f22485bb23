from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "programs.subscriptions"
    label = "subscriptions"

    def ready(self):
        from members import privacy
        from programs.subscriptions import moving

        privacy.FORGETTERS.append(moving.forget)
