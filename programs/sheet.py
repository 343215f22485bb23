"""One account's open page in the books: what may happen to it, and what each happening writes. Pure.

A Sheet is opened and saved by `programs/ledger.py`, which holds the account's lock in between. Every verb keeps:
balance = what is left in spendable lots; pending = what is left in pending lots; balance − debt + pending = the
sum of all entries; debt is paid before anything can be spent. Rule: docs/rules.md, "The books".
What moves between two accounts: docs/rules/moving.md, "Transfers" and "Merges".
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty import ids
from loyalty.errors import Refused
from programs import lots as using
from programs.lots import OpenLot

# What the member has not done: it happens by itself, or in the books alone.
NO_ACTIVITY = ("activate", "expire", "merge")


class InsufficientBalance(Refused):
    code = "insufficient_balance"
    sentence = _("The balance is not enough: %(balance)s there, %(cost)s needed, %(missing)s missing.")


@dataclass(slots=True)
class NewEntry:
    """A line to be written. `uses`: [(lot, what it took from it; negative: put back)]."""

    id: UUID
    number: int
    kind: str
    amount: int
    pending_amount: int
    balance_after: int
    at: datetime
    source: "Source"
    uses: list[tuple[OpenLot, int]] = field(default_factory=list)
    # The entry that it takes back, where it is a reversal.
    reverses_id: UUID | None = None


@dataclass(slots=True, frozen=True)
class Source:
    """Where an entry comes from: ids of what caused it, who did it, and why."""

    purchase_id: UUID | None = None
    refund_id: UUID | None = None
    redemption_id: UUID | None = None
    version_id: UUID | None = None
    reason: str = ""
    actor: str = ""


@dataclass(slots=True)
class Sheet:
    """The figures of an account (see programs.accounts.Account), its lots as far as they are needed, new entries."""

    id: UUID
    member_id: UUID
    program_id: UUID
    balance: int = 0
    pending: int = 0
    debt: int = 0
    carry: Fraction = Fraction(0)
    lifetime: int = 0
    entry_count: int = 0
    head: bytes = b""
    last_activity_at: datetime | None = None
    next_due_at: datetime | None = None
    # The balance up to which rewards were unlocked (programs.unlocking.unlock): it falls with the balance, but
    # does not rise with it.
    unlocked_to: int = 0
    # The account's level and what counts towards the next (see programs.accounts.Account); programs/reviewing.py
    # and the program types' own modules change them.
    level: str = ""
    level_since_at: datetime | None = None
    level_until_at: datetime | None = None
    qualifying: int = 0
    review_at: datetime | None = None
    # A program that has ended: until then its points can be spent, then all that is left expires.
    closes_at: datetime | None = None
    lots: dict[UUID, OpenLot] = field(default_factory=dict)
    has_all_lots: bool = True
    entries: list[NewEntry] = field(default_factory=list)
    # What became unlocked while the account was settled; saved with its entries.
    unlocks: list = field(default_factory=list)
    is_new: bool = False
    is_changed: bool = False

    @property
    def spendable(self):
        """Balance less debt: what the member is shown. Negative where more was spent than deserved."""
        return self.balance - self.debt

    def earn(self, amount, *, at, source, available_at=None, expires_at=None, kind="earn"):
        """Add a lot of `amount` > 0. Pending until `available_at` where that is set. Debt is paid from it first."""
        is_pending = available_at is not None
        entry = self._write(kind, at, source, *((0, amount) if is_pending else (amount, 0)))
        lot = OpenLot(
            ids.new(), self.id, amount, amount, at, available_at, expires_at, entry.id,
            purchase_id=source.purchase_id, version_id=source.version_id, is_new=True,
        )  # fmt: skip
        self.lots[lot.id] = lot
        if kind == "earn":
            self.lifetime += amount
        if is_pending:
            self.pending += amount
        else:
            self._make_spendable(lot, amount, entry)
        self._look_ahead(at_latest=available_at or self._end_of(lot))
        return entry

    def burn(self, amount, *, at, source, kind="redeem"):
        """Take `amount` > 0 out of the spendable lots. Raises InsufficientBalance, having changed nothing."""
        if amount > self.balance:
            raise InsufficientBalance(balance=self.spendable, cost=amount, missing=amount - self.spendable)
        entry = self._write(kind, at, source, amount=-amount)
        self._use(using.take(self._spendable_lots(), amount), entry)
        self._lower(amount)
        self._look_ahead()
        return entry

    def take_back(self, amount, *, of_purchase, at, source, forgive=False):
        """Take back up to `amount` points that a purchase no longer deserves; return how many were.

        First from the lots that the purchase made, then from the others. What is still missing becomes debt, or
        with `forgive` is written off. Points lost to expiry must be left out of `amount` by the caller.
        """
        own = [lot for lot in self.lots.values() if lot.purchase_id == of_purchase]
        pending = using.take([lot for lot in own if lot.is_pending], amount)
        from_pending = sum(part for _lot, part in pending)
        own_first = using.in_order_of_use(lot for lot in own if not lot.is_pending) + [
            lot for lot in self._spendable_lots() if lot.purchase_id != of_purchase
        ]
        spendable = using.take(own_first, amount - from_pending)
        from_balance = sum(part for _lot, part in spendable)
        debt = 0 if forgive else amount - from_pending - from_balance
        taken = from_pending + from_balance + debt
        if taken == 0:
            return 0
        entry = self._write("refund", at, source, amount=-(from_balance + debt), pending_amount=-from_pending)
        self._use(pending + spendable, entry)
        self.pending -= from_pending
        self._lower(from_balance)
        self.debt += debt
        self._look_ahead()
        return taken

    def restore(self, uses, *, at, source):
        """Put points back into the lots they came from: uses [(lot, amount)]. Debt is paid from them first."""
        entry = self._write("restore", at, source, amount=sum(part for _lot, part in uses))
        for lot, part in uses:
            lot.remaining += part
            lot.is_changed = True
            entry.uses.append((lot, -part))
            self._make_spendable(lot, part, entry)
        self._look_ahead()
        return entry

    def adjust(self, amount, *, at, source, expires_at=None):
        """Correct by hand, up or down; down at most to zero (InsufficientBalance)."""
        if amount > 0:
            return self.earn(amount, at=at, source=source, expires_at=expires_at, kind="adjust")
        return self.burn(-amount, at=at, source=source, kind="adjust")

    def hand_over(self, amount, to, *, at, source, received):
        """Give `amount` > 0 of what can be spent to another account of the program, in lots that keep their dates.

        source, received: of the entry here and of the one there. A lot there is of no purchase: what was given away
        was spent. Debt there is paid first, and it does not count as earned. Returns both entries.
        Raises InsufficientBalance, having changed nothing.
        """
        given = self.burn(amount, at=at, source=source, kind="transfer_out")
        return given, to._receive(given.uses, at, received)

    def merge_into(self, survivor, *, at, source):
        """Move everything to the account of the member into whom this one's is merged: points, debt, fraction.

        The lots themselves move, with their purchases and dates, so that refunds and reversals find them there.
        Debt on either side is paid from the points of the other. The fractions may add up to whole points.
        """
        if not (self.has_all_lots and survivor.has_all_lots):
            raise LookupError("accounts are merged with all their open lots at hand")
        survivor.lots |= self.lots
        for lot in self.lots.values():
            lot.account_id, lot.is_changed = survivor.id, True
        if self.spendable or self.pending:
            moved = {"amount": self.spendable, "pending_amount": self.pending}
            left = self._write("merge", at, source, **{name: -figure for name, figure in moved.items()})
            survivor._take_in(self, left, survivor._write("merge", at, source, **moved))
        survivor.carry += self.carry
        survivor.lifetime += self.lifetime
        times = [one for one in (self.last_activity_at, survivor.last_activity_at) if one]
        survivor.last_activity_at = max(times, default=None)
        self.lots, self.carry, self.unlocked_to = {}, Fraction(0), 0
        self.is_changed = survivor.is_changed = True
        self._look_ahead()
        survivor._look_ahead()

    def keep_alive(self, expires_at):
        """Activity in a program whose points expire by inactivity: what is there lasts until then, at least."""
        for lot in self.lots.values():
            if lot.remaining and lot.expires_at is not None and lot.expires_at < expires_at:
                lot.expires_at, lot.is_changed = expires_at, True
                self.is_changed = True
        self._look_ahead()

    def settle(self, now, after=None):
        """Let happen what is due up to and including `now`, in the order of the due moments. Needs all open lots.

        after: called with the sheet and each of these moments, when it has happened.
        """
        while self.next_due_at is not None and self.next_due_at <= now:
            if not self.has_all_lots:
                raise LookupError("an account is settled with all its open lots at hand")
            moment = self.next_due_at
            due = [lot for lot in self.lots.values() if lot.is_pending and lot.available_at <= moment]
            for lot in [lot for lot in due if lot.remaining]:
                self._activate(lot)
            self._expire(moment)
            if after:
                after(self, moment)
            self._look_ahead()
            # Also where nothing happened: or the account would be looked at for ever.
            self.is_changed = True

    def _receive(self, uses, at, source):
        entry = self._write("transfer_in", at, source, amount=sum(part for _lot, part in uses))
        for theirs, part in uses:
            lot = replace(
                theirs, id=ids.new(), account_id=self.id, amount=part, remaining=part, entry_id=entry.id,
                purchase_id=None, is_new=True, is_changed=False,
            )  # fmt: skip
            self.lots[lot.id] = lot
            self._make_spendable(lot, part, entry)
        dates = [lot.expires_at for lot, _part in uses if lot.expires_at]
        self._look_ahead(at_latest=min(dates, default=None))
        return entry

    def _take_in(self, merged, left, entered):
        """The lots, figures and debt of a merged account; `left` and `entered` are the entries that tell of it."""
        for lot in merged.lots.values():
            if lot.remaining:
                left.uses.append((lot, lot.remaining))
                entered.uses.append((lot, -lot.remaining))
        # What a card was rewarded for on one of the two is not rewarded again on the other.
        self.unlocked_to = max(self.unlocked_to, merged.unlocked_to)
        self.balance, self.pending = self.balance + merged.balance, self.pending + merged.pending
        debt = self.debt + merged.debt
        merged.balance = merged.pending = merged.debt = 0
        paid = min(self.balance, debt)
        self._use(using.take(self._spendable_lots(), paid), entered)
        self._lower(paid)
        self.debt = debt - paid

    def _activate(self, lot):
        entry = self._write(
            "activate", lot.available_at, Source(purchase_id=lot.purchase_id),
            amount=lot.remaining, pending_amount=-lot.remaining,
        )  # fmt: skip
        lot.available_at, lot.is_changed = None, True
        self.pending -= lot.remaining
        self._make_spendable(lot, lot.remaining, entry)

    def _expire(self, moment):
        ends = ((lot, self._end_of(lot)) for lot in self._spendable_lots())
        gone = [lot for lot, end in ends if end is not None and end <= moment]
        amount = sum(lot.remaining for lot in gone)
        if amount:
            entry = self._write("expire", moment, Source(), amount=-amount)
            self._use([(lot, lot.remaining) for lot in gone], entry)
            self._lower(amount)

    def _make_spendable(self, lot, amount, entry):
        paid = min(self.debt, amount)
        if paid:
            self._use([(lot, paid)], entry)
        self.debt -= paid
        self.balance += amount - paid

    def _lower(self, amount):
        self.balance -= amount
        self.unlocked_to = min(self.unlocked_to, self.balance)

    def _use(self, parts, entry):
        for lot, part in parts:
            lot.remaining -= part
            lot.is_changed = True
            entry.uses.append((lot, part))

    def _spendable_lots(self):
        return using.in_order_of_use(
            lot for lot in self.lots.values() if lot.remaining and not lot.is_pending
        )

    def _write(self, kind, at, source, amount=0, pending_amount=0):
        self.entry_count += 1
        entry = NewEntry(
            ids.new(), self.entry_count, kind, amount, pending_amount, self.spendable + amount, at, source
        )
        self.entries.append(entry)
        self.is_changed = True
        if kind not in NO_ACTIVITY:
            self.last_activity_at = max(at, self.last_activity_at or at)
        return entry

    def _end_of(self, lot):
        return using.ends_at(lot.expires_at, self.closes_at)

    def _look_ahead(self, at_latest=None):
        """When something happens next by itself.

        Without the older lots at hand it can only come nearer. One that is too early costs a look and no more.
        """
        if not self.has_all_lots:
            self.next_due_at = min((d for d in (self.next_due_at, at_latest) if d), default=None)
            return
        dates = (lot.available_at or self._end_of(lot) for lot in self.lots.values() if lot.remaining)
        self.next_due_at = min((moment for moment in dates if moment), default=None)
