"""The people of a company that is a member: several on one account. They collect nothing of their own."""

from django.db import models

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Contact(TenantModel):
    """Somebody who buys for a company. Personal data: it goes when the member is erased, and before on request."""

    member = TenantForeignKey("members.Member")
    name = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, null=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "con"

    class Meta(TenantModel.Meta):
        constraints = [Reference("member", name="contact_has_its_member")]
        indexes = [
            # The people of a company.
            models.Index(fields=["merchant_id", "member"], name="contact_of_member")
        ]

    def __str__(self):
        return self.name
