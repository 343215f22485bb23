"""What the clearing knows of sheets and lots, and its rows: read and written for `programs/ledger.py`, by nobody else.

Nothing is asked of the database where no lot is a coalition's.
"""

from collections import Counter, defaultdict
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import cast
from uuid import UUID

from django.db.models import F, Sum

from loyalty import ids, tenancy
from loyalty.tenancy import bulk
from programs import catalogue
from programs.accounts import Lot
from programs.coalition import clearing
from programs.coalition.clearing import Draft, Happening, LotBook, Settling
from programs.coalition.models import Posting, PrepaidBlock
from programs.types.coalition import Settings

# These happen by themselves, wherever the card was shown when they were noticed.
BY_ITSELF = {"activate", "expire"}
_COLUMNS = ("id", "program", "entry", "lot", "kind", "is_reversal", "reverses_id", "payer_kind", "payer_id",
            "payee_kind", "payee_id", "points", "amount_minor", "at", "booked_at")  # fmt: skip
DRAFT = ("lot_id", "kind", "payer_id", "payee_id", "payer_kind", "payee_kind", "points", "amount_minor",
          "is_reversal")  # fmt: skip


def place_of(entry) -> UUID | None:
    """The partner at whose till an entry happens, or None at the operator's own."""
    return None if entry.kind in BY_ITSELF else tenancy.acting_id()


def postings_of(sheets, booked_at) -> list[tuple]:
    """The rows that the new entries of sheets post. New lots of a coalition get their issuer and price."""
    types = catalogue.types_of({sheet.program_id for sheet in sheets})
    sheets = [sheet for sheet in sheets if types[sheet.program_id].is_shared]
    if not sheets:
        return []
    _price_new_lots(sheets)
    lots = _touched(sheets)
    books = _books(lots)
    own = defaultdict(list)
    for lot in sorted(lots.values(), key=lambda lot: lot.id):
        own[lot.account_id, lot.purchase_id].append(lot.id)
    undone = _posted_by(
        {entry.reverses_id for sheet in sheets for entry in sheet.entries if entry.reverses_id}
    )
    return [
        _row(draft, sheet, entry, booked_at)
        for sheet in sheets
        for entry in sheet.entries
        for draft in clearing.postings_of(_happening(sheet, entry, own, undone), books)
    ]


def save(rows):
    """Write postings, and give prepaid points back that were taken back. After the entries and the lots."""
    bulk.insert(Posting, _COLUMNS, rows)
    _give_back_to_blocks(rows)


def drafts_of(rows) -> list[Draft]:
    """Rows of Posting, as values in the order of `DRAFT`, as the clearing knows them."""
    drafts = []
    for lot_id, kind, payer_id, payee_id, payer_kind, payee_kind, points, amount, is_reversal in rows:
        is_paid = payee_kind == clearing.PARTNER
        other = payer_kind if is_paid else payee_kind
        worth = Fraction(amount)
        drafts.append(Draft(lot_id, kind, payee_id or payer_id, other, is_paid, points, worth, is_reversal))
    return drafts


def settling_of(version_ids) -> dict[UUID, Settling]:
    """How what was given under these versions is settled, by version id; other programs' are left out."""
    shared = {
        version_id: cast(Settings, live.settings)
        for version_id, live in catalogue.in_versions(version_ids).items()
        if live.type.is_shared
    }
    return {
        version_id: Settling(settings.settle_on, Decimal(settings.fee_percent))
        for version_id, settings in shared.items()
    }


def _price_new_lots(sheets):
    new = [lot for sheet in sheets for lot in sheet.lots.values() if lot.is_new and lot.issuer_id is None]
    versions = catalogue.in_versions({lot.version_id for lot in new if lot.version_id})
    for lot in new:
        live = versions.get(lot.version_id)
        if live is not None and live.type.is_shared:
            lot.issuer_id = tenancy.acting_id() or tenancy.merchant_id()
            lot.price = Decimal(live.settings.point_value_minor)


