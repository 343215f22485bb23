"""What a purchase costs and gives at the shop of all types (all_types.py), by plain arithmetic alone: no code of ours.

Amounts in cents. `level`: the tier before the purchase; `is_vip`: whether the paid club's benefits hold.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
# The settings of the shop, once more.
THRESHOLDS = {"Bronze": 0, "Silber": 5_000, "Gold": 12_000}
TIMES = {"Bronze": Fraction(1), "Silber": Fraction(5, 4), "Gold": Fraction(2)}
OFF = {"Bronze": 0, "Silber": 0, "Gold": 5}
CLUB_TIMES, CLUB_OFF, BREAD_OFF = Fraction(3, 2), 3, 10
PER_CAKE, WHO_WAS_BROUGHT, WHO_BROUGHT = 3, 10, 20
STEP, MINIMUM, AT_MOST = 5, 10, 50
AT_ANNAS, AT_BERTS, CAP = (2, 100), (1, 300), 60
WINDOW_MONTHS = 2


@dataclass(frozen=True)
class Line:
    name: str
    quantity: int
    amount: int


@dataclass
class Receipt:
    """A sale as it was made. where: "", or the partner. brought: the first one of somebody whom a member brought.

    given: what it gave, by program. cakes_back: how many were returned. cards: what gift cards paid of it, by code.
    """

    purchase: object
    lines: list[Line]
    where: str
    level: str
    is_vip: bool
    brought: bool
    given: dict
    cakes_back: int = 0
    cards: list = field(default_factory=list)

    def deserves(self, net, *, is_returned):
        """{program: amount} for what is left of it."""
        cakes = sum(line.quantity for line in self.lines if line.name == "Kuchen") - self.cakes_back
        extra = 0 if is_returned else PER_CAKE * cakes + WHO_WAS_BROUGHT * self.brought
        return gives(net, self.where, self.level, self.is_vip, extra=extra, is_visit=not is_returned)

    def standing(self, rest):
        """What standing discounts take off it; at a partner none."""
        return 0 if self.where else standing(self.lines, rest, self.level, self.is_vip)


def gives(net, where, level, is_vip, *, extra, is_visit):
    """What a net amount gives in each program; at a partner in the coalition alone."""
    if where:
        points, per = AT_ANNAS if where == "Anna" else AT_BERTS
        return {"Straße": points * net // per}
    club = CLUB_TIMES if is_vip else 1
    return {
        "Punkte": floor(club * net / 100) + extra,
        "Karte": int(is_visit),
        "Stufen": floor(club * TIMES[level] * net / 100),
        "Club": 0,
        "Bonus": floor(club * net),
        "Brotkarte": 0,
        "Straße": floor(club * net / 100),
    }


def standing(lines, rest, level, is_vip):
    """What standing discounts take off: of each line, and of the rest, the best one."""
    everywhere = max(OFF[level], CLUB_OFF if is_vip else 0)
    parts = [
        (line.amount, max(everywhere, BREAD_OFF) if line.name == "Brot" else everywhere) for line in lines
    ]
    return sum(half_up(amount * percent) for amount, percent in [*parts, (rest, everywhere)])


def half_up(hundredths):
    return (hundredths + 50) // 100


def vouchers(due, offers):
    """What is left to be paid after (cents off, percent off) of each voucher, in their order."""
    for value, percent in offers:
        due -= half_up(due * int(percent)) if percent else min(due, value)
    return due


def points_taken(asked, balance, due):
    points = min(asked, balance, due * AT_MOST // 100)
    return points - points % STEP


def paid_by_cards(due, balances):
    """What each card pays of what is due: the first as much as it can, then the next."""
    paid = []
    for balance in balances:
        paid.append(min(balance, due))
        due -= paid[-1]
    return paid


def counts_until(occurred_at):
    """When a purchase leaves the window: two months later, at 24:00 of the day."""
    day = occurred_at.astimezone(BERLIN).date()
    year, month = divmod(day.year * 12 + day.month - 1 + WINDOW_MONTHS, 12)
    last = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return datetime.combine(last + timedelta(days=1), time(), BERLIN)


def tier(spent):
    return [name for name, threshold in THRESHOLDS.items() if threshold <= spent][-1]
