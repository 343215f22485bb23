"""The door: what this is, the way in, the language, and links that let somebody in once."""

import hashlib

from django.contrib.auth import login
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.i18n import set_language

from loyalty import clock
from loyalty.dashboard import access, preview
from loyalty.dashboard.forms.programs import start_values
from loyalty.design.brand import Brand
from loyalty.merchants.models import Membership

ENTER_SALT = "stammgast.enter"
ENTER_SECONDS = 24 * 60 * 60


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """What Stammgast is, in one calm page. Who is signed in has a way to the dashboard."""
    values = start_values("punch_card") | {
        "name": _("Coffee card"),
        "reward_name": _("A coffee of your choice"),
    }
    sample = preview.of("punch_card", values, state=preview.ON_THE_WAY, today=clock.now().date())
    brand = Brand(name="Morgenrot", line=_("Café and roastery"), colour="#C5381F", motif="cup")
    context = {"sample": sample, "sample_brand": brand, "LANGUAGE_CODE": get_language()}
    return render(request, "dashboard/landing.html", context)


language = set_language


@never_cache
@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A signed link that lets its holder in once: into the account and the shop that it names."""
    membership = _named_by(token)
    if membership is None or not membership.user.is_active:
        return render(request, "dashboard/link_used.html", status=410)
    if request.user != membership.user:
        # The mark is set and looked at in one step, so that two clicks at once let in once.
        if not cache.add(_mark(token), True, ENTER_SECONDS):
            return render(request, "dashboard/link_used.html", status=410)
        login(request, membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    access.choose(request, membership.merchant)
    return redirect("dashboard:home")


def _named_by(token: str) -> Membership | None:
    try:
        named = signing.loads(token, salt=ENTER_SALT, max_age=ENTER_SECONDS)
        rows = Membership.objects.select_related("user", "merchant")
        return rows.filter(user_id=named["user"], merchant_id=named["merchant"]).first()
    except (signing.BadSignature, KeyError, TypeError, ValidationError):
        return None


def _mark(token: str) -> str:
    return f"entered:{hashlib.sha256(token.encode()).hexdigest()}"
