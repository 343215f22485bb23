"""What ends: programs whose last day for spending comes, and points whose owners were told before they expire."""

from django.db import models

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class LastDay(TenantModel):
    """A program that has ended, and whose points can be spent until `at`. Gone when what was left has expired."""

    program = TenantForeignKey("programs.Program")
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("program", name="last_day_has_its_program"),
            models.UniqueConstraint(fields=["merchant_id", "program"], name="one_last_day_per_program"),
        ]
        indexes = [
            # Whose last day has come: listed across merchants by the scan role.
            models.Index(fields=["at"], name="last_day_due")
        ]


class Warned(TenantModel):
    """A member was told that what an account holds expires at a moment. Append-only; once per mark.

    days: the mark, so many days ahead, at which it was told. amount: how much there was then.
    """

    account = TenantForeignKey("programs.Account")
    expires_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("account", name="warning_has_its_account"),
            models.UniqueConstraint(
                fields=["merchant_id", "account", "expires_at", "days"],
                name="warned_once_per_expiry_and_mark",
            ),
        ]


class Look(TenantModel):
    """When a merchant's accounts are next looked through for what expires soon: one row, whose id is the merchant's."""

    next_at = models.DateTimeField()
