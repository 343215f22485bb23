"""Codes on packs: printed in batches, each good once, for whoever enters it first."""

from django.db import models
from django.db.models import Q

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class CodeBatch(TenantModel):
    """So many codes of a program, made together: each gives `amount`. Never changed.

    valid_until: the end of the last day, exclusive; None for no end. job_id: the job that makes them, where they
    are many.
    """

    program = TenantForeignKey("programs.Program")
    name = models.CharField(max_length=120, blank=True)
    count = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    valid_until = models.DateTimeField(null=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=160, blank=True)

    prefix = "bat"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("program", name="code_batch_has_its_program"),
            models.CheckConstraint(name="code_batch_has_codes", condition=Q(count__gte=1)),
            models.CheckConstraint(name="code_gives_something", condition=Q(amount__gte=1)),
        ]


class ProductCode(TenantModel):
    """One code, without separators (loyalty.readable_codes). Never changed: its use is a row of its own."""

    batch = TenantForeignKey(CodeBatch)
    code = models.CharField(max_length=12)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("batch", name="product_code_has_its_batch"),
            models.UniqueConstraint(fields=["merchant_id", "code"], name="product_code_is_unique"),
        ]
        indexes = [
            # The codes of a batch, in the order in which they were made.
            models.Index(fields=["merchant_id", "batch", "id"], name="product_code_of_batch")
        ]


class CodeUse(TenantModel):
    """That a code was used, and by whom. Append-only; what it gave are the bonuses with its occasion."""

    code = TenantForeignKey(ProductCode)
    member = TenantForeignKey("members.Member")
    at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("code", name="code_use_has_its_code"),
            Reference("member", name="code_use_has_its_member"),
            models.UniqueConstraint(fields=["merchant_id", "code"], name="product_code_is_used_once"),
        ]
        indexes = [
            # What a member used.
            models.Index(fields=["merchant_id", "member", "-at"], name="code_use_of_member")
        ]


class WrongCode(TenantModel):
    """A code entered for a member that is none: so many within an hour, and no more are looked at until it is over."""

    member = TenantForeignKey("members.Member")
    at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [Reference("member", name="wrong_code_has_its_member")]
        indexes = [
            # How many there were lately.
            models.Index(fields=["merchant_id", "member", "-at"], name="wrong_code_of_member")
        ]
