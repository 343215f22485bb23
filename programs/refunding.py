"""A purchase is given back, whole or in part. Rule: docs/rules.md, "Refunds".

What the rest deserves is computed again by the version and with the facts of that time; the difference is taken
back: from the purchase's own lots, then from others, then as debt. What expired meanwhile is not taken twice.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, tenancy
from loyalty.errors import Invalid, Refused
from loyalty.events import recording
from loyalty.money import half_up
from members import locking
from members.models import Member
from programs import baskets, catalogue, ledger
from programs.accounts import LotUse, Unlock
from programs.earning import Facts
from programs.models import Credit, Program, Purchase, Refund
from programs.sheet import Source


class NothingLeft(Refused):
    code = "nothing_left"
    sentence = gettext_lazy("Not that much of this purchase is left to be refunded.")


@dataclass(frozen=True, slots=True)
class Returned:
    """Items that come back: how many of a SKU."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Refunded:
    """refund: the stored row. debits: what was taken back per program, negative."""

    refund: Refund
    debits: list[tuple[Program, int]]


def refund(purchase, *, amount_minor=None, items=None, actor="") -> Refunded:
    """Refund an amount (minor units, of what was paid), or items [Returned], or all that is left.

    Locks the member, the purchase, then the accounts. Raises NothingLeft, Invalid.
    """
    if purchase.member_id:
        locking.lock([purchase.member_id])
    purchase = Purchase.objects.select_for_update(no_key=True).get(id=purchase.id)
    amount = _take_off(purchase, amount_minor, items)
    row = Refund.objects.create(
        purchase_id=purchase.id, amount_minor=amount, at=clock.now(), actor=actor,
        items=[{"sku": one.sku, "quantity": one.quantity} for one in items or ()],
    )  # fmt: skip
    debits = _take_back(purchase, row) if purchase.member_id else []
    purchase.save(update_fields=["refunded_minor", "returned_at", "items"])
    if purchase.returned_at and purchase.member_id:
        Member.objects.filter(id=purchase.member_id, visits__gt=0).update(visits=F("visits") - 1)
    recording.record(
        "purchase.refunded", member_id=purchase.member_id, purchase=purchase.public_id, refund=row.public_id,
        amount_minor=amount, debits=_told(debits),
    )  # fmt: skip
    return Refunded(row, debits)


def _take_off(purchase, amount_minor, items):
    """Lower what is left of the purchase; return the money. An empty request takes all that is left."""
    left = purchase.net_minor - purchase.refunded_minor
    if purchase.returned_at is not None:
        raise NothingLeft(left_minor=0)
    if items is not None:
        amount = _take_off_items(purchase, items)
    else:
        amount = left if amount_minor is None else amount_minor
        if amount < 0:
            raise Invalid({"amount_minor": [_("The amount to refund must not be negative.")]})
    if amount > left:
        raise NothingLeft(left_minor=left)
    purchase.refunded_minor += amount
    if amount == left and (left > 0 or _comes_back_whole(purchase, amount_minor, items)):
        purchase.returned_at = clock.now()
    return amount


def _comes_back_whole(purchase, amount_minor, items):
    """Of a purchase that cost nothing: whether it is returned by asking for all of it, or item by item."""
    if items is not None:
        return all(line["returned"] == line["quantity"] for line in purchase.items)
    return amount_minor is None


def _take_off_items(purchase, items):
    money = 0
    for place, wanted in enumerate(items):
        missing = wanted.quantity
        for line in purchase.items:
            if line["sku"] == wanted.sku and missing:
                count = min(missing, line["quantity"] - line["returned"])
                money += _take_off_line(line, count)
                missing -= count
        if missing:
            raise Invalid(
                {f"items.{place}.quantity": [_("Not that many of this item are left in the purchase.")]}
            )
    return money


def _take_off_line(line, count):
    net = line["amount_minor"] - line["discount_minor"]
    line["returned"] += count
    # Counted from the whole, so that the parts of a line add up to it.
    so_far = half_up(Fraction(net * line["returned"], line["quantity"]))
    money, line["returned_minor"] = so_far - line["returned_minor"], so_far
    return money


def _take_back(purchase, row):
    credits = list(
        Credit.objects.filter(purchase=purchase).select_related("program", "version__program").order_by("id")
    )
    if not credits:
        return []
    sheets = ledger.open_accounts([credit.account_id for credit in credits])
    lost = _expired_of(purchase, sheets)
    debits = []
    for credit in credits:
        sheet = sheets[credit.account_id]
        taken = _take_back_one(purchase, row, credit, sheet, lost.get(credit.account_id, 0))
        debits.append((credit.program, -taken))
    ledger.save(sheets.values())
    Credit.objects.bulk_update(credits, ["taken_back", "excused", "facts"])
    return debits


