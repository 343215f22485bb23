"""The four figures of the home page: do guests come back, how often, what does it cost, what is still owed.

Each is a question to the database that names the merchant and looks at a period through an index; none asks once
per guest. Periods are calendar periods in the merchant's timezone. What was returned in full counts as no visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, Sum

from loyalty import tenancy
from programs import catalogue
from programs.catalogue import Live
from rewards.gift_cards.models import GiftCard
from rewards.models import Reward

WEEK = timedelta(days=7)
COST_WINDOW = timedelta(days=30)
TREND_MONTHS = 6
TREND_WEEKS = 12


@dataclass(frozen=True)
class Share:
    """part of whole; `percent` is None where there is no whole yet."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        return Decimal(self.part) * 100 / self.whole if self.whole else None


@dataclass(frozen=True)
class Cost:
    """What rewards cost against what guests with a card spent, in minor units.

    unpriced: rewards handed over whose purchase price nobody has entered; they count as nothing.
    """

    rewards_minor: int
    revenue_minor: int
    unpriced: int

    @property
    def percent(self) -> Decimal | None:
        return Decimal(self.rewards_minor) * 100 / self.revenue_minor if self.revenue_minor else None


@dataclass(frozen=True)
class Liability:
    """What is promised and not yet taken, at purchase prices. change_minor: within the last seven days.

    gift_cards_minor: what is on gift cards, which comes on top.
    """

    open_minor: int
    change_minor: int
    unpriced: int
    gift_cards_minor: int = 0

    @property
    def all_minor(self) -> int:
        return self.open_minor + self.gift_cards_minor


# --- Come again -----------------------------------------------------------------------------------------------

_RETURNED = """
    SELECT count(*), count(*) FILTER (WHERE again) FROM (
        SELECT bool_or(occurred_at >= %(middle)s) AS again, bool_or(occurred_at < %(middle)s) AS before
        FROM programs_purchase
        WHERE merchant_id = %(merchant)s AND occurred_at >= %(start)s AND occurred_at < %(end)s
          AND member_id IS NOT NULL AND returned_at IS NULL
        GROUP BY member_id
    ) AS guests WHERE before
"""


def came_again(now: datetime, timezone: str) -> Share:
    """Of the guests who were here last month, those who have come this month so far."""
    this_month = month_start(now, timezone, 0)
    return _returned(month_start(now, timezone, -1), this_month, now)


def came_again_before(now: datetime, timezone: str) -> Share:
    """The same a month ago, up to the same day: what `came_again` is compared with."""
    start, middle = month_start(now, timezone, -2), month_start(now, timezone, -1)
    end = min(middle + (now - month_start(now, timezone, 0)), month_start(now, timezone, 0))
    return _returned(start, middle, end)


def came_again_in(now: datetime, timezone: str, months_ago: int) -> Share:
    """A whole month of the past: of the guests of the month before it, those who came in it."""
    ends = month_start(now, timezone, 1 - months_ago)
    return _returned(
        month_start(now, timezone, -1 - months_ago), month_start(now, timezone, -months_ago), ends
    )


def _returned(start: datetime, middle: datetime, end: datetime) -> Share:
    [(whole, part)] = _rows(_RETURNED, start=start, middle=middle, end=end)
    return Share(part, whole)


# --- Visits with a card ---------------------------------------------------------------------------------------

_VISITS = """
    SELECT floor(extract(epoch FROM (%(end)s - occurred_at))::float8 / 604800)::int AS weeks_ago, count(*)
    FROM programs_purchase
    WHERE merchant_id = %(merchant)s AND occurred_at > %(start)s AND occurred_at <= %(end)s
      AND member_id IS NOT NULL AND returned_at IS NULL
    GROUP BY 1
"""


def visits_by_week(now: datetime, weeks: int = TREND_WEEKS) -> list[int]:
    """Purchases with a card in spans of seven days that end now, oldest first; the last two are compared."""
    rows = dict(_rows(_VISITS, start=now - weeks * WEEK, end=now))
    return [rows.get(number, 0) for number in reversed(range(weeks))]


# --- Cost -----------------------------------------------------------------------------------------------------

# A reward that is taken off a purchase costs what was taken off; one that is handed over, its purchase price; a gift
# card, what was put on it; what a partner gives, the price agreed on.
_COST = """
    SELECT
        (SELECT coalesce(sum(coalesce(reward.cost_to_merchant_minor,
             CASE reward.kind WHEN 'gift_card' THEN reward.value_minor
                              WHEN 'partner' THEN reward.partner_price_minor END)), 0)
         FROM rewards_redemption AS redemption
         JOIN rewards_reward AS reward
           ON reward.merchant_id = redemption.merchant_id AND reward.id = redemption.reward_id
         WHERE redemption.merchant_id = %(merchant)s AND redemption.at > %(start)s AND redemption.at <= %(end)s
           AND redemption.status = 'done' AND reward.kind NOT IN ('amount_off', 'percent_off')),
        (SELECT count(*)
         FROM rewards_redemption AS redemption
         JOIN rewards_reward AS reward
           ON reward.merchant_id = redemption.merchant_id AND reward.id = redemption.reward_id
         WHERE redemption.merchant_id = %(merchant)s AND redemption.at > %(start)s AND redemption.at <= %(end)s
           AND redemption.status = 'done' AND reward.kind = 'product' AND reward.cost_to_merchant_minor IS NULL),
        coalesce(sum(discount_minor), 0), coalesce(sum(net_minor - refunded_minor), 0)
    FROM programs_purchase
    WHERE merchant_id = %(merchant)s AND occurred_at > %(start)s AND occurred_at <= %(end)s
      AND member_id IS NOT NULL
"""


