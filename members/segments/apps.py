from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "members.segments"
    label = "segments"

    def ready(self):
        from members.segments import fields, own_fields

        fields.register(*own_fields.FIELDS)
