"""Redeeming from the customer's phone: digits that live for a minute."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty import clock
from loyalty.card import shop
from rewards import presenting, standing
from rewards.models import Reward


@require_safe
@shop.of_card
def now(request, member, token, reward_id):
    """The code for the counter. Each look at the page makes a new one; nothing is taken before it is scanned."""
    reward = Reward.objects.by_public_id("rwd", reward_id)
    if not _is_within_reach(member, reward):
        return _not_yet(request, token, reward)
    shown = presenting.present(member, reward)
    seconds = max(1, round((shown.ends_at - clock.now()).total_seconds()))
    return render(request, "card/redeem.html", shop.context(
        request, reward=reward, code=shown.digits, digits=shown.digits, seconds=seconds,
        lasts=int(presenting.LASTS.total_seconds()), ends_at=shown.ends_at, seed=member.number,
        after=_("Then a new code appears. Until it is used nothing is taken off the card. A screenshot is not valid."),
        reload_url=request.path, back_url=reverse("card", args=[token]),
    ))  # fmt: skip


def _is_within_reach(member, reward):
    return any(reward in (*one.unlocked, *one.reachable) for one in standing.of(member))


def _not_yet(request, token, reward):
    return render(request, "card/settled.html", shop.context(
        request, icon="lock", title=_("Not enough yet"), action=_("To the card"), href=reverse("card", args=[token]),
        text=_("“%(reward)s” cannot be redeemed with what is on the card now.") % {"reward": reward.name},
    ), status=422)  # fmt: skip
