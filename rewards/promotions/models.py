"""Promotions, their single-use codes, their uses, and the letters that carry a code to one person each."""

from django.db import models
from django.db.models import F, Q

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Promotion(TenantModel):
    """A reward for whoever has the code: one that is shared (`code`), or so many that are good once each (`count`).

    used: how many uses there are that were not given back; written under the lock on this row. job_id: the job that
    makes the codes, where they are many.
    """

    name = models.CharField(max_length=120)
    reward = TenantForeignKey("rewards.Reward")
    code = models.CharField(max_length=40, null=True)
    count = models.PositiveIntegerField(null=True)
    usage_limit = models.PositiveIntegerField(null=True)
    used = models.PositiveIntegerField(default=0)
    per_member = models.PositiveIntegerField(null=True)
    members_only = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=160, blank=True)

    prefix = "prm"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("reward", name="promotion_has_its_reward"),
            models.UniqueConstraint(fields=["merchant_id", "code"], name="promotion_code_is_unique"),
            models.CheckConstraint(
                name="promotion_has_one_code_or_many",
                condition=Q(code__isnull=False, count__isnull=True)
                | Q(code__isnull=True, count__isnull=False),
            ),
            # The last guard: whatever races, nobody uses it more often than it may be.
            models.CheckConstraint(
                name="promotion_is_not_used_beyond_its_limit",
                condition=Q(usage_limit__isnull=True) | Q(used__lte=F("usage_limit")),
            ),
        ]

    def __str__(self):
        return self.name


class PromotionCode(TenantModel):
    """That a voucher is a code of a promotion. Never changed."""

    promotion = TenantForeignKey(Promotion)
    voucher = TenantForeignKey("rewards.Voucher")

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("promotion", name="promotion_code_has_its_promotion"),
            Reference("voucher", name="promotion_code_is_a_voucher"),
            models.UniqueConstraint(fields=["merchant_id", "voucher"], name="voucher_is_of_one_promotion"),
        ]
        indexes = [
            # The codes of a promotion, in the order in which they were made.
            models.Index(fields=["merchant_id", "promotion", "id"], name="promotion_code_of_promotion")
        ]


class PromotionUse(TenantModel):
    """One use of a promotion's code. voucher: the single-use code. purchase: None for what was handed over.

    returned_at: since when it does not count any more, because its purchase was given back whole.
    """

    promotion = TenantForeignKey(Promotion)
    voucher = TenantForeignKey("rewards.Voucher", null=True)
    member = TenantForeignKey("members.Member", null=True)
    purchase = TenantForeignKey("programs.Purchase", null=True)
    at = models.DateTimeField(default=clock.now)
    returned_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=160, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("promotion", name="promotion_use_has_its_promotion"),
            Reference("voucher", name="promotion_use_has_its_code"),
            Reference("member", name="promotion_use_has_its_member"),
            Reference("purchase", name="promotion_use_has_its_purchase"),
            models.UniqueConstraint(
                fields=["merchant_id", "voucher"],
                name="promotion_code_is_used_once",
                condition=Q(returned_at__isnull=True),
            ),
        ]
        indexes = [
            # How often a member used a promotion; the uses of one who is merged.
            models.Index(
                fields=["merchant_id", "member", "promotion"],
                name="promotion_use_of_member",
                condition=Q(member__isnull=False),
            ),
            # The uses in a purchase, for its refund.
            models.Index(
                fields=["merchant_id", "purchase"],
                name="promotion_use_in_purchase",
                condition=Q(purchase__isnull=False),
            ),
        ]


class LetterRun(TenantModel):
    """Letters that were written together: a text in one language or more, and for whom. Never changed.

    text: {"de": …, "en": …}. count: how many letters. job_id: the job that makes them, where they are many.
    """

    promotion = TenantForeignKey(Promotion)
    text = models.JSONField()
    count = models.PositiveIntegerField()
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=160, blank=True)

    prefix = "ltr"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("promotion", name="letter_run_has_its_promotion"),
            models.CheckConstraint(name="letter_run_has_letters", condition=Q(count__gte=1)),
        ]
        indexes = [
            # The letters of a promotion.
            models.Index(fields=["merchant_id", "promotion", "id"], name="letter_run_of_promotion")
        ]


class Letter(TenantModel):
    """One letter: to whom, with which code. number: its page, counted from 1. voucher: None until it is made."""

    run = TenantForeignKey(LetterRun)
    number = models.PositiveIntegerField()
    member = TenantForeignKey("members.Member")
    voucher = TenantForeignKey("rewards.Voucher", null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("run", name="letter_has_its_run"),
            Reference("member", name="letter_has_its_member"),
            Reference("voucher", name="letter_has_its_code"),
            models.UniqueConstraint(fields=["merchant_id", "run", "number"], name="letters_are_numbered"),
        ]
        indexes = [
            # The letters of a member who is merged.
            models.Index(fields=["merchant_id", "member"], name="letter_of_member")
        ]
