"""Recomputes the books from their entries and reports what does not fit. Never repairs: an error in the books is
for people to look at, with everything still in place."""

from dataclasses import dataclass
from itertools import chain

from django.db.models import Sum

from loyalty import ids, tenancy
from programs import catalogue, ledger, reviewing
from programs.accounts import Account, Entry, Lot, LotUse
from programs.coalition import recomputing
from programs.models import Program


@dataclass(frozen=True)
class Problem:
    """What is wrong (`code`), on which account, what stands there and what should."""

    code: str
    account: str
    found: object
    expected: object

    def __str__(self):
        return f"{self.account}: {self.code}: found {self.found}, expected {self.expected}"


def check(*, chunk=2000) -> list[Problem]:
    """Check every account of the merchant in scope: figures, lots, numbering, the hash chain, the trial balance."""
    problems: list[Problem] = []
    after = None
    while True:
        rows = Account.objects.order_by("id")
        batch = list((rows.filter(id__gt=after) if after else rows)[:chunk])
        if not batch:
            return problems + _trial_balance()
        problems += _check_batch(batch)
        after = batch[-1].id


def _check_batch(accounts):
    by_id = {account.id: account for account in accounts}
    entries = {account_id: [] for account_id in by_id}
    for entry in Entry.objects.filter(account_id__in=by_id).order_by("account_id", "number"):
        entries[entry.account_id].append(entry)
    lots = {account_id: [] for account_id in by_id}
    for lot in Lot.objects.filter(account_id__in=by_id):
        lots[lot.account_id].append(lot)
    used = dict(
        LotUse.objects.filter(lot__account_id__in=by_id).values_list("lot_id").annotate(Sum("amount"))
    )
    merged = _lifetimes_merged(accounts)
    return (
        _clearing(by_id)
        + _qualifying(accounts)
        + [
            problem
            for account in accounts
            for problem in chain(
                _figures(account, entries[account.id], lots[account.id], merged),
                _chain(account, entries[account.id]),
                _lots(account, lots[account.id], used),
            )
        ]
    )


def _lifetimes_merged(accounts):
    """What was earned on accounts that were merged into these: it stands in both, its entries there.

    {(member id, program id): points}.
    """
    merged = Account.objects.filter(member__merged_into__in={account.member_id for account in accounts})
    rows = merged.values_list("member__merged_into", "program").annotate(Sum("lifetime"))
    return {(member_id, program_id): total for member_id, program_id, total in rows}


def _qualifying(accounts):
    """What counts towards tiers, against the credits: those that have not left the window by the next review."""
    problems = []
    programs = catalogue.current(Program.objects.filter(id__in={account.program_id for account in accounts}))
    tiered = {live.program.id: live for live in programs if live.type.has_tiers}
    held = [account for account in accounts if account.program_id in tiered]
    counted = reviewing.counted_of([account.id for account in held]) if held else {}
    for account in held:
        expected = reviewing.snapshot(tiered[account.program_id], counted[account.id], account.review_at)
        if account.qualifying != expected:
            problems.append(Problem("qualifying", account.public_id, account.qualifying, expected))
    return problems


def _figures(account, entries, lots, merged):
    earned = sum(e.amount + e.pending_amount for e in entries if e.kind == "earn")
    earned += merged.get((account.member_id, account.program_id), 0)
    expected = {
        "balance_less_debt": (account.balance - account.debt, sum(entry.amount for entry in entries)),
        "pending": (account.pending, sum(entry.pending_amount for entry in entries)),
        "lifetime": (account.lifetime, earned),
        "entry_count": (account.entries, len(entries)),
        "balance_in_lots": (account.balance, sum(lot.remaining for lot in lots if lot.available_at is None)),
        "pending_in_lots": (
            account.pending,
            sum(lot.remaining for lot in lots if lot.available_at is not None),
        ),
    }
    for code, (found, right) in expected.items():
        if found != right:
            yield Problem(code, account.public_id, found, right)


def _chain(account, entries):
    head, balance = b"", 0
    for place, entry in enumerate(entries, start=1):
        balance += entry.amount
        head = ledger.digest(
            head, account.id, number=entry.number, kind=entry.kind, amount=entry.amount,
            pending_amount=entry.pending_amount, balance_after=entry.balance_after, at=entry.at,
            booked_at=entry.booked_at, purchase_id=entry.purchase_id, refund_id=entry.refund_id,
            redemption_id=entry.redemption_id, reason=entry.reason, actor=entry.actor,
        )  # fmt: skip
        if entry.number != place:
            yield Problem("entry_number", account.public_id, entry.number, place)
        if entry.balance_after != balance:
            yield Problem("balance_after", entry.public_id, entry.balance_after, balance)
        if bytes(entry.hash) != head:
            yield Problem("hash", entry.public_id, bytes(entry.hash).hex()[:16], head.hex()[:16])
            head = bytes(entry.hash)
    if bytes(account.head) != head:
        yield Problem("head", account.public_id, bytes(account.head).hex()[:16], head.hex()[:16])


def _lots(account, lots, used):
    for lot in lots:
        left = lot.amount - used.get(lot.id, 0)
        if lot.remaining != left:
            yield Problem("lot_remaining", account.public_id, lot.remaining, left)


def _clearing(accounts):
    """What a coalition's partners owe each other, against what their entries and lots say."""
    return [
        Problem("postings", ids.public("ent", entry_id), found, expected)
        for entry_id, found, expected in recomputing.differences(list(accounts))
    ]


def _trial_balance():
    """All entries of the merchant, by kind, against all snapshots: the two sides of the books."""
    by_kind = Entry.objects.values_list("kind").annotate(Sum("amount"), Sum("pending_amount"))
    booked = sum(amount + pending for _kind, amount, pending in by_kind)
    sides = Account.objects.aggregate(Sum("balance"), Sum("pending"), Sum("debt"))
    held = (sides["balance__sum"] or 0) + (sides["pending__sum"] or 0) - (sides["debt__sum"] or 0)
    return [] if booked == held else [Problem("trial_balance", tenancy.merchant().public_id, held, booked)]
