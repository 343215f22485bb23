"""Members: who takes part, by which card, and what they have allowed. Personal data lives here and nowhere else."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Member(TenantModel):
    class Status(models.TextChoices):
        ACTIVE = "active"
        MERGED = "merged"
        ERASED = "erased"

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    number = models.CharField(max_length=8)
    # A company has people of its own, see members/contacts.
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERSON, db_default=Kind.PERSON)
    name = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    # Lower case, for looking up and for uniqueness. A function index on lower(email) is not used behind row
    # security, because lower() is not leakproof.
    email_key = models.CharField(max_length=254, null=True)
    phone = models.CharField(max_length=20, null=True)
    birthday = models.DateField(null=True)
    language = models.CharField(max_length=2)
    timezone = models.CharField(max_length=64)
    external_id = models.CharField(max_length=255, null=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    merged_into = TenantForeignKey("self", null=True)
    joined_at = models.DateTimeField(default=clock.now)
    joined_at_location = TenantForeignKey("merchants.Location", null=True)
    # Who brought them, as it was said when they joined; members/referring.py follows merges.
    referred_by = TenantForeignKey("self", null=True)
    # Counted up with each visit so that lists need not count purchases.
    visits = models.PositiveIntegerField(default=0)
    last_visit_at = models.DateTimeField(null=True)

    prefix = "mem"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("merged_into", name="member_is_merged_into_a_member"),
            Reference("joined_at_location", name="member_joined_at_a_location"),
            Reference("referred_by", name="member_was_brought_by_a_member"),
            models.CheckConstraint(name="nobody_brings_themselves", condition=~Q(referred_by=F("id"))),
            models.UniqueConstraint(fields=["merchant_id", "number"], name="member_number_is_unique"),
            models.UniqueConstraint(fields=["merchant_id", "email_key"], name="member_email_is_unique"),
            models.UniqueConstraint(fields=["merchant_id", "phone"], name="member_phone_is_unique"),
            models.UniqueConstraint(
                fields=["merchant_id", "external_id"], name="member_external_id_is_unique"
            ),
        ]
        indexes = [
            # The members' list: last seen first.
            models.Index(fields=["merchant_id", "-last_visit_at"], name="member_last_seen_first"),
            # First figures: who joined in a period.
            models.Index(fields=["merchant_id", "joined_at"], name="member_joined_in_period"),
            # A merge: whom the merged member has brought.
            models.Index(
                fields=["merchant_id", "referred_by"],
                name="member_brought_by",
                condition=Q(referred_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name or self.number

    @property
    def spoken_number(self):
        """ "48217390" → "4821 7390", as it stands on the card."""
        return f"{self.number[:4]} {self.number[4:]}"


class CardToken(models.Model):
    """The secret in a card's QR code. Not a tenant's table: it is what tells whose scope to open."""

    token = models.CharField(max_length=32, primary_key=True)
    merchant = models.ForeignKey("merchants.Merchant", on_delete=models.CASCADE, related_name="+")
    member_id = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # The card of a member.
            models.Index(fields=["merchant", "member_id"], name="card_of_a_member")
        ]


class Consent(TenantModel):
    """What a member allowed or took back, and how we know. Append-only; the latest row of a purpose holds."""

    class Purpose(models.TextChoices):
        EMAIL_MARKETING = "email_marketing", _("News and offers by e-mail")
        SMS_MARKETING = "sms_marketing", _("News and offers by text message")
        PROFILING = "profiling", _("Offers that fit your purchases")

    member = TenantForeignKey(Member)
    purpose = models.CharField(max_length=20, choices=Purpose)
    given = models.BooleanField()
    # False until the link in the mail was followed (double opt-in). A withdrawal needs no confirmation.
    confirmed = models.BooleanField()
    at = models.DateTimeField(default=clock.now)
    evidence = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="consent_has_its_member"),
            models.CheckConstraint(
                name="withdrawal_needs_no_confirmation", condition=Q(given=True) | Q(confirmed=True)
            ),
        ]
        indexes = [
            # The latest word on each purpose.
            models.Index(fields=["merchant_id", "member", "purpose", "-at"], name="consent_latest_word")
        ]


class SignInCode(TenantModel):
    """Six digits sent to a known address, for a card that is wanted on another phone."""

    member = TenantForeignKey(Member)
    code_hash = models.CharField(max_length=128)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [Reference("member", name="sign_in_code_has_its_member")]
        indexes = [
            # The newest code of a member.
            models.Index(fields=["merchant_id", "member", "-sent_at"], name="sign_in_code_newest")
        ]
