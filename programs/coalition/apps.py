from django.apps import AppConfig


class CoalitionConfig(AppConfig):
    name = "programs.coalition"
    label = "coalition"

    def ready(self):
        from members import privacy
        from programs.coalition import moving

        privacy.FORGETTERS.append(moving.forget)
