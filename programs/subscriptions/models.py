"""Subscriptions, who sits along on them, what was paid for them, and what Stripe has told of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Subscription(TenantModel):
    """One member's plan in a paid VIP program, from its first day to its end.

    price_minor, interval: of the plan as it was when it began; a change of the program does not change them.
    period: which one is running, counted from 1; 0 during a trial. paid_through: the last one that is paid.
    covers: benefits hold now. anchor_on: the day from which renewals are counted. days_left: of the period, while it
    is paused. next_due_at: when something happens by itself. stripe_at, stripe_status, stripe_period_at: the last event
    that was followed, and the status and the period's start that it told.
    """

    class Payment(models.TextChoices):
        COUNTER = "counter", _("At the counter")
        STRIPE = "stripe", _("Online")

    class Status(models.TextChoices):
        # Its first payment is under way at Stripe.
        PENDING = "pending", _("Waiting for the first payment")
        TRIALING = "trialing", _("Trial")
        ACTIVE = "active", _("Active")
        PAST_DUE = "past_due", _("Fee is due")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Cancelled")
        ENDED = "ended", _("Ended")

    member = TenantForeignKey("members.Member")
    account = TenantForeignKey("programs.Account")
    program = TenantForeignKey("programs.Program")
    version = TenantForeignKey("programs.ProgramVersion")
    plan = models.CharField(max_length=120)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=5)
    payment = models.CharField(max_length=7, choices=Payment)
    status = models.CharField(max_length=9, choices=Status)
    covers = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=clock.now)
    anchor_on = models.DateField()
    period = models.PositiveIntegerField(default=0)
    paid_through = models.PositiveIntegerField(default=0)
    period_starts_at = models.DateTimeField()
    period_ends_at = models.DateTimeField()
    grace_until_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    days_left = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    stripe_session = models.CharField(max_length=255, null=True)
    stripe_customer = models.CharField(max_length=255, null=True)
    stripe_subscription = models.CharField(max_length=255, null=True)
    stripe_status = models.CharField(max_length=20, blank=True)
    stripe_period_at = models.DateTimeField(null=True)
    stripe_at = models.DateTimeField(null=True)

    prefix = "sub"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="subscription_has_its_member"),
            Reference("account", name="subscription_has_its_account"),
            Reference("program", name="subscription_has_its_program"),
            Reference("version", name="subscription_has_its_version"),
            models.UniqueConstraint(
                fields=["merchant_id", "member", "program"],
                name="one_living_subscription_per_program",
                condition=~Q(status="ended"),
            ),
            models.UniqueConstraint(
                fields=["merchant_id", "stripe_subscription"], name="stripe_subscription_is_of_one"
            ),
            models.CheckConstraint(
                name="subscription_ends_with_its_benefits",
                condition=~Q(status="ended") | Q(covers=False, ended_at__isnull=False, next_due_at=None),
            ),
            models.CheckConstraint(
                name="period_ends_after_it_starts", condition=Q(period_ends_at__gt=F("period_starts_at"))
            ),
        ]
        indexes = [
            # What is due: listed across merchants by the scan role, then within a merchant.
            models.Index(
                fields=["next_due_at"], name="subscription_due", condition=Q(next_due_at__isnull=False)
            ),
            # The subscriptions of a member.
            models.Index(fields=["merchant_id", "member"], name="subscription_of_member"),
        ]


class Seat(TenantModel):
    """Somebody beside the payer: a person or a pet. member: whose card then has the benefits, too."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        PET = "pet", _("Pet")

    subscription = TenantForeignKey(Subscription)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.PERSON)
    member = TenantForeignKey("members.Member", null=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "seat"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("subscription", name="seat_is_on_a_subscription"),
            Reference("member", name="seat_is_a_members"),
            models.UniqueConstraint(
                fields=["merchant_id", "subscription", "member"], name="member_sits_once_on_a_subscription"
            ),
            models.CheckConstraint(name="pet_has_no_card", condition=Q(kind="person") | Q(member=None)),
        ]
        indexes = [
            # On whose subscriptions a member sits.
            models.Index(
                fields=["merchant_id", "member"], name="seat_of_member", condition=Q(member__isnull=False)
            )
        ]


class Payment(TenantModel):
    """A fee that was paid for one period. Append-only. external_id: the sender's own, or Stripe's invoice."""

    subscription = TenantForeignKey(Subscription)
    period = models.PositiveIntegerField()
    period_starts_on = models.DateField()
    amount_minor = models.BigIntegerField()
    method = models.CharField(max_length=7, choices=Subscription.Payment)
    at = models.DateTimeField()
    actor = models.CharField(max_length=160, blank=True)
    external_id = models.CharField(max_length=255, null=True)

    prefix = "pay"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("subscription", name="payment_is_of_a_subscription"),
            models.UniqueConstraint(
                fields=["merchant_id", "subscription", "period"], name="fee_taken_once_per_period"
            ),
            models.UniqueConstraint(fields=["merchant_id", "external_id"], name="fee_taken_once_per_id"),
            models.CheckConstraint(name="fee_is_not_negative", condition=Q(amount_minor__gte=0)),
        ]


class StripeAccount(TenantModel):
    """A merchant's own account at Stripe: its id is the merchant's, so that there is one.

    Both secrets are sealed: the database alone opens nothing.
    """

    secret_key = models.TextField()
    webhook_secret = models.TextField()
    key_hint = models.CharField(max_length=8)
    changed_at = models.DateTimeField(default=clock.now)


class StripeEvent(TenantModel):
    """An event that Stripe has delivered: each is followed once. Append-only."""

    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant_id", "event_id"], name="stripe_event_followed_once")
        ]
