"""Rewards, and how they are handed over: redemptions and vouchers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Reward(TenantModel):
    """What points are spent on, or what a full card gives. `cost` is in the program's unit; 0 for a full card's."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Product")
        AMOUNT_OFF = "amount_off", _("Amount off")
        PERCENT_OFF = "percent_off", _("Percent off")
        GIFT_CARD = "gift_card", _("Gift card")

    program = TenantForeignKey("programs.Program", null=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=240, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PRODUCT)
    cost = models.BigIntegerField(default=0)
    value_minor = models.BigIntegerField(null=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    skus = models.JSONField(default=list)
    min_purchase_minor = models.BigIntegerField(default=0)
    cost_to_merchant_minor = models.BigIntegerField(null=True)
    stock = models.BigIntegerField(null=True)
    taken = models.BigIntegerField(default=0)
    per_member = models.PositiveIntegerField(null=True)
    valid_days = models.PositiveIntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    # In a coalition: the partner that offers it, at its own till alone. None: wherever points are taken.
    partner_id = models.UUIDField(null=True)
    # Given by a full card: not for points, and not in the list of what points can buy.
    unlocked_only = models.BooleanField(default=False)
    # Whether who holds a voucher for it may give it to somebody else.
    transferable = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "rwd"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("program", name="reward_has_its_program"),
            models.CheckConstraint(name="reward_costs_nothing_or_more", condition=Q(cost__gte=0)),
            models.CheckConstraint(
                name="no_more_is_taken_than_is_there",
                condition=Q(taken__gte=0) & (Q(stock__isnull=True) | Q(taken__lte=F("stock"))),
            ),
        ]

    def __str__(self):
        return self.name


class Redemption(TenantModel):
    """A reward taken by a member: paid in points (`entry`), or with a full card (an Unlock)."""

    class Status(models.TextChoices):
        DONE = "done"
        CANCELLED = "cancelled"

    member = TenantForeignKey("members.Member")
    reward = TenantForeignKey(Reward)
    account = TenantForeignKey("programs.Account", null=True)
    entry = TenantForeignKey("programs.Entry", null=True)
    cost = models.BigIntegerField(default=0)
    use = models.CharField(max_length=5)
    status = models.CharField(max_length=10, choices=Status, default=Status.DONE)
    at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True)
    location = TenantForeignKey("merchants.Location", null=True)
    # In a coalition: the merchant at which the points were taken. None: at the program's own.
    partner_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=160, blank=True)

    prefix = "red"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="redemption_has_its_member"),
            Reference("reward", name="redemption_has_its_reward"),
            Reference("account", name="redemption_has_its_account"),
            Reference("entry", name="redemption_has_its_entry"),
            Reference("location", name="redemption_has_its_location"),
            models.CheckConstraint(
                name="redemption_is_cancelled_at_a_time",
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | Q(status="done", cancelled_at__isnull=True),
            ),
        ]
        indexes = [
            # A member's redemptions; how often a member had a reward.
            models.Index(fields=["merchant_id", "member", "reward"], name="redemption_of_member"),
            # Figures of a period.
            models.Index(fields=["merchant_id", "-at"], name="redemption_in_period"),
        ]


class Voucher(TenantModel):
    """The proof of a redemption that is used later, or at once on a purchase. Used once."""

    class Status(models.TextChoices):
        OPEN = "open"
        USED = "used"
        VOID = "void"

    code = models.CharField(max_length=16)
    reward = TenantForeignKey(Reward)
    member = TenantForeignKey("members.Member", null=True)
    redemption = TenantForeignKey(Redemption, null=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    valid_until = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_in = TenantForeignKey("programs.Purchase", null=True)
    # Until then one till has it for itself, for the sale that it is ringing up: which one.
    held_until = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=160, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    prefix = "vch"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("reward", name="voucher_has_its_reward"),
            Reference("member", name="voucher_has_its_member"),
            Reference("redemption", name="voucher_has_its_redemption"),
            Reference("used_in", name="voucher_is_used_in_a_purchase"),
            models.UniqueConstraint(fields=["merchant_id", "code"], name="voucher_code_is_unique"),
            models.UniqueConstraint(fields=["merchant_id", "redemption"], name="one_voucher_per_redemption"),
            models.CheckConstraint(
                name="voucher_is_used_at_a_time",
                condition=Q(status="used", used_at__isnull=False)
                | ~Q(status="used") & Q(used_at__isnull=True),
            ),
        ]
        indexes = [
            # The vouchers of a member.
            models.Index(fields=["merchant_id", "member", "status"], name="voucher_of_member"),
            # The vouchers used in a purchase, for its refund.
            models.Index(
                fields=["merchant_id", "used_in"],
                name="voucher_in_purchase",
                condition=Q(used_in__isnull=False),
            ),
        ]
