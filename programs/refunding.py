"""A purchase is given back, whole or in part. Rule: docs/rules.md, "Refunds".

What the rest deserves is computed again by the version and with the facts of that time; the difference is taken
back: from the purchase's own lots, then from others, then as debt. What expired meanwhile is not taken twice.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, ids, tenancy
from loyalty.errors import Invalid, Refused
from loyalty.events import recording
from loyalty.money import half_up
from members import locking
from members.models import Member
from programs import baskets, budgets, catalogue, ledger, reviewing, types
from programs.accounts import LotUse, Unlock
from programs.bonuses import Bonus, RuleBudget
from programs.coalition import allowances, terms
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
    """refund: the stored row. debits: what was taken back per program, negative.

    restored: points that had been taken as money and are back. lost: tiers that went with the refund, by account.
    """

    refund: Refund
    debits: list[tuple[Program, int]]
    restored: list[tuple[Program, int]] = field(default_factory=list)
    lost: dict[UUID, list[str]] = field(default_factory=dict)


def refund(purchase, *, amount_minor=None, items=None, actor="") -> Refunded:
    """Refund an amount (minor units, of what was paid), or items [Returned], or all that is left.

    Locks the member, the purchase, then the accounts. Raises NothingLeft, Invalid.
    """
    locking.lock(members_of(purchase))
    purchase = Purchase.objects.select_for_update(no_key=True).get(id=purchase.id)
    amount = _take_off(purchase, amount_minor, items)
    row = Refund.objects.create(
        purchase_id=purchase.id, amount_minor=amount, at=clock.now(), actor=actor,
        partner_id=tenancy.acting_id(),
        items=[{"sku": one.sku, "quantity": one.quantity} for one in items or ()],
    )  # fmt: skip
    taken_back = _take_back(purchase, row) if purchase.member_id else Refunded(row, [])
    purchase.save(update_fields=["refunded_minor", "returned_at", "items"])
    if purchase.returned_at and purchase.member_id:
        Member.objects.filter(id=purchase.member_id, visits__gt=0).update(visits=F("visits") - 1)
    recording.record(
        "purchase.refunded", member_id=purchase.member_id, purchase=purchase.public_id, refund=row.public_id,
        amount_minor=amount, debits=_told(taken_back.debits),
    )  # fmt: skip
    return taken_back


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


def members_of(purchase) -> set[UUID]:
    """Whose accounts its refund may touch: its member's, and those of a friend who was rewarded for it."""
    if purchase.member_id is None:
        return set()
    friends = Bonus.objects.filter(purchase_id=purchase.id, withdrawn_at=None)
    return {purchase.member_id, *friends.values_list("account__member_id", flat=True)}


def _take_back(purchase, row) -> Refunded:
    taken_back = Refunded(row, [])
    credits = list(
        Credit.objects.filter(purchase=purchase).select_related("program", "version__program").order_by("id")
    )
    if not credits:
        return taken_back
    whole = purchase.returned_at is not None
    bonuses = list(Bonus.objects.filter(purchase_id=purchase.id, withdrawn_at=None)) if whole else []
    sheets = ledger.open_accounts(
        [*(one.account_id for one in credits), *(one.account_id for one in bonuses)]
    )
    lost = _expired_of(purchase, sheets)
    # What was due before this refund happens before it.
    review, tiered = reviewing.Review(), _tiered(credits)
    review.settle([sheet for sheet in sheets.values() if sheet.program_id in tiered], tiered)
    if whole:
        taken_back.restored.extend(_return_points(purchase, row, credits, sheets))
    for credit in credits:
        sheet = sheets[credit.account_id]
        taken = _take_back_one(purchase, row, credit, sheet, lost.get(credit.account_id, 0))
        taken_back.debits.append((credit.program, -taken))
    forgiving = {
        one.program_id for one in credits if catalogue.version(one.version).settings.debt == "forgive"
    }
    for bonus in bonuses:
        sheet = sheets[bonus.account_id]
        forgive = sheet.program_id in forgiving
        lost[sheet.id] -= _withdraw_bonus(bonus, purchase, row, sheet, lost=lost[sheet.id], forgive=forgive)
    Credit.objects.bulk_update(credits, ["taken_back", "excused", "qualifies", "facts"])
    taken_back.lost.update(_review(review, tiered, purchase, credits, sheets))
    ledger.save(sheets.values())
    review.save()
    if whole:
        _give_budgets_back(credits, bonuses)
    return taken_back


