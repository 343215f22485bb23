"""Merchants and who acts for them: locations, staff, devices at the counter, API keys, the audit log."""

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty import clock, ids
from loyalty.tenancy.models import TenantModel


class Language(models.TextChoices):
    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")


class Merchant(models.Model):
    """The tenant. A reference table: readable before a scope is known, e.g. by its slug on the poster."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    tagline = models.CharField(max_length=160, blank=True)
    email = models.EmailField()
    contact_name = models.CharField(max_length=120, blank=True)
    legal_name = models.CharField(max_length=160, blank=True)
    legal_address = models.CharField(max_length=240, blank=True)
    imprint_url = models.URLField(blank=True)
    privacy_url = models.URLField(blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=Language, default=Language.GERMAN)
    informal = models.BooleanField(default=False, help_text="Says du instead of Sie, everywhere.")
    colour = models.CharField(max_length=7, default="#1F4B3F")
    # Computed from the colour when it is saved, so that every page, mail and print uses the same tested values.
    palette = models.JSONField(default=dict)
    motif = models.CharField(max_length=20, default="star")
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=40, blank=True)
    is_sandbox = models.BooleanField(default=False)
    clock_at = models.DateTimeField(null=True)
    # New with each change of a program or rule: what is cached under it is never stale, nor rolled back.
    catalogue_version = models.UUIDField(default=ids.new)
    created_at = models.DateTimeField()

    prefix = "mer"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="only_a_sandbox_has_a_clock",
                condition=models.Q(is_sandbox=True, clock_at__isnull=False)
                | models.Q(is_sandbox=False, clock_at__isnull=True),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def public_id(self):
        return ids.public(self.prefix, self.id)


class Membership(models.Model):
    """Which merchants a signed-in person may enter. Read before a scope is known; the staff row says the rest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="memberships")
    staff_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "merchant"], name="one_membership_per_person")]


class ApiKey(models.Model):
    """A merchant's key. Only its hash is kept; found by it before a scope is known."""

    class Scope(models.TextChoices):
        READ = "read"
        COUNTER = "counter"
        ADMIN = "admin"

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    prefix = "key"

    @property
    def public_id(self):
        return ids.public(self.prefix, self.id)


class Device(models.Model):
    """A tablet or phone at a counter, let in once by the owner. Found by the hash of its cookie."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="devices")
    location_id = models.UUIDField()
    name = models.CharField(max_length=120)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Location(TenantModel):
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "loc"

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant_id", "name"], name="location_name_is_unique")
        ]

    def __str__(self):
        return self.name


class Staff(TenantModel):
    """A person who works here. Owners and managers also sign in with a password; at the counter a PIN is enough."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        CASHIER = "cashier", _("Counter")

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role)
    pin_hash = models.CharField(max_length=128, blank=True)
    failed_pins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True)

    prefix = "stf"

    class Meta(TenantModel.Meta):
        verbose_name_plural = "staff"

    def __str__(self):
        return self.name

    def set_pin(self, pin):
        self.pin_hash = make_password(pin)

    def has_pin(self, pin):
        return check_password(pin, self.pin_hash)


class AuditEntry(TenantModel):
    """Who changed what, when. Append-only."""

    actor = models.CharField(max_length=160)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        indexes = [
            # The audit page: the newest first.
            models.Index(fields=["merchant_id", "-at"], name="audit_newest_first")
        ]


class IdempotencyRecord(TenantModel):
    """The first answer to a request, kept for its repetitions (see loyalty/rest/idempotency.py)."""

    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    content_type = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant_id", "key"], name="idempotency_key_used_once")
        ]
