"""What every household deserves at the end of each month, and what partners owe each other: pandas and integers alone.

Nothing here uses the product. The rules of the shop are those of bench/grocery.py, written once more. A month's baskets
are sent when the month is over; fees are paid, and rewards taken, right after that.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pandas as pd

STAMPS_REQUIRED, COOLDOWN, MINOR_PER_STAMP = 10, timedelta(minutes=60), 5000
PENDING_DAYS, MONTHS_TO_EXPIRY = 14, 6
# Reached by what was spent in three months; with it the tier's points are multiplied by so many halves.
WINDOW_MONTHS, TIERS = 3, [("Bronze", 0, 2), ("Silver", 20_000, 3), ("Gold", 60_000, 4)]
# By the last digit of a basket's number it was bought at a partner's; points for so many cents there.
PARTNERS = {1: ("Pharmacy", 2, 100), 2: ("Florist", 1, 200)}
FEE_PERCENT, REWARD_POINTS = 2, 500
CLUB_BEGINS = pd.Period("2017-04", "M")


def in_club(household):
    return household % 10 == 0


def pays_on(household):
    """Whether a household pays its fee month by month. Who does not leaves after the first."""
    return household % 20 == 0


def takes_rewards(household):
    return household % 5 == 0


def takes_them_at(household):
    return "Pharmacy" if household % 2 == 0 else "Florist"


@dataclass(frozen=True)
class Deserved:
    """What a household has at the end of a month. With `carry` a full card leaves the balance and is an unlock."""

    visits: int
    points: int
    pending: int
    visit_stamps: int
    visit_unlocks: int
    spend_stamps: int
    spend_unlocks: int
    tier: str
    tier_points: int
    shared_points: int
    level: str


@dataclass
class Month:
    """households: {id: Deserved}; taking: who takes a reward now. cleared: {shop: (issued, owes, is owed, fee)}."""

    month: pd.Period
    households: dict
    taking: list
    cleared: dict


@dataclass
class _Household:
    """What is kept from month to month."""

    visits: int = 0
    stamps: int = 0
    last_stamp: object = None
    spent_for_stamps: int = 0
    tier_points: int = 0
    shared: int = 0
    lots: list = field(default_factory=list)
    spends: list = field(default_factory=list)


def months(baskets: pd.DataFrame, timezone: str) -> Iterator[Month]:
    """The year, month after month. baskets: as in journey.Year."""
    households: dict = defaultdict(_Household)
    everybody = [int(one) for one in baskets["household_id"].unique()]
    redeemed: dict = defaultdict(Counter)
    given: Counter = Counter()
    for month, rows in _prepared(baskets, timezone).groupby("month"):
        ends = (month + 1).start_time
        cleared: dict = defaultdict(Counter)
        for row in rows.itertuples():
            _buy(households[row.household_id], row, ends, cleared)
        deserved = {one: _standing(one, households[one], month, ends) for one in everybody}
        taking = [
            one for one in everybody if takes_rewards(one) and deserved[one].shared_points >= REWARD_POINTS
        ]
        yield Month(month, deserved, taking, _settled(cleared, redeemed[month], given))
        for one in taking:
            households[one].shared -= REWARD_POINTS
            redeemed[month + 1][takes_them_at(one)] += REWARD_POINTS


def _prepared(baskets, timezone):
    local = baskets["at"].dt.tz_convert(timezone).dt.tz_localize(None)
    day = local.dt.normalize()
    available = day + pd.Timedelta(days=PENDING_DAYS)
    month = local.dt.to_period("M")
    shop = (
        (baskets["basket_id"].astype("int64") % 10)
        .map({key: one[0] for key, one in PARTNERS.items()})
        .fillna("")
    )
    household = baskets["household_id"]
    club = in_club(household) & (month >= CLUB_BEGINS) & (pays_on(household) | (month == CLUB_BEGINS))
    return baskets.assign(
        month=month, shop=shop, times=1 + (club & (shop == "")).astype(int), available=available,
        expires=available + pd.DateOffset(months=MONTHS_TO_EXPIRY) + pd.Timedelta(days=1),
        counts_until=day + pd.DateOffset(months=WINDOW_MONTHS) + pd.Timedelta(days=1),
    )  # fmt: skip


def _buy(one, row, ends, cleared):
    one.visits += 1
    worth = row.amount_minor * row.times
    shared = worth // 100
    for name, points, per in PARTNERS.values():
        if row.shop == name:
            shared = points * row.amount_minor // per
    one.shared += shared
    cleared[row.shop].update(issued=shared)
    if row.shop:
        return
    one.lots.append((worth // 100, row.available, row.expires))
    if one.last_stamp is None or row.at - one.last_stamp >= COOLDOWN:
        one.stamps, one.last_stamp = one.stamps + row.times, row.at
    one.spent_for_stamps += worth
    _name, _threshold, halves = _tier(one, ends)
    one.tier_points += worth * halves // 200
    one.spends.append((row.amount_minor, row.counts_until))


def _tier(one, at):
    one.spends = [(amount, until) for amount, until in one.spends if until > at]
    spent = sum(amount for amount, _until in one.spends)
    return [tier for tier in TIERS if tier[1] <= spent][-1]


def _standing(number, one, month, ends):
    one.lots = [lot for lot in one.lots if lot[2] > ends]
    spend_stamps = one.spent_for_stamps // MINOR_PER_STAMP
    # The fee of the month that begins is due, and the club's grace runs, also for who will not pay it.
    holds = in_club(number) and (month == CLUB_BEGINS or (month > CLUB_BEGINS and pays_on(number)))
    return Deserved(
        visits=one.visits,
        points=sum(points for points, available, _expires in one.lots if available <= ends),
        pending=sum(points for points, available, _expires in one.lots if available > ends),
        visit_stamps=one.stamps % STAMPS_REQUIRED,
        visit_unlocks=one.stamps // STAMPS_REQUIRED,
        spend_stamps=spend_stamps % STAMPS_REQUIRED,
        spend_unlocks=spend_stamps // STAMPS_REQUIRED,
        tier=_tier(one, ends)[0],
        tier_points=one.tier_points,
        shared_points=one.shared,
        level="Club" if holds else "",
    )


def _settled(cleared, redeemed, given):
    """A point is worth a cent: who gives it owes that and the fee, who takes it is owed it.

    given: points so far, by shop; the fee of a month is what its rounded total grows by.
    """
    settled = {}
    for shop in ["", *(name for name, _points, _per in PARTNERS.values())]:
        issued, before = cleared[shop]["issued"], _fee(given[shop])
        given[shop] += issued
        settled[shop] = (issued, issued, redeemed[shop], _fee(given[shop]) - before)
    return settled


def _fee(points):
    return (points * FEE_PERCENT + 50) // 100
