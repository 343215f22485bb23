"""Segments: groups of members that a merchant has given a name and a rule. Who is in one is asked each time anew."""

from django.db import models

from loyalty import clock
from loyalty.tenancy.models import TenantModel


class Segment(TenantModel):
    """rule: as the API takes it, {"all": [{"field": "visits", "is": "at_least", "value": 3}]} (see tree.py).

    archived_at: put away. The rules and rewards that name it go on as before.
    """

    name = models.CharField(max_length=120)
    rule = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True)

    prefix = "seg"

    class Meta(TenantModel.Meta):
        pass

    def __str__(self):
        return self.name