def cost(now: datetime, *, days_ago: int = 0) -> Cost:
    """Rewards at their purchase price, and discounts, against the revenue with a card: 30 days that ended then."""
    end = now - timedelta(days=days_ago)
    [(prices, unpriced, discounts, revenue)] = _rows(_COST, start=end - COST_WINDOW, end=end)
    return Cost(int(prices + discounts), int(revenue), unpriced)


# --- Still owed -----------------------------------------------------------------------------------------------

_HELD = """
    SELECT program_id, coalesce(sum(balance + pending), 0) FROM programs_account
    WHERE merchant_id = %(merchant)s GROUP BY program_id
"""
# Stamps of a full card that carries over have left the balance; those of an unlock without an entry have not, and
# are counted there already, unless the reward is one on the way.
_UNLOCKED = """
    SELECT reward.id, count(*) FILTER (WHERE held.status = 'open'),
        count(*) FILTER (WHERE held.at > %(since)s)
          - count(*) FILTER (WHERE redemption.at > %(since)s),
        bool_or(held.entry_id IS NULL)
    FROM programs_unlock AS held
    JOIN rewards_reward AS reward ON reward.merchant_id = held.merchant_id AND reward.id = held.reward_id
    LEFT JOIN rewards_redemption AS redemption
      ON redemption.merchant_id = held.merchant_id AND redemption.id = held.redemption_id
    WHERE held.merchant_id = %(merchant)s AND (held.status = 'open' OR redemption.at > %(since)s)
    GROUP BY reward.id
"""
_MOVED = """
    SELECT account.program_id, coalesce(sum(entry.amount + entry.pending_amount), 0)
    FROM programs_entry AS entry
    JOIN programs_account AS account
      ON account.merchant_id = entry.merchant_id AND account.id = entry.account_id
    WHERE entry.merchant_id = %(merchant)s AND entry.at > %(since)s AND entry.at <= %(until)s
    GROUP BY account.program_id
"""
_VOUCHERS = """
    SELECT reward_id, count(*) FROM rewards_voucher
    WHERE merchant_id = %(merchant)s AND status = 'open' AND (valid_until IS NULL OR valid_until > %(until)s)
    GROUP BY reward_id
"""


def liability(now: datetime) -> Liability:
    """Open rewards at their purchase price; stamps and points at their share of the dearest reward they can buy."""
    lives = {live.program.id: live for live in catalogue.live(now)}
    rewards = {reward.id: reward for reward in Reward.objects.all()}
    worth = {key: worth_of_one(live, list(rewards.values())) for key, live in lives.items()}
    held, moved = dict(_rows(_HELD)), dict(_rows(_MOVED, since=now - WEEK, until=now))
    total = sum((worth.get(program, Decimal(0)) * amount for program, amount in held.items()), Decimal(0))
    change = sum((worth.get(program, Decimal(0)) * amount for program, amount in moved.items()), Decimal(0))
    unpriced = 0
    full_cards = {getattr(live.settings, "reward", None) for live in lives.values()}
    for reward_id, count, difference, stays in _rows(_UNLOCKED, since=now - WEEK):
        reward = rewards[reward_id]
        if stays and reward.public_id in full_cards:
            continue
        total += count * price(reward)
        change += difference * price(reward)
        unpriced += count if reward.cost_to_merchant_minor is None else 0
    for reward_id, count in _rows(_VOUCHERS, until=now):
        total += count * price(rewards[reward_id])
    return Liability(round(total), round(change), unpriced, _on_gift_cards(now))


def _on_gift_cards(now: datetime) -> int:
    """What is on gift cards that can be spent."""
    good = GiftCard.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), balance_minor__gt=0)
    return good.aggregate(left=Sum("balance_minor"))["left"] or 0


def price(reward: Reward) -> int:
    """What a reward costs the shop: its purchase price; for money off, what is taken off; 0 while unknown."""
    if reward.cost_to_merchant_minor is not None:
        return reward.cost_to_merchant_minor
    return reward.value_minor or 0 if reward.kind in (Reward.Kind.AMOUNT_OFF, Reward.Kind.GIFT_CARD) else 0


def worth_of_one(live: Live, rewards: Sequence[Reward]) -> Decimal:
    """What one stamp or point costs at most, in minor units: ten stamps for a coffee at 85 cents → 8.5.

    Where money is counted: what a cent spent costs.
    """
    settings = live.settings
    required = settings.per_minor if live.type.counts_money else getattr(settings, "stamps_required", None)
    if required:
        full = next((one for one in rewards if one.public_id == live.settings.reward), None)
        return Decimal(price(full)) / required if full else Decimal(0)
    shares = [
        Decimal(price(one)) / one.cost
        for one in rewards
        if one.program_id == live.program.id
        and one.cost
        and not one.unlocked_only
        and one.archived_at is None
    ]
    return max(shares, default=Decimal(0))


# --- The ground -----------------------------------------------------------------------------------------------


def month_start(now: datetime, timezone: str, offset: int) -> datetime:
    """The first moment of the month that is so many months away from this one."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + offset, 12)
    return datetime.combine(date(year, month + 1, 1), time(), zone)


def _rows(sql: str, **facts: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"merchant": tenancy.merchant_id(), **facts})
        return list(cursor.fetchall())
