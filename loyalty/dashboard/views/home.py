"""The first page: what is worth doing, four figures, today at the counter, what stands out."""

from datetime import datetime, timedelta
from decimal import Decimal
from time import perf_counter

from babel.dates import format_date
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty import clock
from loyalty.dashboard import advice, brands, figures, noticing, offers
from loyalty.dashboard import today as counter
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.pages import page, tell
from loyalty.design import wording
from loyalty.merchants.models import AuditEntry, Merchant
from members.models import Member
from programs import catalogue
from programs.models import Program, Purchase
from rewards.models import Reward

# The figures look back for weeks; a minute more or less does not change them. A sandbox's clock jumps: not there.
KEPT_SECONDS = 60
# Months and weeks that are over change only by late refunds.
PAST_KEPT_SECONDS = 6 * 60 * 60
# How long the trends may keep the page waiting.
NOTICED_SECONDS = 0.2


@with_merchant
@require_GET
def home(request: MerchantRequest) -> HttpResponse:
    """The page, or, as long as nobody has a card, the three steps that bring the first guest."""
    lives = catalogue.live()
    if not lives:
        return redirect("dashboard:start_program")
    if not Member.objects.exists():
        return _empty(request, lives[0])
    now, merchant = clock.now(), request.merchant
    today = clock.today(merchant.timezone)
    usual = kept(request, f"usual{today}", PAST_KEPT_SECONDS, lambda: _usual(now, merchant))
    at_counter = counter.today(now, merchant.timezone, usual)
    context = {
        "greeting": _greeting(timezone.localtime(now).hour),
        "now": now,
        "advice": advice.advice(now, merchant),
        "figures": kept(request, "figures", KEPT_SECONDS, lambda: four(request)),
        "today": at_counter,
        "rows": list(zip(at_counter.hours, at_counter.counts, at_counter.usual or [None] * 24, strict=False)),
        "has_stamps": any(live.program.type == "punch_card" for live in lives),
        "flags": noticing.flags(now),
    }
    return page(request, "dashboard/home.html", "home", context)


def _usual(now: datetime, merchant: Merchant) -> counter.Usual:
    return counter.usual(now, merchant.timezone, merchant.created_at)


@with_merchant
@require_POST
def clear_flag(request: MerchantRequest) -> HttpResponse:
    """ "All in order": what stood out is not shown again."""
    noticing.clear(request.POST.get("key", ""), actor=request.actor)
    tell(request, _("Put away."))
    return redirect("dashboard:home")


@with_merchant
@require_GET
def computed(request: MerchantRequest) -> HttpResponse:
    """How each figure is computed, with the numbers behind it."""
    now, zone = clock.now(), request.merchant.timezone
    context = {
        "now": now,
        "again": figures.came_again(now, zone),
        "again_before": figures.came_again_before(now, zone),
        "weeks": figures.visits_by_week(now, 2),
        "cost": figures.cost(now),
        "liability": figures.liability(now),
        "worths": _worths(now),
    }
    return page(request, "dashboard/computed.html", "home", context)


def _worths(now: datetime) -> list[tuple[Program, Decimal]]:
    """What one stamp or point of each program costs, in minor units."""
    rewards = list(Reward.objects.all())
    return [(live.program, figures.worth_of_one(live, rewards)) for live in catalogue.live(now)]


def kept(request: MerchantRequest, name: str, seconds: int, compute):
    """A figure out of the cache where it is fresh enough; a sandbox's are always computed."""
    if request.merchant.is_sandbox:
        return compute()
    return cache.get_or_set(_key(request, name), compute, seconds)


def _key(request: MerchantRequest, name: str) -> str:
    return f"dashboard:{request.merchant.id}:{get_language()}:{name}"


def four(request: MerchantRequest) -> list[dict[str, object]]:
    """The four figures as the component draws them; what is not there yet says from when it will be."""
    return [_again(request), _visits(request), _cost(request), _liability(request)]


def _again(request):
    now, zone = clock.now(), request.merchant.timezone
    share = figures.came_again(now, zone)
    today = clock.today(zone)
    before = kept(request, f"before{today}", PAST_KEPT_SECONDS, lambda: figures.came_again_before(now, zone))
    figure = {"label": _("Come again"), "href": _how("again")}
    if share.percent is None:
        return figure | {"empty_from": _("from the second month on")}
    names = {"last": _month(request, -1), "this": _month(request, 0)}
    figure |= {
        "value": _percent(share.percent),
        "note": _("guests of %(last)s who were back in %(this)s") % names,
        "trend": _again_trend(request, now, zone),
    }
    return figure | _points(share.percent, before.percent, good=1)


def _again_trend(request, now, zone):
    def compute(number):
        return figures.came_again_in(now, zone, number).percent

    names = {number: f"again{figures.month_start(now, zone, -number):%Y%m}" for number in range(1, 7)}
    return _trend(request, names, compute)


