"""Who may see a page of the dashboard, and of which merchant. Opens the merchant's scope for the page."""

from collections.abc import Callable
from functools import wraps
from typing import TypeGuard

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from loyalty import brands, tenancy
from loyalty.merchants.models import Membership, Merchant, Staff

View = Callable[..., HttpResponseBase]

# The session's key for the shop that a person who works for several has chosen.
CHOSEN = "merchant"

MAY_ENTER = (Staff.Role.OWNER, Staff.Role.MANAGER)


class MerchantRequest(HttpRequest):
    """A request inside a merchant's scope."""

    merchant: Merchant
    staff: Staff

    @property
    def actor(self) -> str:
        return self.staff.name


def with_merchant(view: View) -> View:
    """Serve a view in the scope of the signed-in person's shop: `request.merchant`, `.staff` and `.actor`.

    Nobody signed in: to the sign-in page. No shop yet: to the first step of starting one. Who may not see the
    dashboard reads a sentence, and is shown the way to the counter. The response is rendered inside the scope.
    """

    @wraps(view)
    @login_required
    def inside(request: MerchantRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        membership = current(request)
        if membership is None:
            return redirect("dashboard:start")
        merchant = membership.merchant
        with tenancy.scope(merchant), timezone.override(merchant.timezone):
            staff = _staff(membership)
            if not _works_here(staff):
                return _shown_to_the_counter(request, merchant, staff)
            request.merchant, request.staff, request.actor = merchant, staff, staff.name
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
            return response

    return inside


def may_enter(membership: Membership) -> bool:
    """Whether the person still works in the shop, as one who may see its dashboard. Opens the shop's scope."""
    with tenancy.scope(membership.merchant):
        return _works_here(_staff(membership))


def _staff(membership: Membership) -> Staff | None:
    return Staff.objects.filter(id=membership.staff_id).first()


def _works_here(staff: Staff | None) -> TypeGuard[Staff]:
    return staff is not None and staff.left_at is None and staff.role in MAY_ENTER


def current(request: HttpRequest) -> Membership | None:
    """The membership that counts now: the one chosen in this session, else the oldest. None without any."""
    rows = Membership.objects.filter(user=request.user).select_related("merchant").order_by("id")
    memberships = list(rows)
    chosen = request.session.get(CHOSEN)
    return next((row for row in memberships if str(row.merchant_id) == chosen), next(iter(memberships), None))


def choose(request: HttpRequest, merchant: Merchant) -> None:
    """Remember for this session which shop is looked at."""
    request.session[CHOSEN] = str(merchant.id)


def _shown_to_the_counter(request: HttpRequest, merchant: Merchant, staff: Staff | None) -> HttpResponse:
    context = {"merchant": merchant, "staff": staff, "brand": brands.of(merchant)}
    return render(request, "dashboard/not_for_you.html", context, status=403)
