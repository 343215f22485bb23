"""Gift cards and their books: what is on each, and every change of it."""

from django.db import models
from django.db.models import F, Q

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class GiftCard(TenantModel):
    """A code with money on it. It belongs to whoever has the code; `member` is who it was given to, if that is known.

    balance_minor: a snapshot of the entries, written in their transaction under the lock on this row.
    entries: how many there are. reward, redemption: what it was given for, where it was not bought.
    """

    code = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    initial_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    member = TenantForeignKey("members.Member", null=True)
    reward = TenantForeignKey("rewards.Reward", null=True)
    redemption = TenantForeignKey("rewards.Redemption", null=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "gft"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="gift_card_has_its_member"),
            Reference("reward", name="gift_card_has_its_reward"),
            Reference("redemption", name="gift_card_has_its_redemption"),
            models.UniqueConstraint(fields=["merchant_id", "code"], name="gift_card_code_is_unique"),
            models.UniqueConstraint(
                fields=["merchant_id", "redemption"], name="one_gift_card_per_redemption"
            ),
            # The last guard: whatever races, nobody spends what is not there.
            models.CheckConstraint(name="gift_card_is_never_below_zero", condition=Q(balance_minor__gte=0)),
            models.CheckConstraint(name="gift_card_is_worth_something", condition=Q(initial_minor__gt=0)),
            models.CheckConstraint(
                name="void_gift_card_holds_nothing",
                condition=Q(voided_at__isnull=True) | Q(balance_minor=0),
            ),
        ]
        indexes = [
            # The gift cards of a member, and their moving to another.
            models.Index(
                fields=["merchant_id", "member"],
                name="gift_card_of_member",
                condition=Q(member__isnull=False),
            ),
        ]

    @property
    def is_void(self):
        return self.voided_at is not None

    def is_expired(self, at):
        """Whether it can no longer be spent at a moment. Exactly at its end it cannot."""
        return self.expires_at is not None and self.expires_at <= at


class GiftCardEntry(TenantModel):
    """One line of a gift card's books. Append-only: the runtime may neither change nor delete it.

    amount_minor: what it changes, negative for what leaves the card. number: counted from 1 on each card.
    purchase: what was paid with it. refund: for what the money came back.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue"
        TOP_UP = "top_up"
        CHARGE = "charge"
        REFUND = "refund"
        VOID = "void"

    gift_card = TenantForeignKey(GiftCard)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    amount_minor = models.BigIntegerField()
    balance_after_minor = models.BigIntegerField()
    at = models.DateTimeField()
    purchase = TenantForeignKey("programs.Purchase", null=True)
    refund = TenantForeignKey("programs.Refund", null=True)
    actor = models.CharField(max_length=160, blank=True)

    prefix = "ent"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("gift_card", name="gift_card_entry_has_its_card"),
            Reference("purchase", name="gift_card_entry_has_its_purchase"),
            Reference("refund", name="gift_card_entry_has_its_refund"),
            models.UniqueConstraint(
                fields=["merchant_id", "gift_card", "number"], name="gift_card_entries_are_numbered"
            ),
            models.CheckConstraint(
                name="gift_card_entry_moves_money_its_way",
                condition=Q(kind__in=["issue", "top_up", "refund"], amount_minor__gt=0)
                | Q(kind="charge", amount_minor__lt=0)
                | Q(kind="void", amount_minor__lte=0),
            ),
            models.CheckConstraint(
                name="gift_card_entry_leaves_nothing_below_zero",
                condition=Q(balance_after_minor__gte=0) & (~Q(kind="void") | Q(balance_after_minor=0)),
            ),
            models.CheckConstraint(
                name="gift_card_begins_with_its_issue",
                condition=Q(number=1, kind="issue", balance_after_minor=F("amount_minor"))
                | Q(number__gt=1) & ~Q(kind="issue"),
            ),
        ]
        indexes = [
            # What gift cards paid of a purchase, for its answer and its refund.
            models.Index(
                fields=["merchant_id", "purchase"],
                name="gift_card_entry_of_purchase",
                condition=Q(purchase__isnull=False),
            ),
        ]
