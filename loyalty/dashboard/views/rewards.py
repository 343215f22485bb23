"""Rewards: what points buy and what full cards give; added, changed, put away and brought back."""

from datetime import timedelta

from django.db.models import Avg
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loyalty import clock
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.rewards import RewardForm, values
from loyalty.dashboard.pages import page, tell
from loyalty.design.wording import currency_sign
from loyalty.errors import NotFound, Refused
from loyalty.merchants import auditing
from programs import catalogue as program_catalogue
from programs.models import Credit, Program
from rewards import catalogue
from rewards.models import Reward

USUAL = timedelta(days=90)


@with_merchant
@require_GET
def rewards(request: MerchantRequest) -> HttpResponse:
    """All rewards, those for points by their price, with the visits it takes to reach them."""
    listed = list(Reward.objects.select_related("program").order_by("cost", "id"))
    usual = _points_per_visit()
    for_points = [
        {"reward": reward, "visits": _visits(reward, usual)}
        for reward in listed
        if not reward.unlocked_only and reward.archived_at is None
    ]
    context = {
        "for_points": for_points,
        "of_cards": [one for one in listed if one.unlocked_only and one.archived_at is None],
        "archived": [one for one in listed if one.archived_at],
        "can_add": bool(_points_programs()),
    }
    return page(request, "dashboard/rewards.html", "rewards", context)


def _points_per_visit() -> dict[object, float]:
    """What a purchase gives on average, by program, over the last 90 days."""
    rows = Credit.objects.filter(
        occurred_at__gt=clock.now() - USUAL, amount__gt=0, program__in=_points_programs()
    )
    return dict(rows.values_list("program_id").annotate(Avg("amount")))


def _visits(reward: Reward, usual: dict[object, float]) -> int | None:
    points = usual.get(reward.program_id)
    return max(1, round(reward.cost / float(points))) if points and reward.cost else None


def _points_programs() -> list[Program]:
    return [
        live.program for live in program_catalogue.live() if getattr(live.settings, "earn", None) is not None
    ]


@with_merchant
@require_http_methods(["GET", "POST"])
def new_reward(request: MerchantRequest) -> HttpResponse:
    form = RewardForm(
        request.POST or None,
        initial={"kind": "product"},
        currency=request.merchant.currency,
        programs=_points_programs(),
    )
    if form.is_valid():
        try:
            reward = catalogue.create_reward(**form.columns())
            auditing.record(request.actor, "reward.created", reward.public_id)
            undo = reverse("dashboard:archive_reward", args=[reward.public_id])
            tell(request, _("“%(reward)s” can be had from now on.") % {"reward": reward.name}, undo=undo)
            return redirect("dashboard:rewards")
        except Refused as refused:
            show(refused, form)
    return page(request, "dashboard/reward.html", "rewards", {"form": form, "sign": _sign(request)})


@with_merchant
@require_http_methods(["GET", "POST"])
def reward(request: MerchantRequest, reward_id: str) -> HttpResponse:
    """Change a reward. What was redeemed before stays as it was paid."""
    held = _reward(reward_id)
    form = RewardForm(
        request.POST or None, initial=values(held), currency=request.merchant.currency, programs=[], held=held
    )
    if form.is_valid():
        try:
            catalogue.change_reward(held, **form.columns())
            auditing.record(request.actor, "reward.changed", reward_id, fields=form.changed_data)
            tell(request, _("Saved."))
            return redirect("dashboard:rewards")
        except Refused as refused:
            show(refused, form)
    context = {"form": form, "reward": held, "sign": _sign(request)}
    return page(request, "dashboard/reward.html", "rewards", context)


@with_merchant
@require_POST
def archive(request: MerchantRequest, reward_id: str) -> HttpResponse:
    """Put a reward away, with the way back on the next page."""
    held = _reward(reward_id)
    catalogue.archive(held)
    auditing.record(request.actor, "reward.archived", reward_id)
    undo = reverse("dashboard:restore_reward", args=[reward_id])
    tell(request, _("“%(reward)s” is put away.") % {"reward": held.name}, undo=undo)
    return redirect("dashboard:rewards")


@with_merchant
@require_POST
def restore(request: MerchantRequest, reward_id: str) -> HttpResponse:
    held = _reward(reward_id)
    catalogue.restore(held)
    auditing.record(request.actor, "reward.restored", reward_id)
    tell(request, _("“%(reward)s” can be had again.") % {"reward": held.name})
    return redirect("dashboard:rewards")


def _reward(reward_id: str) -> Reward:
    try:
        return Reward.objects.select_related("program").by_public_id(Reward.prefix, reward_id)
    except NotFound:
        raise Http404 from None


def _sign(request: MerchantRequest) -> str:
    return currency_sign(request.merchant.currency, get_language() or "en")
