"""What a program costs before it is changed: from the draft and from what guests with a card usually spend."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count

from programs.models import Purchase

WINDOW = timedelta(days=90)
# Fewer purchases than this say nothing about the usual one.
FEWEST = 20


@dataclass(frozen=True)
class Usual:
    """What a purchase with a card is like. purchases: how many were looked at."""

    amount_minor: Decimal | None
    purchases: int


@dataclass(frozen=True)
class Estimate:
    """spend_minor: what a guest spends for one reward. percent: the reward's price of that; None while unknown."""

    spend_minor: Decimal | None
    cost_minor: int | None

    @property
    def percent(self) -> Decimal | None:
        if not self.spend_minor or self.cost_minor is None:
            return None
        return Decimal(self.cost_minor) * 100 / self.spend_minor


def usual(now: datetime) -> Usual:
    """The average purchase with a card in the last 90 days: one statement."""
    rows = Purchase.objects.filter(
        member__isnull=False, returned_at__isnull=True, occurred_at__gt=now - WINDOW, occurred_at__lte=now
    )
    found = rows.aggregate(amount=Avg("net_minor"), count=Count("id"))
    amount = Decimal(found["amount"]) if found["count"] >= FEWEST else None
    return Usual(amount, found["count"])


def punch_card(given: dict[str, Any], usual: Usual) -> Estimate:
    """A full card: so many purchases of the usual size, or so many of the amount for one stamp."""
    required = Decimal(given["stamps_required"])
    if given["stamp_per"] == "amount" and given["per_minor"]:
        return Estimate(required * given["per_minor"], given["reward_cost"])
    if given["stamp_per"] == "item" or usual.amount_minor is None:
        return Estimate(None, given["reward_cost"])
    return Estimate(required * usual.amount_minor, given["reward_cost"])


def points(given: dict[str, Any], cost_points: int | None, cost_minor: int | None) -> Estimate:
    """The spending that brings the points of one reward."""
    if not (cost_points and given["points"]):
        return Estimate(None, cost_minor)
    return Estimate(Decimal(cost_points) * given["per_minor"] / given["points"], cost_minor)
