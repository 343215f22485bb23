"""The postings of a coalition, computed again from the entries and the lots they used. Reports and never repairs."""

from collections import defaultdict

from programs.accounts import Entry, Lot, LotUse
from programs.coalition import clearing, posting
from programs.coalition.clearing import Happening
from programs.coalition.models import Posting

_FIELDS = ("entry_id", *posting.DRAFT)


def differences(account_ids) -> list[tuple]:
    """Where what stands posted is not what accounts' lots deserve: [(entry id, found, expected)].

    Postings are told as (lot, kind, partner, is paid, points, amount_minor, is_reversal), in order.
    """
    lots = {lot.id: lot for lot in Lot.objects.filter(account_id__in=account_ids, issuer_id__isnull=False)}
    if not lots:
        return []
    found = defaultdict(list)
    for entry_id, *draft in Posting.objects.filter(lot_id__in=lots).order_by("id").values_list(*_FIELDS):
        found[entry_id] += posting.drafts_of([draft])
    expected = _replayed(lots, found)
    return [
        (entry_id, found[entry_id], expected[entry_id])
        for entry_id in sorted(found.keys() | expected.keys())
        if _told(found[entry_id]) != _told(expected[entry_id])
    ]


def _replayed(lots, found):
    """What each entry should have posted, {entry id: drafts}, in the order in which they were written."""
    books = posting.books_of(lots.values())
    uses = defaultdict(list)
    for lot_id, entry_id, amount in (
        LotUse.objects.filter(lot_id__in=lots).order_by("id").values_list("lot_id", "entry_id", "amount")
    ):
        uses[entry_id].append((lot_id, amount))
    made = defaultdict(list)
    for lot in lots.values():
        made[lot.entry_id].append(lot)
    own = _OwnLots(lots.values())
    undoes = _undoes(found)
    expected = defaultdict(list)
    for entry in _in_order(uses, made, lots):
        undone = expected.get(undoes.get(entry.id), [])
        happening = _happening(entry, uses[entry.id], made[entry.id], own.of(entry), undone)
        expected[entry.id] = clearing.postings_of(happening, books)
    return expected


class _OwnLots:
    """The lots of the purchase that an entry refunds, found without a look at all lots."""

    def __init__(self, lots):
        self.accounts = {lot.account_id for lot in lots}
        self.by_purchase = defaultdict(list)
        for lot in lots:
            self.by_purchase[lot.purchase_id].append(lot)

    def of(self, entry) -> list:
        if not entry.purchase_id:
            return []
        # The lots of a merged account lie with the survivor's; its entries stayed.
        is_merged = entry.account_id not in self.accounts
        lots = self.by_purchase.get(entry.purchase_id, ())
        return sorted(lot.id for lot in lots if is_merged or lot.account_id == entry.account_id)


def _in_order(uses, made, lots):
    """The entries that concern the lots, as they were written: refunds also where nothing was left to take."""
    purchases = {lot.purchase_id for lot in lots.values() if lot.purchase_id}
    accounts = {lot.account_id for lot in lots.values()}
    rows = Entry.objects.filter(id__in=uses.keys() | made.keys())
    rows |= Entry.objects.filter(kind="refund", purchase_id__in=purchases, account_id__in=accounts)
    return sorted(rows, key=lambda entry: entry.id)


def _undoes(found):
    rows = Posting.objects.filter(entry_id__in=list(found), reverses_id__isnull=False)
    return dict(rows.values_list("entry_id", "reverses_id"))


def _happening(entry, uses, made, own, undone):
    return Happening(
        entry.kind, entry.partner_id or entry.merchant_id, uses=uses, own=own,
        issued=[(lot.id, lot.amount) for lot in made if entry.kind != "transfer_in"],
        taken=-(entry.amount + entry.pending_amount), undone=[one for one in undone if not one.is_reversal],
    )  # fmt: skip


def _told(drafts):
    return [(d.lot_id, d.kind, d.partner, d.is_paid, d.points, d.amount_minor, d.is_reversal) for d in drafts]
