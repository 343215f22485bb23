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
        FREE_SHIPPING = "free_shipping", _("Free shipping")
        EXPERIENCE = "experience", _("Experience")
        SERVICE = "service", _("Service")
        RECOGNITION = "recognition", _("Recognition")
        PARTNER = "partner", _("From a partner")

    class AppliesTo(models.TextChoices):
        PURCHASE = "purchase"
        ITEMS = "items"
        CHEAPEST_ITEM = "cheapest_item"

    # What is handed over or done, and takes nothing off a purchase.
    HANDED_OVER = frozenset({"product", "service", "experience", "recognition", "partner"})

    program = TenantForeignKey("programs.Program", null=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=240, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PRODUCT)
    cost = models.BigIntegerField(default=0)
    value_minor = models.BigIntegerField(null=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    skus = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    brands = models.JSONField(default=list)
    # "": on the items that are named, or on the whole purchase where none are (see `is_taken_off`).
    applies_to = models.CharField(max_length=16, blank=True, default="")
    # Of a percentage: at most so much off. exclusive: not together with other vouchers.
    most_minor = models.BigIntegerField(null=True)
    exclusive = models.BooleanField(default=False)
    min_purchase_minor = models.BigIntegerField(default=0)
    cost_to_merchant_minor = models.BigIntegerField(null=True)
    stock = models.BigIntegerField(null=True)
    taken = models.BigIntegerField(default=0)
    per_member = models.PositiveIntegerField(null=True)
    valid_days = models.PositiveIntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    # Who may have it: names of tiers or plans, public ids of segments; empty is everybody.
    tiers = models.JSONField(default=list)
    segments = models.JSONField(default=list)
    # {"spend_minor", "within_days"}: so much has to be spent before. {"tiers", "segments", "hours"}: who may have it
    # so many hours before starts_at.
    unlock = models.JSONField(null=True)
    early_access = models.JSONField(null=True)
    # Of an experience: how many places there are, and when it takes place.
    capacity = models.PositiveIntegerField(null=True)
    takes_place_at = models.DateTimeField(null=True)
    # Given by another business, which gets the agreed price for each.
    partner_name = models.CharField(max_length=120, blank=True, default="")
    partner_price_minor = models.BigIntegerField(null=True)
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
            models.CheckConstraint(
                name="no_more_places_are_taken_than_there_are",
                condition=Q(capacity__isnull=True) | Q(taken__lte=F("capacity")),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_handed_over(self):
        return self.kind in self.HANDED_OVER

    @property
    def is_taken_off(self):
        """What a discount is taken off: "purchase", "items" or "cheapest_item"."""
        names_items = self.skus or self.categories or self.brands
        return self.applies_to or (self.AppliesTo.ITEMS if names_items else self.AppliesTo.PURCHASE).value

    def is_for(self, item):
        """Whether a line (sku, category, brand) is one that it names; every line is, where it names none."""
        if not (self.skus or self.categories or self.brands):
            return True
        return item.sku in self.skus or item.category in self.categories or item.brand in self.brands


class Redemption(TenantModel):
    """A reward taken by a member: paid in points (`entry`), or with a full card (an Unlock).

    waiting: on the list for a place that becomes free; nothing was paid yet. text: why the merchant gave it, for an
    award.
    """

    class Status(models.TextChoices):
        DONE = "done"
        WAITING = "waiting"
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
    text = models.CharField(max_length=240, blank=True, default="", db_default="")

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
                | Q(status__in=["done", "waiting"], cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="who_waits_has_not_paid", condition=~Q(status="waiting") | Q(entry__isnull=True)
            ),
        ]
        indexes = [
            # Who waits for a place, the longest first.
            models.Index(
                fields=["merchant_id", "reward", "at", "id"],
                name="redemption_waiting",
                condition=Q(status="waiting"),
            ),
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
