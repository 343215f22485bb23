"""A code from a pack, entered by the customer."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty.card import shop
from loyalty.design import wording
from loyalty.errors import Refused
from programs import because
from programs.codes import using


@require_http_methods(["GET", "HEAD", "POST"])
@shop.of_card
def enter(request, member, token):
    """A code is typed in, and is on the card. What was wrong with it stands below the field."""
    back, typed, error = reverse("card", args=[token]), request.POST.get("code", "").strip()[:60], ""
    if request.method == "POST":
        used = using.enter(member=member, text=typed)
        if not isinstance(used, Refused):
            return _credited(request, used.given, back)
        error = str(used)
    return render(request, "card/pack_code.html", shop.context(
        request, holder=member.name, back_url=back, action=request.path, value=typed, error=error,
    ), status=422 if error else 200)  # fmt: skip


def link(token):
    """The way there, for the card's page; None where the shop has no codes that are good."""
    if not using.are_good():
        return None
    return {"icon": "package", "title": _("Enter a code"), "url": reverse("card_code", args=[token]),
            "text": _("From a pack or a leaflet")}  # fmt: skip


def _credited(request, given, back):
    program = given.occasion.live.program
    name = program.unit_singular if given.amount == 1 else program.unit_plural
    amount = f"{wording.plain(given.amount, get_language())} {because.unit(name)}"
    return render(request, "card/settled.html", shop.context(
        request, icon="check", title=_("%(amount)s credited") % {"amount": amount}, action=_("To the card"),
        text=_("The code is used now, and good no more."), href=back,
    ))  # fmt: skip
