from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self):
        from members.segments import fields
        from programs import segment_fields

        fields.register(*segment_fields.FIELDS)
