"""Programs and what happened in them: versions, purchases and what they gave."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel

# The books have a file of their own; Django looks for models here.
from programs.accounts import Account, Entry, LevelChange, Lot, LotUse, Unlock
from programs.bonuses import AdjustmentProposal, Bonus, RuleBudget

__all__ = [
    "Account",
    "AdjustmentProposal",
    "Bonus",
    "Credit",
    "Entry",
    "LevelChange",
    "Lot",
    "LotUse",
    "Program",
    "ProgramVersion",
    "Purchase",
    "Refund",
    "Rule",
    "RuleBudget",
    "Unlock",
]


class Program(TenantModel):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")

    type = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    unit_singular = models.CharField(max_length=40)
    unit_plural = models.CharField(max_length=40)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    auto_enrol = models.BooleanField(default=True)
    starts_at = models.DateTimeField(default=clock.now)
    # From then on nothing is earned; until redeem_until what there is can still be spent.
    ends_at = models.DateTimeField(null=True)
    redeem_until = models.DateTimeField(null=True)
    # The next moment at which something is due for the program as a whole: a day with birthdays.
    next_due_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "prg"

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="program_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="program_is_redeemed_until_its_end_at_least",
                condition=Q(redeem_until__isnull=True)
                | Q(ends_at__isnull=False, redeem_until__gte=F("ends_at")),
            ),
        ]

    def __str__(self):
        return self.name


class ProgramVersion(TenantModel):
    """The settings and rules of a program as they were from one change to the next. Append-only.

    settings: as the program type defines them, e.g. {"earn": {"points": 1, "per_minor": 100}, …}.
    rules: the program's rules at that time, a list in the shape of the API.
    """

    program = TenantForeignKey(Program)
    number = models.PositiveIntegerField()
    settings = models.JSONField()
    rules = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=160, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("program", name="version_has_its_program"),
            models.UniqueConstraint(
                fields=["merchant_id", "program", "number"], name="version_numbers_count_up"
            ),
        ]


class Rule(TenantModel):
    """An earning rule as it is edited. What counts for purchases is its copy in the program's version."""

    program = TenantForeignKey(Program)
    name = models.CharField(max_length=120)
    definition = models.JSONField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "rul"

    class Meta(TenantModel.Meta):
        constraints = [Reference("program", name="rule_has_its_program")]


class Purchase(TenantModel):
    """One sale, of a member or of nobody we know. Amounts in the merchant's currency, minor units.

    items: [{"sku", "name", "category", "brand", "quantity", "amount_minor", "discount_minor", "returned",
    "returned_minor"}]; the last two say how many of a line came back, and the money given back for them.
    discounts: what was taken off, in the order in which it was, each with its amount_minor and one of: "program" and
    "level" (a standing discount), "voucher" (a code), "points" (how many of "program", and the "entry" that took them).
    partner_id: in a coalition, the merchant at which it happened.
    """

    member = TenantForeignKey("members.Member", null=True)
    amount_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    items = models.JSONField(default=list)
    discounts = models.JSONField(default=list)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    location = TenantForeignKey("merchants.Location", null=True)
    partner_id = models.UUIDField(null=True)
    external_id = models.CharField(max_length=255, null=True)
    actor = models.CharField(max_length=160, blank=True)

    prefix = "pur"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="purchase_has_its_member"),
            Reference("location", name="purchase_has_its_location"),
            models.UniqueConstraint(fields=["merchant_id", "external_id"], name="purchase_recorded_once"),
            models.CheckConstraint(
                name="purchase_is_not_negative", condition=Q(amount_minor__gte=0, discount_minor__gte=0)
            ),
            models.CheckConstraint(
                name="purchase_net_is_amount_less_discount",
                condition=Q(net_minor=F("amount_minor") - F("discount_minor"), net_minor__gte=0),
            ),
            models.CheckConstraint(
                name="purchase_is_refunded_at_most_once_over",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("net_minor")),
            ),
        ]
        indexes = [
            # A member's history, newest first.
            models.Index(fields=["merchant_id", "member", "-occurred_at"], name="purchase_of_member_newest"),
            # Figures of a period; the counter's last thing done.
            models.Index(fields=["merchant_id", "-occurred_at"], name="purchase_in_period"),
        ]


class Credit(TenantModel):
    """What one purchase gave in one program, also when it gave nothing, and why.

    amount: given at first; taken_back: of that, by refunds; excused: not taken back because it had expired.
    because: [{"rule", "code", "amount", …facts}]; the sentences are made when they are read.
    facts: what the rules looked at that cannot be computed again later, and the exact value ("fraction").
    qualifies: what of it counts towards a tier, now, after its refunds.
    """

    purchase = TenantForeignKey(Purchase)
    account = TenantForeignKey(Account)
    program = TenantForeignKey(Program)
    version = TenantForeignKey(ProgramVersion)
    amount = models.BigIntegerField()
    taken_back = models.BigIntegerField(default=0)
    excused = models.BigIntegerField(default=0)
    qualifies = models.BigIntegerField(default=0, db_default=0)
    because = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("purchase", name="credit_has_its_purchase"),
            Reference("account", name="credit_has_its_account"),
            Reference("program", name="credit_has_its_program"),
            Reference("version", name="credit_has_its_version"),
            models.UniqueConstraint(
                fields=["merchant_id", "purchase", "program"], name="purchase_credited_once_per_program"
            ),
        ]
        indexes = [
            # Limits and cooldowns: what an account was given in a period.
            models.Index(
                fields=["merchant_id", "account", "-occurred_at"], name="credit_of_account_in_period"
            )
        ]


class Refund(TenantModel):
    """Money given back for a purchase. Append-only; what was taken back for it stands in the entries that name it."""

    purchase = TenantForeignKey(Purchase)
    amount_minor = models.BigIntegerField()
    items = models.JSONField(default=list)
    at = models.DateTimeField()
    partner_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=160, blank=True)

    prefix = "rfd"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("purchase", name="refund_has_its_purchase"),
            models.CheckConstraint(name="refund_is_not_negative", condition=Q(amount_minor__gte=0)),
        ]
        indexes = [
            # The refunds of a purchase.
            models.Index(fields=["merchant_id", "purchase"], name="refund_of_purchase")
        ]
