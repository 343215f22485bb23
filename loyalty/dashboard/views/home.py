"""The first page: what is worth doing, four figures, today at the counter, what stands out."""

from datetime import datetime
from decimal import Decimal
from itertools import zip_longest

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty import brands, clock
from loyalty.dashboard import advice, figure_cards, figures, noticing, offers
from loyalty.dashboard import today as counter
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.advice import Advice
from loyalty.dashboard.pages import page, tell
from loyalty.merchants.models import Merchant
from members.models import Member
from programs import adjusting, catalogue, units
from programs.models import Program
from rewards.models import Reward

# The oldest first: whoever decides them sees the next ones.
WAITING_SHOWN = 5


@with_merchant
@require_GET
def home(request: MerchantRequest) -> HttpResponse:
    """The page, or, as long as nobody has a card, the three steps that bring the first guest."""
    lives = catalogue.live()
    if not Member.objects.exists():
        return _empty(request, next(iter(lives), None))
    now, merchant = clock.now(), request.merchant
    today = clock.today(merchant.timezone)
    usual = figure_cards.kept(
        merchant, f"usual{today}", figure_cards.PAST_KEPT_SECONDS, lambda: _usual(now, merchant)
    )
    at_counter = counter.today(now, merchant.timezone, usual)
    context = {
        "greeting": _greeting(timezone.localtime(now).hour),
        "now": now,
        "advice": advice.advice(now, merchant),
        "figures": figure_cards.kept(
            merchant, "figures", figure_cards.KEPT_SECONDS, lambda: figure_cards.four(merchant)
        ),
        "today": at_counter,
        "rows": list(zip_longest(at_counter.hours, at_counter.counts, at_counter.usual)),
        "has_stamps": any(hasattr(live.settings, "stamps_required") for live in lives),
        "flags": noticing.flags(now),
        "waiting": adjusting.waiting()[:WAITING_SHOWN],
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
    lives = [live for live in catalogue.live(now) if units.collects(live) and not live.type.counts_money]
    return [(live.program, figures.worth_of_one(live, rewards)) for live in lives]


def _empty(request: MerchantRequest, live: catalogue.Live | None) -> HttpResponse:
    """Nobody has a card yet. Without a program the first step is to make one."""
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
        "steps": _steps(request, live),
        "figures": [{"label": label, "empty_from": since} for label, since in waits],
    }
    return page(request, "dashboard/empty.html", "home", context)


def _steps(request: MerchantRequest, live: catalogue.Live | None) -> list[Advice]:
    """The three things that bring the first guest."""
    make = Advice(
        _("Make the card"),
        _("Stamps or points, and what there is for them. It takes two minutes."),
        _("Start a card"),
        reverse("dashboard:start_program"),
        "stamp",
    )
    poster = Advice(
        _("Print the poster and hang it at the counter"),
        _("The code on it leads to the sign-up. That takes a guest twenty seconds."),
        _("Open the poster"),
        reverse("dashboard:launch_kit"),
        "printer",
    )
    has_pin = _("Sign in on that device and open it there. Your PIN is set.")
    needs_pin = _("Sign in on that device and open it there. You also need a PIN.")
    device = Advice(
        _("Open the counter on a tablet or phone"),
        has_pin if request.staff.pin_hash else needs_pin,
        _("Team and counter"),
        reverse("dashboard:team"),
        "tablet",
    )
    own_card = Advice(
        _("Take a card yourself"),
        _("So you see what your guests see. You can delete your card again at any time."),
        _("My card"),
        reverse("join", args=[request.merchant.slug]),
        "smartphone",
    )
    return [poster, device, own_card] if live else [make, poster, device]


def _greeting(hour: int) -> str:
    if hour < 11:
        return _("Good morning, %(name)s")
    return _("Good day, %(name)s") if hour < 18 else _("Good evening, %(name)s")
