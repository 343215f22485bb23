"""Vouchers on their way from one member to somebody else."""

from django.db import models
from django.db.models import Q

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class VoucherGift(TenantModel):
    """One offer of a voucher. to_email: where the link went; forgotten as soon as the offer is closed."""

    class Status(models.TextChoices):
        OFFERED = "offered"
        ACCEPTED = "accepted"
        TAKEN_BACK = "taken_back"

    voucher = TenantForeignKey("rewards.Voucher")
    giver = TenantForeignKey("members.Member")
    receiver = TenantForeignKey("members.Member", null=True)
    to_email = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OFFERED)
    offered_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    prefix = "gif"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("voucher", name="gift_has_its_voucher"),
            Reference("giver", name="gift_has_its_giver"),
            Reference("receiver", name="gift_has_its_receiver"),
            models.UniqueConstraint(
                fields=["merchant_id", "voucher"],
                name="voucher_is_offered_to_one_at_a_time",
                condition=Q(status="offered"),
            ),
            models.CheckConstraint(
                name="gift_is_accepted_by_somebody",
                condition=Q(status="accepted", receiver__isnull=False)
                | ~Q(status="accepted") & Q(receiver__isnull=True),
            ),
            models.CheckConstraint(
                name="closed_gift_keeps_no_address", condition=Q(status="offered") | Q(to_email="")
            ),
        ]
        indexes = [
            # The gifts of a giver, and those of one who is merged.
            models.Index(fields=["merchant_id", "giver", "status"], name="gift_of_giver"),
            # The gifts that a member who is merged has accepted.
            models.Index(
                fields=["merchant_id", "receiver"],
                name="gift_of_receiver",
                condition=Q(receiver__isnull=False),
            ),
        ]
