"""The one writer of the books: opens accounts under lock, and writes what happened on them.

What may happen on an account is in `programs/sheet.py`; here are only the statements. Accounts are locked in the
order of their ids, after the members' rows, so that no two transactions wait for each other in a circle.
"""

import hashlib
from collections.abc import Iterable
from fractions import Fraction

from django.db import connection

from loyalty import clock, ids, tenancy
from loyalty.tenancy import bulk, prepared
from programs import announcing, catalogue, unlocking
from programs import lots as using
from programs.accounts import Account, Entry, Lot, LotUse
from programs.coalition import posting
from programs.lots import OpenLot
from programs.models import Program
from programs.sheet import Sheet

_FIGURES = ("balance", "pending", "debt", "carry_num", "carry_den", "lifetime", "entries", "head",
            "last_activity_at", "next_due_at", "level", "level_since_at", "level_until_at", "qualifying",
            "review_at")  # fmt: skip
_CARRY_DENOMINATOR = 10**12
_LARGEST_CARRY = Fraction(_CARRY_DENOMINATOR - 1, _CARRY_DENOMINATOR)


def open_sheets(keys: Iterable[tuple], *, with_lots=frozenset(), lock=True) -> dict[tuple, Sheet]:
    """The sheets of accounts, by (member id, program id); missing accounts are opened empty.

    Locks the accounts in id order until the transaction ends (lock=False: only looks, for a preview). What is due
    by now is settled first: expired points are gone before anything else happens.
    with_lots: keys, or True for all, whose open lots are needed (to spend or take back); others load them when due.
    """
    keys = set(keys)
    members, programs = {m for m, _p in keys}, {p for _m, p in keys}
    theirs = "member_id = ANY(%s::uuid[]) AND program_id = ANY(%s::uuid[])", list(members), list(programs)
    found = {key: sheet for key, sheet in _select(*theirs, lock=lock).items() if key in keys}
    if missing := keys - found.keys():
        if lock:
            _create(missing)
            found |= {key: sheet for key, sheet in _select(*theirs, lock=lock).items() if key in missing}
        else:
            found |= {key: Sheet(ids.new(), *key) for key in missing}
    needing = [sheet for key, sheet in found.items() if with_lots is True or key in with_lots]
    _settle(found.values(), needing)
    return found


def open_accounts(account_ids):
    """Like open_sheets, by account id, with their lots: {account id: Sheet}. Locks these accounts and no others."""
    found = _select("id = ANY(%s::uuid[])", list(account_ids), lock=True)
    sheets = {sheet.id: sheet for sheet in found.values()}
    _settle(sheets.values(), list(sheets.values()))
    return sheets


def load_lots(sheets, *, also_ids=()):
    """Load the open lots of sheets, and lots by id that are used up (to put back into)."""
    by_account = {sheet.id: sheet for sheet in sheets}
    if not by_account:
        return
    missing = [sheet.id for sheet in by_account.values() if not sheet.has_all_lots]
    found = prepared.rows(f"{_LOTS} remaining > 0", tenancy.merchant_id(), missing) if missing else []
    if also_ids:
        # Asked beside, so that each of the two has its index.
        found += prepared.rows(
            f"{_LOTS} id = ANY(%s::uuid[])", tenancy.merchant_id(), list(by_account), list(also_ids)
        )
    for row in found:
        by_account[row[0]].lots.setdefault(row[1], OpenLot(row[1], row[0], *row[2:]))
    for sheet in sheets:
        sheet.has_all_lots = True


_LOTS = (
    "SELECT account_id, id, amount, remaining, issued_at, available_at, expires_at, entry_id, purchase_id, version_id,"
    " issuer_id, price FROM programs_lot WHERE merchant_id = %s AND account_id = ANY(%s::uuid[]) AND"
)