def _trend(request, names, compute):
    """Points of the past, oldest first, out of the cache. names: how many steps ago → the point's name there.

    What is missing is computed, the latest first, as long as it takes no time that one would notice: in a shop of
    a hundred thousand guests the line grows over the next views.
    """
    began, points = perf_counter(), {}
    for steps, name in sorted(names.items()):
        if request.merchant.is_sandbox or perf_counter() - began < NOTICED_SECONDS:
            points[steps] = kept(request, name, PAST_KEPT_SECONDS, lambda steps=steps: compute(steps))
        else:
            points[steps] = cache.get(_key(request, name))
    return [float(points[steps]) for steps in sorted(points, reverse=True) if points[steps] is not None]


def _visits(request):
    now = clock.now()
    weeks = figures.visits_by_week(now, 2)
    figure = {"label": _("Visits with a card"), "href": _how("visits")}
    name = f"weeks{clock.today(request.merchant.timezone)}"
    trend = kept(request, name, PAST_KEPT_SECONDS, lambda: figures.visits_by_week(now))
    if not any(trend) and not any(weeks):
        return figure | {"empty_from": _("from the first visit on")}
    before, last = weeks
    trend = [*trend[:-1], last]
    figure |= {"value": wording.plain(last, _language()), "note": _("in the last seven days"), "trend": trend}
    if before:
        change = Decimal(last - before) * 100 / before
        figure |= {"delta": f"{_sign(change)}{_percent(change)}", "delta_kind": _kind(change)}
    return figure


def _cost(request):
    now = clock.now()
    cost, before = figures.cost(now), figures.cost(now, days_ago=30)
    figure = {"label": _("Cost"), "href": _how("cost")}
    if not cost.rewards_minor:
        waits = (
            _("from the first redemption on") if not cost.unpriced else _("as soon as rewards have a price")
        )
        return figure | {"empty_from": waits}
    if cost.percent is None:
        return figure | {"empty_from": _("from the first visit on")}
    figure |= {"value": _percent(cost.percent, 1), "note": _("rewards, of the revenue with a card")}
    past = None if before.percent is None or not before.rewards_minor else before.percent
    trend = [*_cost_trend(request, now), float(cost.percent)]
    return figure | {"trend": trend} | _points(cost.percent, past, good=-1, digits=1)


def _cost_trend(request, now):
    names = {number: f"cost{now - timedelta(days=15 * number):%Y%m%d}" for number in range(1, 6)}
    return _trend(request, names, lambda number: figures.cost(now, days_ago=15 * number).percent)


def _liability(request):
    owed = figures.liability(clock.now())
    figure = {"label": _("Still owed"), "href": _how("owed")}
    if not owed.open_minor:
        waits = (
            _("as soon as rewards have a price")
            if Purchase.objects.exists()
            else _("from the first visit on")
        )
        return figure | {"empty_from": waits}
    currency = request.merchant.currency
    amount = _whole_money(owed.open_minor, currency)
    figure |= {"value": amount, "note": _("promised rewards at their purchase price")}
    if owed.change_minor:
        sign = "+" if owed.change_minor > 0 else ""
        figure |= {"delta": f"{sign}{_whole_money(owed.change_minor, currency)}"}
    return figure


def _empty(request: MerchantRequest, live) -> HttpResponse:
    merchant = request.merchant
    with brands.spoken_to_guests(merchant):
        headline = offers.promise(live)
    waits = [
        (_("Come again"), _("from the second month on")),
        (_("Visits with a card"), _("from the first visit on")),
        (_("Cost"), _("from the first redemption on")),
        (_("Still owed"), _("from the first visit on")),
    ]
    context = {
        "live": live,
        "headline": headline,
        "figures": [{"label": label, "empty_from": since} for label, since in waits],
        "has_pin": bool(request.staff.pin_hash),
        "printed": AuditEntry.objects.filter(action=advice.PRINTED).exists(),
        "sign_up": reverse("join", args=[merchant.slug]),
    }
    return page(request, "dashboard/empty.html", "home", context)


def _greeting(hour: int) -> str:
    if hour < 11:
        return _("Good morning, %(name)s")
    return _("Good day, %(name)s") if hour < 18 else _("Good evening, %(name)s")


def _how(anchor: str) -> str:
    return f"{reverse('dashboard:computed')}#{anchor}"


def _points(value: Decimal, before: Decimal | None, *, good: int, digits: int = 0) -> dict[str, object]:
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


def _month(request: MerchantRequest, offset: int) -> str:
    day = figures.month_start(clock.now(), request.merchant.timezone, offset).date()
    return format_date(day, "MMMM", locale=wording.locale(_language()))


def _language() -> str:
    return get_language() or "en"