def _return_points(purchase, row, credits, sheets):
    """Points that were taken as money go back into the lots they came from."""
    by_program = {credit.program.public_id: credit for credit in credits}
    for label in purchase.discounts:
        if "points" in label:
            credit = by_program[label["program"]]
            source = Source(purchase_id=purchase.id, refund_id=row.id, actor=row.actor)
            entry_id = ids.parse("ent", label["entry"])
            ledger.reverse(sheets[credit.account_id], entry_id, at=row.at, source=source)
            yield credit.program, label["points"]


def _withdraw_bonus(bonus, purchase, row, sheet, *, lost, forgive):
    """What a friend got for this purchase goes as it does: from its own lot first, then from others, then by `debt`.

    lost: what of it has expired, and is not taken twice. Returns how much of that was excused.
    """
    own = sum(lot.remaining for lot in sheet.lots.values() if lot.purchase_id == purchase.id)
    excused = max(0, min(lost, bonus.amount - own))
    demand = bonus.amount - excused
    if demand:
        source = Source(purchase_id=purchase.id, refund_id=row.id, actor=row.actor)
        _withdraw_paid(sheet, demand, source)
        sheet.take_back(demand, of_purchase=purchase.id, at=row.at, source=source, forgive=forgive)
    bonus.withdrawn_at = row.at
    bonus.save(update_fields=["withdrawn_at"])
    return excused


def _tiered(credits):
    """Those of the programs that have tiers, as they are now, by id."""
    wanted = {credit.program_id for credit in credits if types.get(credit.program.type).has_tiers}
    programs = catalogue.current(Program.objects.filter(id__in=wanted)) if wanted else []
    return {live.program.id: live for live in programs}


def _review(review, tiered, purchase, credits, sheets):
    """The tiers after it: {account id: names of those lost at once}."""
    for credit in credits:
        if credit.program_id in tiered:
            lost = review.after_refund(sheets[credit.account_id], tiered[credit.program_id], purchase)
            if lost:
                yield credit.account_id, lost


def _give_budgets_back(credits, bonuses):
    """A budget has again what a purchase took from it that was returned as a whole."""
    rows = [reason for credit in credits for reason in credit.because]
    rows += [{"rule": ids.public("rul", bonus.rule_id), "amount": bonus.amount} for bonus in bonuses]
    named = {ids.parse("rul", reason["rule"]) for reason in rows if str(reason["rule"]).startswith("rul_")}
    held = RuleBudget.objects.filter(rule_id__in=named).values_list("rule_id", flat=True) if named else ()
    if held:
        found = budgets.of_rules([ids.public("rul", rule_id) for rule_id in held])
        found.take(rows, times=-1)
        found.save()


def _take_back_one(purchase, row, credit, sheet, lost):
    live = terms.sold_at(
        catalogue.version(credit.version), purchase.partner_id, allowances.moment_of(purchase)
    )
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
    kept = max(0, credit.amount - credit.taken_back - credit.excused)
    credit.qualifies = live.type.qualifies(live.settings, _basket(purchase), kept)
    return taken


def _too_much(purchase, credit, live, sheet):
    """How much of what a credit gave is not deserved any more. Moves the carried fraction, too."""
    deserved = live.type.deserve(live.settings, live.rules, _basket(purchase), Facts.from_kept(credit.facts))
    if live.type.accumulates(live.settings):
        whole, extras = _carry_back(credit, sheet, deserved)
        if not _is_trimmed(credit.because):
            return max(0, extras - whole)
    return max(0, credit.amount - credit.taken_back - credit.excused - deserved.amount)


def _basket(purchase):
    return baskets.of(purchase, purchase.occurred_at.astimezone(ZoneInfo(tenancy.merchant().timezone)))


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


CUTS = {"card_full", "partner_limit", "block_used_up"}


def _is_trimmed(because):
    """Whether a limit or a full card cut what the base gave: then fractions do not tell what is left of it."""
    return because[0].get("code") == "limited" or any(
        row.get("code") in CUTS or (row.get("code") == "multiplied" and "limit" in row) for row in because
    )


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


def withdraw_unlock(unlock, *, purchase, actor=""):
    """Undo an open unlock that was paid for, after its refund: what it had cost goes back, and pays the debt."""
    sheet = ledger.open_accounts([unlock.account_id])[unlock.account_id]
    source = Source(purchase_id=purchase.id, actor=actor)
    ledger.reverse(sheet, unlock.entry_id, at=clock.now(), source=source)
    ledger.save([sheet])
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
