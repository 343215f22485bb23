"""Who takes part in a coalition, by which terms; and the postings: who owes whom, and for what. Tenant: the operator.

`partner_id` is everywhere the merchant that takes part. By it a partner sees its own rows and no other's.
Rule: docs/rules/coalition.md, "What a partner sees"
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Partner(TenantModel):
    """A merchant in a coalition, from its invitation on. Its status follows from the three moments.

    earn: what its guests get, in the shape of a program's `earn`. redeems: whether it also takes points.
    points_per_month: the most that it may give in a calendar month, or None.
    """

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        ACTIVE = "active", _("Active")
        LEAVING = "leaving", _("Leaving")
        LEFT = "left", _("Has left")

    program = TenantForeignKey("programs.Program")
    partner_id = models.UUIDField()
    earn = models.JSONField()
    redeems = models.BooleanField(default=True)
    points_per_month = models.BigIntegerField(null=True)
    invited_at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True)
    # From then on it neither gives nor takes points. What it gave stays good.
    leaves_at = models.DateTimeField(null=True)

    prefix = "inv"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("program", name="partner_has_its_program"),
            models.UniqueConstraint(
                fields=["merchant_id", "program", "partner_id"], name="partner_once_in_a_program"
            ),
            models.CheckConstraint(
                name="operator_is_not_its_partner", condition=~Q(partner_id=F("merchant_id"))
            ),
            models.CheckConstraint(
                name="partner_leaves_after_it_came",
                condition=Q(leaves_at__isnull=True)
                | Q(accepted_at__isnull=False, leaves_at__gte=F("accepted_at")),
            ),
        ]
        indexes = [
            # The coalitions of a partner.
            models.Index(fields=["merchant_id", "partner_id"], name="partner_in_coalitions")
        ]

    @property
    def status(self):
        return self.status_at(clock.now())

    def status_at(self, moment):
        """What it is at a moment: it takes part while it is active or leaving."""
        if self.accepted_at is None or moment < self.accepted_at:
            return self.Status.INVITED
        if self.leaves_at is None:
            return self.Status.ACTIVE
        return self.Status.LEAVING if moment < self.leaves_at else self.Status.LEFT


class PartnerTerms(TenantModel):
    """A partner's terms from a moment on. Append-only: a purchase earns, and is refunded, by those of its time."""

    invitation = TenantForeignKey(Partner)
    earn = models.JSONField()
    redeems = models.BooleanField()
    since = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=160, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [Reference("invitation", name="terms_have_their_partner")]
        indexes = [
            # The terms of a partner, oldest first.
            models.Index(fields=["merchant_id", "invitation", "since"], name="terms_of_partner")
        ]


class PartnerDoor(models.Model):
    """By which a partner's key finds an operator's scope. Not a tenant's table: it is read before one is known."""

    operator = models.ForeignKey("merchants.Merchant", on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey("merchants.Merchant", on_delete=models.CASCADE, related_name="+")
    program_id = models.UUIDField()
    invitation_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "invitation_id"], name="one_door_per_invitation"),
        ]


class IssuedMonth(TenantModel):
    """How many points a partner with a cap has given in a calendar month. Locked while it gives."""

    invitation = TenantForeignKey(Partner)
    month = models.DateField()
    points = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("invitation", name="issued_month_has_its_partner"),
            models.UniqueConstraint(
                fields=["merchant_id", "invitation", "month"], name="one_count_per_partner_and_month"
            ),
        ]