def _touched(sheets):
    """The lots that the new entries give, use, fill again, or whose purchases they refund: {lot id: lot}."""
    lots = {lot.id: lot for sheet in sheets for lot in sheet.lots.values()}
    entries = [entry for sheet in sheets for entry in sheet.entries]
    touched = {lot.id for lot in lots.values() if lot.is_new}
    touched |= {lot.id for entry in entries for lot, _points in entry.uses}
    refunded = {
        (sheet.id, entry.source.purchase_id)
        for sheet in sheets
        for entry in sheet.entries
        if entry.kind == "refund" and entry.source.purchase_id
    }
    if refunded:
        # Those of which nothing is left were not needed to take points from.
        rows = Lot.objects.filter(account_id__in={one[0] for one in refunded}, issuer_id__isnull=False)
        for lot in rows.filter(purchase_id__in={one[1] for one in refunded}):
            lots.setdefault(lot.id, lot)
            touched.add(lot.id)
    return {lot_id: lots[lot_id] for lot_id in touched if lot_id in lots and lots[lot_id].issuer_id}


def _books(lots):
    """The books of lots, with what was posted for them before."""
    books = books_of(lots.values())
    old = [lot_id for lot_id in books if not getattr(lots[lot_id], "is_new", False)]
    if old:
        rows = Posting.objects.filter(lot_id__in=old).values_list("lot_id", "kind", "is_reversal")
        for lot_id, kind, is_reversal, points, amount in rows.annotate(Sum("points"), Sum("amount_minor")):
            state, sign = books[lot_id].posted.setdefault(kind, [0, Fraction(0)]), -1 if is_reversal else 1
            state[0] += sign * points
            state[1] += sign * Fraction(amount)
    return books


def books_of(lots) -> dict[UUID, LotBook]:
    """Empty books of lots with an issuer, by lot id."""
    settling = settling_of({lot.version_id for lot in lots if lot.version_id})
    return {
        lot.id: LotBook(lot.id, lot.issuer_id, Fraction(lot.price), settling[lot.version_id])
        for lot in lots
        if lot.version_id in settling
    }


def _posted_by(entry_ids) -> dict[UUID, list[Draft]]:
    """What entries posted, for their mirror image."""
    found = defaultdict(list)
    if entry_ids:
        rows = Posting.objects.filter(entry_id__in=entry_ids, is_reversal=False).order_by("id")
        for entry_id, *rest in rows.values_list("entry_id", *DRAFT):
            found[entry_id] += drafts_of([rest])
    return found


def _happening(sheet, entry, own, undone):
    made = [lot for lot in sheet.lots.values() if lot.is_new and lot.entry_id == entry.id]
    return Happening(
        entry.kind, tenancy.acting_id() or tenancy.merchant_id(),
        uses=[(lot.id, points) for lot, points in entry.uses],
        issued=[(lot.id, lot.amount) for lot in made if entry.kind != "transfer_in"],
        own=own.get((sheet.id, entry.source.purchase_id), []) if entry.source.purchase_id else [],
        taken=-(entry.amount + entry.pending_amount), undone=undone.get(entry.reverses_id, []),
    )  # fmt: skip


def _row(draft, sheet, entry, booked_at):
    parties = [(clearing.PARTNER, draft.partner), (draft.other, None)]
    payer, payee = reversed(parties) if draft.is_paid else parties
    return (ids.new(), sheet.program_id, entry.id, draft.lot_id, draft.kind, draft.is_reversal, entry.reverses_id,
            *payer, *payee, draft.points, _exact(draft.amount_minor), entry.at, booked_at)  # fmt: skip


def _exact(amount):
    """As a decimal: points × price × percent end after thirteen digits."""
    with localcontext(prec=40):
        return Decimal(amount.numerator) / Decimal(amount.denominator)


def _give_back_to_blocks(rows):
    """Prepaid points that are taken back can be given again: into the block that was bought last, as far as it goes."""
    back = Counter()
    for values in rows:
        row = dict(zip(_COLUMNS, values, strict=True))
        if row["kind"] == "issue" and row["is_reversal"] and row["payee_id"] != tenancy.merchant_id():
            back[row["program"], row["payee_id"]] += row["points"]
    for (program_id, partner_id), points in sorted(back.items()):
        blocks = PrepaidBlock.objects.filter(
            invitation__program=program_id, partner_id=partner_id, used__gt=0
        )
        for block in blocks.order_by("-id").select_for_update(of=("self",), no_key=True):
            part = min(points, block.used)
            PrepaidBlock.objects.filter(id=block.id).update(used=F("used") - part)
            points -= part
            if not points:
                break
