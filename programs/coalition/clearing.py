"""Who owes whom for points that are given, used, taken back. Pure: lots and what happens to them in, postings out.

Values are exact: points × price, and the fee of them. Only a month's figures are rounded (see settlement.py), so that
points of half a cent each, or a fee of two per cent on small baskets, are not lost row by row.
Rule: docs/rules/coalition.md, "Clearing"
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

PARTNER, FLOAT, FEE = "partner", "float", "fee"


@dataclass(frozen=True, slots=True)
class Settling:
    """How a lot is settled: frozen with the version of the program that gave it."""

    settle_on: Literal["earn", "redeem"]
    fee_percent: Decimal


@dataclass(frozen=True, slots=True)
class Draft:
    """A posting that is still to be written: `partner` pays, or is paid (`is_paid`). See models.Posting."""

    lot_id: UUID
    kind: str
    partner: UUID
    other: Literal["float", "fee"]
    is_paid: bool
    points: int
    amount_minor: Fraction
    is_reversal: bool = False

    def mirrored(self):
        return Draft(self.lot_id, self.kind, self.partner, self.other, not self.is_paid, self.points,
                     self.amount_minor, not self.is_reversal)  # fmt: skip


@dataclass(slots=True)
class LotBook:
    """What was posted for one lot so far. posted: {kind: [points, amount_minor]}, less what was reversed."""

    lot_id: UUID
    issuer: UUID
    price: Fraction
    settling: Settling
    posted: dict[str, list] = field(default_factory=dict)

    @property
    def is_settled_on_earn(self):
        return self.settling.settle_on == "earn"

    def issue(self, points) -> list[Draft]:
        """Points were given. Settled on earning, their value is owed now; else they are counted."""
        return [*self._forward("issue", points, counts_money=self.is_settled_on_earn), *self._fee("issue")]

    def redeem(self, points, to) -> list[Draft]:
        """Points were taken by `to`, which is paid; settled on redeeming, the issuer owes now."""
        return [*self._forward("redeem", points, to=to), *self.settle(points)]

    def settle(self, points) -> list[Draft]:
        """Points were used up. Where they were not paid for when they were given, they are now."""
        if self.is_settled_on_earn:
            return []
        return [*self._forward("settle", points), *self._fee("settle")]

    def correct(self, points) -> list[Draft]:
        """Points were taken away by hand: what was paid for them goes back."""
        return self._forward("adjust", points, to=self.issuer) if self.is_settled_on_earn else []

    def take_back(self, points, unused) -> list[Draft]:
        """The purchase no longer deserves `points`; `unused` of them still lay here.

        The mirror image of giving them. Settled on redeeming, what was used had been paid for, and comes back; what was
        handed over comes back before it is paid for, because whoever's points are taken in its place pay now.
        """
        drafts = self._back("issue", points, counts_money=self.is_settled_on_earn)
        if not self.is_settled_on_earn:
            drafts += self._back("settle", points - unused)
        return drafts + self._fee("issue" if self.is_settled_on_earn else "settle")

    def undo(self, drafts: Iterable[Draft]) -> list[Draft]:
        """What an entry posted for this lot, taken back exactly."""
        mirrored = [draft.mirrored() for draft in drafts]
        for draft in mirrored:
            self.note(draft)
        return mirrored

    def note(self, draft: Draft):
        """Count a posting of this lot."""
        state, sign = self._state(draft.kind), -1 if draft.is_reversal else 1
        state[0] += sign * draft.points
        state[1] += sign * draft.amount_minor

    def _state(self, kind):
        return self.posted.setdefault(kind, [0, Fraction(0)])

    def _forward(self, kind, points, *, to=None, counts_money=True):
        amount = points * self.price if counts_money else Fraction(0)
        return self._noted(Draft(self.lot_id, kind, to or self.issuer, FLOAT, to is not None, points, amount))

    def _back(self, kind, points, *, counts_money=True):
        if points <= 0:
            return []
        amount = points * self.price if counts_money else Fraction(0)
        return self._noted(Draft(self.lot_id, kind, self.issuer, FLOAT, True, points, amount, True))

    def _fee(self, kind):
        """The operator's part of what the issuer has paid in, as far as it was not posted before."""
        paid_in = self._state(kind)[1]
        due = paid_in * Fraction(self.settling.fee_percent) / 100 - self._state("fee")[1]
        if due == 0:
            return []
        return self._noted(Draft(self.lot_id, "fee", self.issuer, FEE, due < 0, 0, abs(due), due < 0))

    def _noted(self, draft):
        self.note(draft)
        return [draft]


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of the ledger as the clearing sees it.

    uses: [(lot id, points)], negative where they were put back. issued: [(lot id, points)] newly given. own: the lots
    of the purchase that is refunded, in order. taken: how many points a refund took, debt included. at: the merchant
    at which it happened. undone: what the entry posted that is reversed.
    """

    kind: str
    at: UUID
    uses: list[tuple[UUID, int]] = field(default_factory=list)
    issued: list[tuple[UUID, int]] = field(default_factory=list)
    own: list[UUID] = field(default_factory=list)
    taken: int = 0
    undone: list[Draft] = field(default_factory=list)


def postings_of(happening: Happening, books: dict[UUID, LotBook]) -> list[Draft]:
    """What one entry posts. books: of the lots concerned, by id; lots that are no coalition's are not in it."""
    used = [(books[lot_id], points) for lot_id, points in happening.uses if lot_id in books and points > 0]
    drafts = [draft for lot_id, points in happening.issued if lot_id in books
              for draft in books[lot_id].issue(points)]  # fmt: skip
    match happening.kind:
        case "redeem":
            drafts += [draft for book, points in used for draft in book.redeem(points, happening.at)]
        case "refund":
            drafts += _taken_back(happening, used, books)
        case "adjust" if not happening.issued:
            drafts += [draft for book, points in used for draft in book.correct(points)]
        case "restore":
            for book in {draft.lot_id: books[draft.lot_id] for draft in happening.undone}.values():
                drafts += book.undo(draft for draft in happening.undone if draft.lot_id == book.lot_id)
    if happening.kind in PAYS_DEBT or (happening.kind == "adjust" and happening.issued):
        drafts += [draft for book, points in used for draft in book.settle(points)]
    return drafts


# What is taken from a lot in an entry of these kinds has paid a debt.
PAYS_DEBT = {"earn", "activate", "restore", "transfer_in"}


def _taken_back(happening, used, books):
    """From the lots of the purchase itself, whoever's points were taken in their place, and also where it is owed."""
    own = [books[lot_id] for lot_id in happening.own if lot_id in books]
    unused = {book.lot_id: points for book, points in used if book.lot_id in happening.own}
    drafts = [
        draft for book, points in used if book.lot_id not in happening.own for draft in book.settle(points)
    ]
    left = happening.taken
    for place, book in enumerate(own):
        later = sum(unused.get(other.lot_id, 0) for other in own[place + 1 :])
        points = min(book.posted.get("issue", [0])[0], left - later)
        left -= points
        drafts += book.take_back(points, unused.get(book.lot_id, 0)) if points > 0 else []
    return drafts
