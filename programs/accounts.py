"""The tables of the books: accounts, entries, lots. Only `programs/ledger.py` writes to them."""

from django.db import models
from django.db.models import F, Q

from loyalty import clock
from loyalty.tenancy.constraints import Reference
from loyalty.tenancy.models import TenantForeignKey, TenantModel


class Account(TenantModel):
    """What one member has in one program: a snapshot of the entries, written in their transaction.

    balance: spendable, never negative. debt: owed after a refund of what was spent; new points pay it first.
    carry: the fraction of a point kept for the next purchase, exact, carry_num / carry_den < 1.
    level: the tier reached, or the plan that is paid for; "" for none. qualifying: what counts towards the next
    tier, true until review_at, when something leaves the window or a grace ends. level_until_at: the grace's end.
    """

    member = TenantForeignKey("members.Member")
    program = TenantForeignKey("programs.Program")
    balance = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)
    carry_num = models.BigIntegerField(default=0)
    carry_den = models.BigIntegerField(default=1)
    lifetime = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    head = models.BinaryField(default=b"")
    last_activity_at = models.DateTimeField(null=True)
    # The next moment at which something happens by itself: a lot is activated, or expires.
    next_due_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=120, blank=True, default="", db_default="")
    level_since_at = models.DateTimeField(null=True)
    level_until_at = models.DateTimeField(null=True)
    qualifying = models.BigIntegerField(default=0, db_default=0)
    # The next moment at which the level is looked at.
    review_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    prefix = "acc"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("member", name="account_has_its_member"),
            Reference("program", name="account_has_its_program"),
            models.UniqueConstraint(
                fields=["merchant_id", "member", "program"], name="one_account_per_program"
            ),
            models.CheckConstraint(
                name="nothing_is_negative", condition=Q(balance__gte=0, pending__gte=0, debt__gte=0)
            ),
            # Debt is paid off before a point can be spent, so the two never stand side by side.
            models.CheckConstraint(name="no_balance_beside_debt", condition=Q(balance=0) | Q(debt=0)),
            models.CheckConstraint(
                name="carry_is_less_than_one", condition=Q(carry_num__gte=0, carry_num__lt=F("carry_den"))
            ),
        ]
        indexes = [
            # What is due: listed across merchants by the scan role, then within a merchant.
            models.Index(fields=["next_due_at"], name="account_due", condition=Q(next_due_at__isnull=False)),
            # Whose level is to be reviewed: listed in the same way.
            models.Index(fields=["review_at"], name="account_review", condition=Q(review_at__isnull=False)),
            # The members of a program, the fullest accounts first.
            models.Index(fields=["merchant_id", "program", "-balance"], name="account_fullest_first"),
        ]


class Entry(TenantModel):
    """One line of the books. Append-only: the runtime may neither change nor delete it.

    amount: change of what can be spent (balance − debt). pending_amount: change of what is pending.
    at: when it happened; booked_at: when it was written. hash: over the row and the hash before it.
    """

    class Kind(models.TextChoices):
        EARN = "earn"
        ACTIVATE = "activate"
        REDEEM = "redeem"
        EXPIRE = "expire"
        REFUND = "refund"
        RESTORE = "restore"
        ADJUST = "adjust"
        TRANSFER_IN = "transfer_in"
        TRANSFER_OUT = "transfer_out"
        MERGE = "merge"

    account = TenantForeignKey(Account)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    amount = models.BigIntegerField()
    pending_amount = models.BigIntegerField(default=0)
    balance_after = models.BigIntegerField()
    at = models.DateTimeField()
    booked_at = models.DateTimeField()
    purchase = TenantForeignKey("programs.Purchase", null=True)
    refund = TenantForeignKey("programs.Refund", null=True)
    # A redemption lies a floor higher, and refers to its entry; this is the way back.
    redemption_id = models.UUIDField(null=True)
    # In a coalition: the merchant at which it happened. None: at the program's own.
    partner_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=160, blank=True)
    hash = models.BinaryField()

    prefix = "ent"

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("account", name="entry_has_its_account"),
            Reference("purchase", name="entry_has_its_purchase"),
            Reference("refund", name="entry_has_its_refund"),
            models.UniqueConstraint(fields=["merchant_id", "account", "number"], name="entries_are_numbered"),
        ]
        indexes = [
            # What a purchase gave and lost.
            models.Index(
                fields=["merchant_id", "purchase"],
                name="entry_of_purchase",
                condition=Q(purchase__isnull=False),
            ),
            # First figures: what was issued and redeemed in a period.
            models.Index(fields=["merchant_id", "at", "kind"], name="entry_in_period"),
        ]