def _take_back_one(purchase, row, credit, sheet, lost):
    live = catalogue.version(credit.version)
    too_much = _too_much(purchase, credit, live, sheet)
    own = sum(lot.remaining for lot in sheet.lots.values() if lot.purchase_id == purchase.id)
    excused = max(0, min(lost - credit.excused, too_much - own))
    demand = too_much - excused
    source = Source(purchase_id=purchase.id, refund_id=row.id, actor=row.actor)
    _withdraw_paid(sheet, demand, source)
    taken = 0
    if demand > 0:
        forgive = live.settings.debt == "forgive"
        taken = sheet.take_back(demand, of_purchase=purchase.id, at=row.at, source=source, forgive=forgive)
    if live.type.spends_while_earning:
        _withdraw_unpaid(sheet)
    credit.taken_back += demand
    credit.excused += excused
    return taken


def _too_much(purchase, credit, live, sheet):
    """How much of what a credit gave is not deserved any more. Moves the carried fraction, too."""
    local = purchase.occurred_at.astimezone(ZoneInfo(tenancy.merchant().timezone))
    deserved = live.type.deserve(
        live.settings, live.rules, baskets.of(purchase, local), Facts.from_kept(credit.facts)
    )
    if live.type.accumulates(live.settings):
        whole, extras = _carry_back(credit, sheet, deserved)
        if not _is_trimmed(credit.because):
            return max(0, extras - whole)
    return max(0, credit.amount - credit.taken_back - credit.excused - deserved.amount)


def _carry_back(credit, sheet, deserved):
    """Take what is not deserved any more from the carried fraction; return what that changes.

    (whole points of the base, 0 or negative; points of the rules that are too much). What the rules give now is
    kept with the credit, so that the next refund counts from here.
    """
    exact = sheet.carry + deserved.fraction - Fraction(credit.facts["fraction"])
    sheet.carry, sheet.is_changed = exact % 1, True
    by_rules = sum(reason["amount"] for reason in deserved.because[1:])
    had = credit.facts.get("by_rules", sum(reason["amount"] for reason in credit.because[1:]))
    credit.facts = credit.facts | {"fraction": str(deserved.fraction), "by_rules": by_rules}
    return floor(exact), had - by_rules


def _is_trimmed(because):
    """Whether a limit or a full card cut what the base gave: then fractions do not tell what is left of it."""
    return because[0].get("code") == "limited" or any(row.get("code") == "card_full" for row in because)


def _withdraw_paid(sheet, demand, source):
    """Full cards that were not taken yet are undone, the newest first, before anything becomes debt."""
    own_pending = sum(
        lot.remaining
        for lot in sheet.lots.values()
        if lot.is_pending and lot.purchase_id == source.purchase_id
    )
    while demand > sheet.balance + own_pending:
        unlock = (
            Unlock.objects.filter(account_id=sheet.id, status="open", entry__isnull=False)
            .order_by("-id")
            .first()
        )
        if unlock is None:
            return
        ledger.reverse(sheet, unlock.entry_id, at=clock.now(), source=source)
        Unlock.objects.filter(id=unlock.id).update(status=Unlock.Status.WITHDRAWN)


def _withdraw_unpaid(sheet):
    """Rewards on the card that its stamps do not reach any more. Those on earlier cards, now full, stay."""
    full = Unlock.objects.filter(account_id=sheet.id, entry__isnull=False).exclude(
        status=Unlock.Status.WITHDRAWN
    )
    Unlock.objects.filter(
        ~Exists(full.filter(id__gt=OuterRef("id"))),
        account_id=sheet.id, status=Unlock.Status.OPEN, entry__isnull=True, position__gt=sheet.balance,
    ).update(status=Unlock.Status.WITHDRAWN)  # fmt: skip


def _told(debits):
    return [{"program": program.public_id, "amount": taken} for program, taken in debits]


def _expired_of(purchase, sheets):
    """What expired of the purchase's lots, also just now when they were opened: {account id: amount}."""
    uses = LotUse.objects.filter(lot__purchase_id=purchase.id, entry__kind="expire")
    expired = Counter(dict(uses.values_list("lot__account_id").annotate(Sum("amount"))))
    for sheet in sheets.values():
        for entry in sheet.entries:
            if entry.kind == "expire":
                expired[sheet.id] += sum(n for lot, n in entry.uses if lot.purchase_id == purchase.id)
    return expired
