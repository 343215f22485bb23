"""A gift from a friend: looked at, and accepted. Works without JavaScript."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import gifts
from loyalty import tenancy
from loyalty.card import limits, shop
from loyalty.card.joining import check_name
from loyalty.errors import Invalid, NotFound
from members import finding
from rewards.gifts import giving
from rewards.gifts.refusals import GiftGone


@require_http_methods(["GET", "HEAD", "POST"])
def gift(request, token):
    """The link of a gift. GET shows it, POST accepts it and opens the card; who has none gets one."""
    try:
        merchant, gift_id = gifts.read(token)
    except NotFound:
        raise Http404 from None
    with tenancy.scope(merchant), shop.spoken(request, merchant), shop.unknown_is_404():
        try:
            offered = giving.find(gift_id)
            return _accepted(request, offered) if request.method == "POST" else _shown(request, offered)
        except GiftGone as refusal:
            return _gone(request, refusal)
        except limits.TooOften as refused:
            told = {"title": _("Please wait a little."), "text": str(refused)}
            return render(request, "problem.html", told, status=429)


def _accepted(request, offered):
    name = request.POST.get("name", "").strip()
    limits.sign_up(request, offered.to_email)
    if giving.receiver(offered) is None:
        try:
            check_name(name)
        except Invalid as refusal:
            return _shown(request, offered, name, refusal.facts["field_errors"]["name"][0])
    member = giving.accept(offered, name=name, language=get_language()[:2])
    gifts.thank(offered)
    return redirect(f"{reverse('card', args=[finding.card_of(member).token])}?new=1")


def _shown(request, offered, name="", error=""):
    giver = offered.giver.name.split()
    return render(request, "card/gift.html", shop.context(
        request, action=request.path, reward=offered.voucher.reward.name, giver=giver[0] if giver else "",
        is_member=giving.receiver(offered) is not None, values={"name": name}, error=error,
        address=shop.shortened_address(offered.to_email),
        more_url=reverse("privacy", args=[tenancy.merchant().slug]),
    ), status=422 if error else 200)  # fmt: skip


def _gone(request, refusal):
    return render(request, "card/settled.html", shop.context(
        request, icon="gift", title=_("This gift is no longer there."), text=str(refusal),
        href=reverse("find_card", args=[tenancy.merchant().slug]), action=_("Find your card"),
    ), status=410)  # fmt: skip
