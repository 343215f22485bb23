"""Given outside of purchases, once for each occasion; budgets of rules; corrections that wait for a second person."""

from django.db import models
from django.db.models import F, Q

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Bonus(TenantModel):
    """What a rule gave a member for an occasion other than an own purchase, at most once while it stands.

    occasion: what it was for, e.g. "birthday:2026", "referral:<member id>", "code:<code>", "custom:<external id>".
    purchase: the friend's first one, for a referral; when that is returned the bonus is taken back (withdrawn_at).
    """

    account = TenantForeignKey("programs.Account")
    rule_id = models.UUIDField(null=True)
    occasion = models.CharField(max_length=320)
    amount = models.BigIntegerField()
    entry = TenantForeignKey("programs.Entry", null=True)
    purchase_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("account", name="bonus_has_its_account"),
            Reference("entry", name="bonus_has_its_entry"),
            models.UniqueConstraint(
                fields=["merchant_id", "account", "rule_id", "occasion"],
                name="bonus_given_once_per_occasion",
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="bonus_gives_something_or_nothing", condition=Q(amount__gte=0)),
        ]
        indexes = [
            # What a purchase brought to others, for its refund.
            models.Index(
                fields=["merchant_id", "purchase_id"],
                name="bonus_of_purchase",
                condition=Q(purchase_id__isnull=False),
            ),
            # What a rule gave an account before, for its limits.
            models.Index(fields=["merchant_id", "account", "-at"], name="bonus_of_account"),
        ]


class RuleBudget(TenantModel):
    """How much a rule with a limit for all members together (`limit.total`) has given. Locked while it gives."""

    rule = TenantForeignKey("programs.Rule")
    given = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("rule", name="budget_has_its_rule"),
            models.UniqueConstraint(fields=["merchant_id", "rule"], name="one_budget_per_rule"),
            models.CheckConstraint(name="budget_is_not_negative", condition=Q(given__gte=0)),
        ]


class AdjustmentProposal(TenantModel):
    """A correction above the program's limit: it waits for a second person, who approves or declines it."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        DECLINED = "declined"

    member = TenantForeignKey("members.Member")
    program = TenantForeignKey("programs.Program")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField(default=clock.now)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)
    entry = TenantForeignKey("programs.Entry", null=True)

    prefix = "adj"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="proposal_has_its_member"),
            Reference("program", name="proposal_has_its_program"),
            Reference("entry", name="proposal_has_its_entry"),
            models.CheckConstraint(
                name="proposal_is_decided_by_a_second_person",
                condition=Q(status="waiting") | ~Q(decided_by=F("proposed_by")) | Q(status="declined"),
            ),
            models.CheckConstraint(
                name="approved_proposal_has_its_entry",
                condition=~Q(status="approved") | Q(entry__isnull=False),
            ),
        ]
        indexes = [
            # What waits for a second person.
            models.Index(
                fields=["merchant_id", "proposed_at"], name="proposal_waiting", condition=Q(status="waiting")
            )
        ]