def save(sheets: Iterable[Sheet]):
    """Write the new entries, lots, uses and figures of changed sheets: four statements, however many there are.

    Where lots are a coalition's, what the partners owe each other for it is written with them. So is what has become
    unlocked while settling, and the news of it.
    """
    changed = [sheet for sheet in sheets if sheet.is_changed]
    if not changed:
        return
    booked_at = clock.now()
    entries = [row for sheet in changed for row in _chained(sheet, booked_at)]
    postings = posting.postings_of(changed, booked_at)
    bulk.insert(Entry, _ENTRY_COLUMNS, entries)
    _save_lots([lot for sheet in changed for lot in sheet.lots.values() if lot.is_new or lot.is_changed])
    uses = [
        (ids.new(), lot.id, entry.id, n)
        for sheet in changed
        for entry in sheet.entries
        for lot, n in entry.uses
    ]
    bulk.insert(LotUse, ("id", "lot", "entry", "amount"), uses)
    posting.save(postings)
    unlocking.save([unlock for sheet in changed for unlock in sheet.unlocks])
    announcing.tell(changed)
    bulk.update(Account, _FIGURES, [_figures(sheet) for sheet in changed])
    for sheet in changed:
        sheet.entries, sheet.unlocks, sheet.is_changed = [], [], False


def move_lots(account_ids):
    """All lots of merged accounts, used-up ones too, to the survivors': {old account id: survivor's}. After saving.

    What was taken from a lot stays as it was, so that a reversal puts it back into the lot where it lies now.
    """
    for old_id, survivor_id in account_ids.items():
        Lot.objects.filter(account_id=old_id).update(account_id=survivor_id)


def _settle(sheets, needing):
    """Load the lots of `needing` and of what is due, and let happen what is."""
    now = clock.now()
    due = [sheet for sheet in sheets if sheet.next_due_at is not None and sheet.next_due_at <= now]
    load_lots({sheet.id: sheet for sheet in [*needing, *due]}.values())
    unlock = _unlocking([sheet for sheet in due if _grows(sheet, now)])
    for sheet in due:
        sheet.settle(now, unlock)


def _grows(sheet, now):
    return any(lot.is_pending and lot.available_at <= now for lot in sheet.lots.values())


def _unlocking(growing):
    """What points unlock that have just become spendable: at the moment at which they did, by the rules of then."""
    if not growing:
        return None
    programs = Program.objects.filter(id__in={sheet.program_id for sheet in growing})
    lives = {live.program.id: live for live in catalogue.current(programs)}

    def unlock(sheet, moment):
        if sheet.balance > sheet.unlocked_to:
            live = catalogue.as_of(lives[sheet.program_id], moment)
            sheet.unlocks += unlocking.unlock(sheet, live, at=moment)

    return unlock


def uses_of(entry_id):
    """What an entry took out of which lots: [(lot id, amount)], for its reversal."""
    return list(LotUse.objects.filter(entry_id=entry_id, amount__gt=0).values_list("lot_id", "amount"))


def reverse(sheet, entry_id, *, at, source):
    """Put what an entry took back into its old lots. Returns the new entry; expired lots expire again at once."""
    uses = uses_of(entry_id)
    load_lots([sheet], also_ids=[lot_id for lot_id, _amount in uses])
    entry = sheet.restore([(sheet.lots[lot_id], amount) for lot_id, amount in uses], at=at, source=source)
    entry.reverses_id = entry_id
    sheet.settle(clock.now())
    return entry


def digest(previous, account_id, *, number, kind, amount, pending_amount, balance_after, at, booked_at, purchase_id,
           refund_id, redemption_id, reason, actor):  # fmt: skip
    """The hash of an entry: over its own columns and the hash of the entry before it."""
    parts = (account_id, number, kind, amount, pending_amount, balance_after, at.timestamp(), booked_at.timestamp(),
             purchase_id, refund_id, redemption_id, reason, actor)  # fmt: skip
    return hashlib.sha256(previous + "\x1f".join(str(part) for part in parts).encode()).digest()


_ENTRY_COLUMNS = ("id", "account", "number", "kind", "amount", "pending_amount", "balance_after", "at", "booked_at",
                  "purchase", "refund", "redemption_id", "partner_id", "reason", "actor", "hash")  # fmt: skip


