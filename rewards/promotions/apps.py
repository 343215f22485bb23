from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "rewards.promotions"
    label = "promotions"

    def ready(self):
        from loyalty.jobs import jobs
        from rewards.promotions import letters, making

        jobs.kind(making.KIND, making.next_chunk)
        jobs.kind(letters.KIND, letters.next_chunk)
