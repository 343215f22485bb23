"""What every page of the dashboard carries: the shop's sign, the way to the other pages, what was just done."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty import brands
from loyalty.dashboard.access import MerchantRequest
from loyalty.merchants.models import Membership

UNDO_SECONDS = 10


@dataclass(frozen=True)
class Way:
    """One line of the sidebar. `name`: what pages call themselves to be marked as the current one."""

    name: str
    label: object
    icon: str

    @property
    def href(self) -> str:
        return reverse(f"dashboard:{self.name}")


WAYS = [
    Way("home", _("Start"), "house"),
    Way("guests", _("Guests"), "users"),
    Way("programs", _("Programs"), "stamp"),
    Way("rewards", _("Rewards"), "gift"),
    Way("team", _("Team and counter"), "tablet"),
    Way("launch_kit", _("Launch kit"), "printer"),
    Way("settings", _("Settings"), "settings"),
]


def page(
    request: MerchantRequest, template: str, current: str, context: dict | None = None, *, status: int = 200
) -> HttpResponse:
    """Render one page of the dashboard. current: the name of the way that is marked."""
    frame = {
        "merchant": request.merchant,
        "staff": request.staff,
        "brand": brands.of(request.merchant),
        "ways": WAYS,
        "current": current,
        "shops": Membership.objects.filter(user=request.user).count(),
        "undo_seconds": UNDO_SECONDS,
    }
    return render(request, template, {**frame, **(context or {})}, status=status)


def tell(request: HttpRequest, sentence: object, *, undo: str = "") -> None:
    """Say on the next page what was done. undo: the address that takes it back by POST."""
    messages.success(request, str(sentence), extra_tags=undo)
