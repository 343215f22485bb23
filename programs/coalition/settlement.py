"""What the partners owe and are owed for a month. It is what that month's postings say, and sums to zero.

Rule: docs/rules/coalition.md, "Settlement"
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.money import half_up
from loyalty.tenancy import partners
from programs.coalition.models import Partner, Posting, PrepaidBlock


@dataclass(slots=True)
class Running:
    """An exact total before a period and at its end: the period's part is the difference of both, rounded half up.

    So the parts of all months add up to the whole, and no fraction of a cent is lost or charged twice.
    """

    before: Fraction = Fraction(0)
    until: Fraction = Fraction(0)

    @property
    def minor(self) -> int:
        return half_up(self.until) - half_up(self.before)

    def add(self, before, until):
        self.before += before
        self.until += until

    def step(self, amount) -> int:
        """Count one more row of the period from its beginning on: what it makes of the rounded total."""
        rounded, self.before = half_up(self.before), self.before + amount
        return half_up(self.before) - rounded


@dataclass(slots=True)
class Settled:
    """A partner's month. Amounts in minor units; what was taken back in it is taken off, and may be more than was."""

    partner_id: UUID
    issued_points: int = 0
    redeemed_points: int = 0
    prepaid_minor: int = 0
    owes: "Running" = field(default_factory=Running)
    is_owed: "Running" = field(default_factory=Running)
    fee: "Running" = field(default_factory=Running)

    @property
    def owes_minor(self):
        return self.owes.minor

    @property
    def is_owed_minor(self):
        return self.is_owed.minor

    @property
    def fee_minor(self):
        return self.fee.minor

    @property
    def net_minor(self):
        return self.is_owed_minor - self.owes_minor - self.fee_minor


@dataclass(slots=True)
class Month:
    """A settled month: each partner, and the operator's fee and float. float_minor: what moved into it."""

    first: date
    partners: list[Settled] = field(default_factory=list)

    @property
    def fee_minor(self):
        return sum(one.fee_minor for one in self.partners)

    @property
    def float_minor(self):
        return sum(one.owes_minor - one.is_owed_minor for one in self.partners)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement: what a partner owes or is owed for points, on a day. net_minor: for the partner.

    booked_at: when it was written; later than `at` for a sale that arrived late.
    """

    at: datetime
    booked_at: datetime
    kind: str
    is_reversal: bool
    points: int
    net_minor: int


def read_month(text: str) -> date:
    """ "2026-03" as its first day. Raises Invalid."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=ZoneInfo("UTC")).date()
    except ValueError:
        raise Invalid({"month": [_("Write a month as YYYY-MM.")]}) from None


def span(first: date) -> tuple[datetime, datetime]:
    """A month of the operator's, from its first day's 0:00 to the next one's."""
    zone = ZoneInfo(tenancy.merchant().timezone)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start, end = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first, following))
    return start, end


def of_month(program, first: date) -> Month:
    """The settlement of a program for the month that begins on `first`.

    The operator sees every partner, and itself where it gave or took points; an acting partner sees itself alone.
    """
    start, end = span(first)
    settled = {partner_id: Settled(partner_id) for partner_id in _there(program, end)}
    with partners.reading():
        rows = Posting.objects.filter(program_id=program.id, at__lt=end)
        parties = rows.values_list("kind", "is_reversal", "payer_id", "payee_id")
        earlier = Q(at__lt=start)
        summed: list[tuple] = list(
            parties.annotate(
                of_month=Sum("points", filter=~earlier, default=0),
                before=Sum("amount_minor", filter=earlier, default=Decimal(0)),
                until=Sum("amount_minor"),
            )
        )
        blocks = PrepaidBlock.objects.filter(invitation__program=program.id)
        bought = blocks.filter(bought_at__gte=start, bought_at__lt=end)
        prepaid = list(bought.values_list("partner_id", "price_minor"))
    for kind, is_reversal, payer_id, payee_id, points, before, until in summed:
        one = settled.setdefault(payer_id or payee_id, Settled(payer_id or payee_id))
        _count(one, kind, -1 if is_reversal else 1, points, Fraction(before), Fraction(until))
    for partner_id, price in prepaid:
        settled[partner_id].prepaid_minor += price
    return Month(first, sorted(settled.values(), key=lambda one: one.partner_id))


def lines(program, partner_id: UUID, first: date) -> Iterable[Line]:
    """What one partner's month consists of, oldest first."""
    start, end = span(first)
    with partners.reading():
        rows = Posting.objects.filter(program_id=program.id, at__gte=start, at__lt=end)
        paid = rows.filter(payee_id=partner_id) | rows.filter(payer_id=partner_id)
        found = list(
            paid.order_by("at", "id").values_list(
                "at", "booked_at", "kind", "is_reversal", "points", "amount_minor", "payee_id"
            )
        )
    month = next((one for one in of_month(program, first).partners if one.partner_id == partner_id), None)
    return [_line(month or Settled(partner_id), row) for row in found]


def _line(month, row):
    """A line with what it adds to the figure it stands in: the lines of a month add up to it, to the cent."""
    at, booked_at, kind, is_reversal, points, amount, _payee_id = row
    name, sign = _FIGURES[kind]
    made = getattr(month, name).step(Fraction(amount) * sign * (-1 if is_reversal else 1))
    return Line(at, booked_at, kind, is_reversal, points, made if name == "is_owed" else -made)


def _there(program, until):
    """Who takes part, or took part: they are told a month without anything, too."""
    with partners.reading():
        rows = Partner.objects.filter(program_id=program.id, accepted_at__lt=until)
        return list(rows.values_list("partner_id", flat=True))


# In which figure of a partner's month a kind of posting stands, and with which sign.
_FIGURES = {
    "issue": ("owes", 1),
    "settle": ("owes", 1),
    "adjust": ("owes", -1),
    "redeem": ("is_owed", 1),
    "fee": ("fee", 1),
}


def _count(one, kind, sign, points, before, until):
    """Add sums of postings to a partner's month: each kind stands in one figure, and its reversal is taken off it."""
    name, side = _FIGURES[kind]
    getattr(one, name).add(sign * side * before, sign * side * until)
    if kind == "issue":
        one.issued_points += sign * points
    elif kind == "redeem":
        one.redeemed_points += sign * points