def _chained(sheet, booked_at):
    for entry in sheet.entries:
        source = entry.source
        partner_id = posting.place_of(entry)
        sheet.head = digest(
            sheet.head, sheet.id, number=entry.number, kind=entry.kind, amount=entry.amount,
            pending_amount=entry.pending_amount, balance_after=entry.balance_after, at=entry.at, booked_at=booked_at,
            purchase_id=source.purchase_id, refund_id=source.refund_id, redemption_id=source.redemption_id,
            reason=source.reason, actor=source.actor,
        )  # fmt: skip
        yield (entry.id, sheet.id, entry.number, entry.kind, entry.amount, entry.pending_amount, entry.balance_after,
               entry.at, booked_at, source.purchase_id, source.refund_id, source.redemption_id, partner_id,
               source.reason, source.actor, sheet.head)  # fmt: skip


def _save_lots(lots):
    new = [lot for lot in lots if lot.is_new]
    bulk.insert(
        Lot,
        ("id", "account", "entry", "purchase_id", "version_id", "amount", "remaining", "issued_at", "available_at",
         "expires_at", "issuer_id", "price"),
        [(lot.id, lot.account_id, lot.entry_id, lot.purchase_id, lot.version_id, lot.amount, lot.remaining,
          lot.issued_at, lot.available_at, lot.expires_at, lot.issuer_id, lot.price) for lot in new],
    )  # fmt: skip
    changed = [(lot.id, lot.remaining, lot.available_at, lot.expires_at) for lot in lots if not lot.is_new]
    bulk.update(Lot, ("remaining", "available_at", "expires_at"), changed)
    for lot in lots:
        lot.is_new = lot.is_changed = False


def _figures(sheet):
    # A fraction that grew beyond what fits is cut at the twelfth digit: less than a millionth of a cent.
    carry = min(sheet.carry.limit_denominator(_CARRY_DENOMINATOR), _LARGEST_CARRY)
    return (sheet.id, sheet.balance, sheet.pending, sheet.debt, carry.numerator, carry.denominator, sheet.lifetime,
            sheet.entry_count, sheet.head, sheet.last_activity_at, sheet.next_due_at, sheet.level,
            sheet.level_since_at, sheet.level_until_at, sheet.qualifying, sheet.review_at)  # fmt: skip


_SELECT = (
    f"SELECT id, member_id, program_id, {', '.join(_FIGURES)},"
    # Asked beside and not joined: a lock on the program would make all its members wait for each other.
    " (SELECT redeem_until FROM programs_program AS p WHERE p.merchant_id = %s AND p.id = program_id)"
    " FROM programs_account WHERE merchant_id = %s AND"
)


def _select(condition, *params, lock):
    """Sheets without their lots, by (member id, program id), of accounts by a condition; locked in id order."""
    merchant_id = tenancy.merchant_id()
    sql = f"{_SELECT} {condition} ORDER BY id{' FOR NO KEY UPDATE' if lock else ''}"
    sheets = {}
    for row in prepared.rows(sql, merchant_id, merchant_id, *params):
        account_id, member_id, program_id, balance, pending, debt, num, den, *rest = row
        lifetime, count, head, last, due, *standing = rest
        level, since, until, qualifying, review_at, closes_at = standing
        # Whatever is left is due with the program's last day, also where nobody has noted that on the account yet.
        due = using.ends_at(due, closes_at) if balance else due
        sheets[member_id, program_id] = Sheet(
            account_id, member_id, program_id, balance, pending, debt, Fraction(num, den), lifetime, count,
            bytes(head), last, due, unlocked_to=balance, level=level, level_since_at=since, level_until_at=until,
            qualifying=qualifying, review_at=review_at, closes_at=closes_at, has_all_lots=False,
        )  # fmt: skip
    return sheets


def _create(keys):
    now = clock.now()
    rows = [(tenancy.merchant_id(), ids.new(), member, program, now) for member, program in sorted(keys)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO programs_account (merchant_id, id, member_id, program_id, balance, pending, debt, carry_num,"
            " carry_den, lifetime, entries, head, created_at)"
            " SELECT m, i, mem, prg, 0, 0, 0, 0, 1, 0, 0, '', at FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[],"
            " %s::uuid[], %s::timestamptz[]) AS new(m, i, mem, prg, at) ON CONFLICT DO NOTHING",
            [list(column) for column in zip(*rows, strict=True)],
        )
