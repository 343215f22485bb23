"""The four figures as the first page shows them: worded, with their change and their trend.

The figures look back for weeks, so they are kept for a minute, and what is over for hours; a sandbox's never.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

from babel.dates import format_date
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty import clock
from loyalty.dashboard import figures
from loyalty.design import wording
from loyalty.merchants.models import Merchant
from programs.models import Purchase

# A minute more or less does not change them. A sandbox's clock jumps: there nothing is kept.
KEPT_SECONDS = 60
# Months and weeks that are over change only by late refunds.
PAST_KEPT_SECONDS = 6 * 60 * 60
# How long the trends may keep the page waiting.
NOTICED_SECONDS = 0.2

Card = dict[str, Any]


def kept(merchant: Merchant, name: str, seconds: int, compute: Callable[[], Any]) -> Any:
    """A figure out of the cache where it is fresh enough; a sandbox's are always computed."""
    if merchant.is_sandbox:
        return compute()
    return cache.get_or_set(_key(merchant, name), compute, seconds)


def _key(merchant: Merchant, name: str) -> str:
    return f"dashboard:{merchant.id}:{get_language()}:{name}"


def four(merchant: Merchant) -> list[Card]:
    """The four figures as the component draws them; what is not there yet says from when it will be."""
    return [_again(merchant), _visits(merchant), _cost(merchant), _liability(merchant)]


def _again(merchant: Merchant) -> Card:
    now, zone = clock.now(), merchant.timezone
    share = figures.came_again(now, zone)
    today = clock.today(zone)
    before = kept(merchant, f"before{today}", PAST_KEPT_SECONDS, lambda: figures.came_again_before(now, zone))
    figure: Card = {"label": _("Come again"), "href": _how("again")}
    if share.percent is None:
        return figure | {"empty_from": _("from the second month on")}
    names = {"last": _month(merchant, -1), "this": _month(merchant, 0)}
    figure |= {
        "value": _percent(share.percent),
        "note": _("guests of %(last)s who were back in %(this)s") % names,
        "trend": _again_trend(merchant, now, zone),
    }
    return figure | _points(share.percent, before.percent, good=1)


def _again_trend(merchant: Merchant, now: datetime, zone: str) -> list[float]:
    def compute(number: int) -> Decimal | None:
        return figures.came_again_in(now, zone, number).percent

    names = {number: f"again{figures.month_start(now, zone, -number):%Y%m}" for number in range(1, 7)}
    return _trend(merchant, names, compute)


def _trend(
    merchant: Merchant, names: dict[int, str], compute: Callable[[int], Decimal | None]
) -> list[float]:
    """Points of the past, oldest first, out of the cache. names: how many steps ago → the point's name there.

    What is missing is computed, the latest first, as long as it takes no time that one would notice: in a shop of
    a hundred thousand guests the line grows over the next views.
    """
    began, points = perf_counter(), {}
    for steps, name in sorted(names.items()):
        if merchant.is_sandbox or perf_counter() - began < NOTICED_SECONDS:
            points[steps] = kept(merchant, name, PAST_KEPT_SECONDS, lambda steps=steps: compute(steps))
        else:
            points[steps] = cache.get(_key(merchant, name))
    return [float(points[steps]) for steps in sorted(points, reverse=True) if points[steps] is not None]


def _visits(merchant: Merchant) -> Card:
    now = clock.now()
    weeks = figures.visits_by_week(now, 2)
    figure: Card = {"label": _("Visits with a card"), "href": _how("visits")}
    name = f"weeks{clock.today(merchant.timezone)}"
    trend = kept(merchant, name, PAST_KEPT_SECONDS, lambda: figures.visits_by_week(now))
    if not any(trend) and not any(weeks):
        return figure | {"empty_from": _("from the first visit on")}
    before, last = weeks
    trend = [*trend[:-1], last]
    figure |= {"value": wording.plain(last, _language()), "note": _("in the last seven days"), "trend": trend}
    if before:
        change = Decimal(last - before) * 100 / before
        figure |= {"delta": f"{_sign(change)}{_percent(change)}", "delta_kind": _kind(change)}
    return figure


def _cost(merchant: Merchant) -> Card:
    now = clock.now()
    cost, before = figures.cost(now), figures.cost(now, days_ago=30)
    figure: Card = {"label": _("Cost"), "href": _how("cost")}
    if not cost.rewards_minor:
        waits = (
            _("from the first redemption on") if not cost.unpriced else _("as soon as rewards have a price")
        )
        return figure | {"empty_from": waits}
    if cost.percent is None:
        return figure | {"empty_from": _("from the first visit on")}
    figure |= {"value": _percent(cost.percent, 1), "note": _("rewards, of the revenue with a card")}
    past = None if before.percent is None or not before.rewards_minor else before.percent
    trend = [*_cost_trend(merchant, now), float(cost.percent)]
    return figure | {"trend": trend} | _points(cost.percent, past, good=-1, digits=1)


def _cost_trend(merchant: Merchant, now: datetime) -> list[float]:
    names = {number: f"cost{now - timedelta(days=15 * number):%Y%m%d}" for number in range(1, 6)}
    return _trend(merchant, names, lambda number: figures.cost(now, days_ago=15 * number).percent)


def _liability(merchant: Merchant) -> Card:
    owed = figures.liability(clock.now())
    figure: Card = {"label": _("Still owed"), "href": _how("owed")}
    if not owed.all_minor:
        waits = (
            _("as soon as rewards have a price")
            if Purchase.objects.exists()
            else _("from the first visit on")
        )
        return figure | {"empty_from": waits}
    currency = merchant.currency
    amount = _whole_money(owed.all_minor, currency)
    note = _("promised rewards at their purchase price")
    if owed.gift_cards_minor:
        note = _("promised rewards at their purchase price, and what is on gift cards")
    figure |= {"value": amount, "note": note}
    if owed.change_minor:
        sign = "+" if owed.change_minor > 0 else ""
        figure |= {"delta": f"{sign}{_whole_money(owed.change_minor, currency)}"}
    return figure


def _how(anchor: str) -> str:
    return f"{reverse('dashboard:computed')}#{anchor}"


def _points(value: Decimal, before: Decimal | None, *, good: int, digits: int = 0) -> Card:
    """The change of a share in percentage points. good: 1 where more is better, −1 where less is."""
    if before is None:
        return {}
    change = round(value, digits) - round(before, digits)
    words = {"change": f"{_sign(change)}{wording.plain(change, _language(), digits=digits)}"}
    return {"delta": _("%(change)s points") % words, "delta_kind": _kind(change * good)}


def _kind(change: Decimal) -> str:
    return "good" if change > 0 else "bad" if change < 0 else ""


def _sign(change: Decimal) -> str:
    return "+" if change > 0 else ""


def _percent(value: Decimal, digits: int = 0) -> str:
    return wording.percent(value, _language(), digits=digits)


def _whole_money(minor: int, currency: str) -> str:
    """From a hundred on the cents only disturb: 214 €; below they are kept: 8,50 €."""
    if abs(minor) >= 10_000:
        minor = round(minor, -2)
    return wording.amount(minor, currency, _language(), short=True)


def _month(merchant: Merchant, offset: int) -> str:
    day = figures.month_start(clock.now(), merchant.timezone, offset).date()
    return format_date(day, "MMMM", locale=wording.locale(_language()))


def _language() -> str:
    return get_language() or "en"