class PrepaidBlock(TenantModel):
    """Points that a partner has bought beforehand, to give away. Locked while it gives.

    used: may go beyond `points` where `when_used_up` is "alert". alert_below: tell when fewer than that are left.
    """

    class WhenUsedUp(models.TextChoices):
        REFUSE = "refuse"
        ALERT = "alert"

    invitation = TenantForeignKey(Partner)
    # Whose it is, once more: the partner sees its own rows by it.
    partner_id = models.UUIDField()
    points = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    used = models.BigIntegerField(default=0)
    alert_below = models.BigIntegerField(default=0)
    when_used_up = models.CharField(max_length=6, choices=WhenUsedUp, default=WhenUsedUp.REFUSE)
    bought_at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=160, blank=True)

    prefix = "blk"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("invitation", name="block_has_its_partner"),
            models.CheckConstraint(
                name="block_counts_from_nothing",
                condition=Q(points__gt=0, price_minor__gte=0, used__gte=0, alert_below__gte=0),
            ),
            models.CheckConstraint(
                name="block_is_used_up_once",
                condition=Q(when_used_up="alert") | Q(used__lte=F("points")),
            ),
        ]


class Posting(TenantModel):
    """One amount owed by one party to another. Append-only, and the only record of the clearing.

    amount_minor moves from payer to payee, so all rows together sum to zero. It is exact, with parts of a minor unit
    (a month's figures are rounded, and no row); 0 where points are not settled yet: the row then counts the points.
    kind says for what:
    issue: who gave points pays their value into the float. settle: the same, where it is owed only once the points
    are used. redeem: the float pays who gave a reward for them. adjust: points taken away by hand return their value.
    fee: of a settled value, to the operator. is_reversal: takes a part of earlier rows of its kind back.
    """

    class Party(models.TextChoices):
        PARTNER = "partner"
        FLOAT = "float"
        FEE = "fee"

    class Kind(models.TextChoices):
        ISSUE = "issue"
        SETTLE = "settle"
        REDEEM = "redeem"
        ADJUST = "adjust"
        FEE = "fee"

    program = TenantForeignKey("programs.Program")
    entry = TenantForeignKey("programs.Entry")
    lot = TenantForeignKey("programs.Lot")
    kind = models.CharField(max_length=6, choices=Kind)
    is_reversal = models.BooleanField(default=False)
    # The entry whose postings these mirror, where all of it was undone.
    reverses_id = models.UUIDField(null=True)
    payer_kind = models.CharField(max_length=7, choices=Party)
    payer_id = models.UUIDField(null=True)
    payee_kind = models.CharField(max_length=7, choices=Party)
    payee_id = models.UUIDField(null=True)
    points = models.BigIntegerField()
    amount_minor = models.DecimalField(max_digits=40, decimal_places=13)
    at = models.DateTimeField()
    booked_at = models.DateTimeField()

    prefix = "stl"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("program", name="posting_has_its_program"),
            Reference("entry", name="posting_has_its_entry"),
            Reference("lot", name="posting_has_its_lot"),
            models.CheckConstraint(
                name="posting_moves_forward", condition=Q(amount_minor__gte=0, points__gte=0)
            ),
            models.CheckConstraint(
                name="posting_names_its_parties",
                condition=Q(payer_kind="partner", payer_id__isnull=False, payee_id__isnull=True)
                & ~Q(payee_kind="partner")
                | Q(payee_kind="partner", payee_id__isnull=False, payer_id__isnull=True)
                & ~Q(payer_kind="partner"),
            ),
        ]
        indexes = [
            # The settlement of a month.
            models.Index(fields=["merchant_id", "program", "at"], name="posting_in_month"),
            # What was posted for a lot before, for what is posted next.
            models.Index(fields=["merchant_id", "lot"], name="posting_of_lot"),
            # What an entry posted, for its mirror image.
            models.Index(fields=["merchant_id", "entry"], name="posting_of_entry"),
        ]


class Introduction(TenantModel):
    """The name that a member gave at one partner's counter. No other partner reads it."""

    member = TenantForeignKey("members.Member")
    partner_id = models.UUIDField()
    name = models.CharField(max_length=160)
    at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="introduction_has_its_member"),
            models.UniqueConstraint(
                fields=["merchant_id", "partner_id", "member"], name="introduced_once_per_partner"
            ),
        ]
