"""What is taken off a sale, in its order: standing discounts, vouchers, and what is paid in points.

Rule: docs/rules.md, "Discounts".
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from loyalty import ids
from loyalty.errors import Refused
from programs import paying, standing_discounts
from programs.sheet import Sheet, Source
from programs.standing_discounts import Standing


class BelowMinimum(Refused):
    code = "below_minimum"
    sentence = _("Points pay from %(minimum)s on; here it would be %(points)s.")


class NotForMoney(Refused):
    code = "not_eligible"
    sentence = _("Points of this program cannot be taken as money here.")


@dataclass(frozen=True, slots=True)
class Discount:
    """Money taken off: of one line (`line`, its index), or of the whole purchase. `label`: what the answer shows."""

    amount_minor: int
    line: int | None = None
    label: dict = field(default_factory=dict)


@dataclass(slots=True)
class TakenOff:
    """discounts: in their order. told: {program id: rows for its reasons}. due_minor: what is left to be paid."""

    discounts: list[Discount]
    told: dict
    due_minor: int


def before_points(new, held) -> TakenOff:
    """Discounts of a NewPurchase before points: what came with it, standing ones, then those it asks for.

    held: what the member has in each program (programs.crediting.Held).
    """
    given = sum(one.amount_minor for one in new.discounts)
    offers, by_offer = [], {}
    for one in held:
        if one.benefits.discount_percent:
            by_offer[one.live.program.public_id] = one.live.program.id
            offers.append(_offer(one))
    found = standing_discounts.take_off(offers, new.amount_minor, new.items) if offers and not given else []
    told: dict = {}
    for off in found:
        told.setdefault(by_offer[off.standing.program], []).append(_row(off))
    standing = [Discount(off.amount_minor, off.line, _label(off)) for off in found]
    due = new.amount_minor - given - sum(one.amount_minor for one in standing)
    asked = list(new.take_off(due, _left(new, standing))) if new.take_off else []
    return TakenOff([*new.discounts, *standing, *asked], told, due - sum(one.amount_minor for one in asked))


@dataclass(slots=True)
class Payment:
    """Points that pay for a part of a sale. discount: the money they stand for; `take` takes them."""

    sheet: Sheet
    points: int
    program: str
    version_id: object
    discount: Discount

    def take(self, purchase):
        """Book the points, and name the entry in the purchase, for its refund."""
        source = Source(purchase_id=purchase.id, version_id=self.version_id, actor=purchase.actor)
        entry = self.sheet.burn(self.points, at=purchase.occurred_at, source=source)
        purchase.discounts[-1]["entry"] = ids.public("ent", entry.id)


def by_points(new, held, due_minor) -> Payment | None:
    """How many points a NewPurchase takes, as many as may be; None for none. Changes nothing.

    Raises BelowMinimum, and NotForMoney where the program does not take points as money.
    """
    if new.points is None:
        return None
    for live, sheet in ((one.live, one.sheet) for one in held):
        redeem = getattr(live.settings, "redeem", None)
        if live.program.id == new.points.program_id and redeem:
            points = paying.most(redeem, asked=new.points.amount, balance=sheet.balance, due_minor=due_minor)
            if points < redeem.minimum:
                raise BelowMinimum(minimum=redeem.minimum, points=points, balance=sheet.spendable)
            label = {"program": live.program.public_id, "points": points}
            discount = Discount(min(due_minor, paying.worth(redeem, points)), None, label)
            return (
                Payment(sheet, points, live.program.public_id, live.version_id, discount) if points else None
            )
    raise NotForMoney()


def _offer(held):
    gives = held.benefits
    return Standing(held.live.program.public_id, held.name, gives.discount_percent, gives.on, gives.min_minor)


def _label(off):
    return {"program": off.standing.program, "level": off.standing.name, "percent": str(off.standing.percent)}


def _row(off):
    return {
        "rule": "standing_discount", "code": "standing_discount", "name": off.standing.name, "amount": 0,
        "percent": str(off.standing.percent), "amount_minor": off.amount_minor,
    }  # fmt: skip


def _left(new, standing):
    """What is left of the amounts of the lines."""
    left = [item.amount_minor for item in new.items]
    for one in standing:
        if one.line is not None:
            left[one.line] -= one.amount_minor
    return left