class Lot(TenantModel):
    """What is left of one earning. Lots that expire first are used first; those that never expire, last.

    issuer_id, price: in a coalition, the merchant that gave the points, and what it owes for each, in minor units;
    frozen when they were given.
    """

    account = TenantForeignKey(Account)
    entry = TenantForeignKey(Entry)
    purchase_id = models.UUIDField(null=True)
    version_id = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    issued_at = models.DateTimeField()
    # Pending until then; None once it is spendable.
    available_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    issuer_id = models.UUIDField(null=True)
    price = models.DecimalField(max_digits=18, decimal_places=8, null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("account", name="lot_has_its_account"),
            Reference("entry", name="lot_has_its_entry"),
            models.CheckConstraint(
                name="lot_holds_what_is_left", condition=Q(remaining__gte=0, remaining__lte=F("amount"))
            ),
        ]
        indexes = [
            # Open lots of an account, for spending and for what expires when.
            models.Index(
                fields=["merchant_id", "account", "expires_at"], name="lot_open", condition=Q(remaining__gt=0)
            ),
            # The lots that a purchase made, for its refund.
            models.Index(
                fields=["merchant_id", "purchase_id"],
                name="lot_of_purchase",
                condition=Q(purchase_id__isnull=False),
            ),
        ]


class LotUse(TenantModel):
    """What an entry took out of a lot (positive) or put back (negative). Append-only.

    A lot's remaining is its amount less the sum of its uses; that is what makes a reversal exact.
    """

    lot = TenantForeignKey(Lot)
    entry = TenantForeignKey(Entry)
    amount = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("lot", name="use_has_its_lot"),
            Reference("entry", name="use_has_its_entry"),
            models.CheckConstraint(name="use_moves_something", condition=~Q(amount=0)),
        ]
        indexes = [
            models.Index(fields=["merchant_id", "entry"], name="use_of_entry"),  # Reversal of an entry.
            models.Index(fields=["merchant_id", "lot"], name="use_of_lot"),  # Recomputation of a lot.
        ]


class Unlock(TenantModel):
    """A reward that a full card has earned, and whether it was taken. It is taken once, without further cost.

    entry: the entry that paid the card's stamps (`carry`), None where nothing was paid.
    cost: what is still to be paid when it is taken (`cap`: the full card; a reward on the way: nothing).
    position: at how many stamps it was reached; below that a refund withdraws it.
    as_voucher: it is handed out at once, without being asked for. level: the tier whose entry reward it is.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        TAKEN = "taken"
        WITHDRAWN = "withdrawn"

    account = TenantForeignKey(Account)
    member_id = models.UUIDField()
    reward = TenantForeignKey("rewards.Reward", null=True)
    entry = TenantForeignKey(Entry, null=True)
    purchase_id = models.UUIDField(null=True)
    cost = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    as_voucher = models.BooleanField(default=False, db_default=False)
    level = models.CharField(max_length=120, blank=True, default="", db_default="")
    at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    redemption_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("account", name="unlock_has_its_account"),
            Reference("reward", name="unlock_has_its_reward"),
            Reference("entry", name="unlock_has_its_entry"),
            models.CheckConstraint(
                name="unlock_is_taken_by_a_redemption",
                condition=Q(status="taken", redemption_id__isnull=False) | ~Q(status="taken"),
            ),
            models.UniqueConstraint(
                fields=["merchant_id", "redemption_id"], name="redemption_takes_one_unlock"
            ),
        ]
        indexes = [
            # What a member may take now.
            models.Index(
                fields=["merchant_id", "account", "at"], name="unlock_open", condition=Q(status="open")
            ),
            # What a member was handed out unasked.
            models.Index(
                fields=["merchant_id", "member_id"], name="unlock_handed_out", condition=Q(as_voucher=True)
            ),
            # What is to be handed out at once.
            models.Index(
                fields=["merchant_id", "at"],
                name="unlock_to_issue",
                condition=Q(status="open", as_voucher=True),
            ),
        ]


class LevelChange(TenantModel):
    """A level that an account came to, or left. Append-only: what the customer was, and when."""

    account = TenantForeignKey(Account)
    before = models.CharField(max_length=120, blank=True)
    after = models.CharField(max_length=120, blank=True)
    # reached, lost, period_ended, refunded, program_changed, paid, unpaid, cancelled
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()
    purchase_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            Reference("account", name="level_change_has_its_account"),
            models.CheckConstraint(name="level_change_changes_the_level", condition=~Q(before=F("after"))),
        ]
        indexes = [
            # The levels of an account, the latest first.
            models.Index(fields=["merchant_id", "account", "-at"], name="level_change_of_account")
        ]
