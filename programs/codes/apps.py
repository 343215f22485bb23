from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "programs.codes"
    label = "codes"

    def ready(self):
        from loyalty.jobs import jobs
        from programs.codes import making

        jobs.kind(making.KIND, making.next_chunk)
