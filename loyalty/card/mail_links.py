"""Links in our mails: ending messages with one click, and confirming an address."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import confirming, unsubscribing
from loyalty import tenancy
from loyalty.card import shop
from loyalty.errors import NotFound, Refused
from members import finding


# Mail programs send this themselves (RFC 8058), without a form of ours and so without its token. The link is signed.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """GET asks, POST ends the messages (or, with `resume`, sends them again)."""
    try:
        if request.POST.get("List-Unsubscribe") == "One-Click":
            unsubscribing.unsubscribe(token, how="one-click")
            return HttpResponse(status=200)
        about = _act(request, token)
    except NotFound:
        raise Http404 from None
    with tenancy.scope(about.merchant), shop.spoken(request, about.merchant, about.member):
        card = finding.card_of(about.member)
        return render(request, "card/unsubscribe.html", shop.context(
            request, done=not about.active, purpose=about.purpose.label, action=request.path,
            address=shop.shortened(about.member), settings_url=reverse("card_settings", args=[card.token]),
        ))  # fmt: skip


@require_safe
def confirm(request, token):
    """The link of the double opt-in. Following it twice changes nothing."""
    try:
        about = confirming.confirm(token)
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        return render(
            request,
            "problem.html",
            {"title": _("This link no longer works."), "text": str(refusal)},
            status=422,
        )
    with tenancy.scope(about.merchant), shop.spoken(request, about.merchant, about.member):
        card = finding.card_of(about.member)
        return render(request, "card/settled.html", shop.context(
            request, icon="check", title=_("Confirmed."),
            text=_("You will hear from us when there is something to say."),
            href=reverse("card", args=[card.token]), action=_("To the card"),
        ))  # fmt: skip


def _act(request, token):
    if request.method != "POST":
        return unsubscribing.read(token)
    return unsubscribing.undo(token) if "resume" in request.POST else unsubscribing.unsubscribe(token)
