"""People, places and devices: who works here, where, and on which tablets the counter is open."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.team import DeviceForm, LocationForm, PersonForm
from loyalty.dashboard.pages import page, tell
from loyalty.errors import NotFound, Refused
from loyalty.merchants import auditing, devices, places, staffing
from loyalty.merchants.models import Device, Location, Staff


@with_merchant
@require_GET
def team(request: MerchantRequest) -> HttpResponse:
    locations = places.all_of_them()
    names = {location.id: location.name for location in locations}
    found = Device.objects.filter(merchant=request.merchant, revoked_at__isnull=True).order_by("created_at")
    here = devices.find(request.COOKIES.get(devices.COOKIE, ""))
    context = {
        "people": staffing.present(),
        "locations": locations,
        "devices": [{"device": one, "location": names.get(one.location_id, "")} for one in found],
        "here": here if here and here.merchant_id == request.merchant.id else None,
        "device_form": _device_form(request, locations),
    }
    return page(request, "dashboard/team.html", "team", context)


def _device_form(request: MerchantRequest, locations: list[Location], bound: bool = False) -> DeviceForm:
    return DeviceForm(
        request.POST if bound else None, initial={"name": _("Tablet at the counter")}, locations=locations
    )


@with_merchant
@require_http_methods(["GET", "POST"])
def new_person(request: MerchantRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if form.is_valid():
        try:
            _refuse_manager(request, form.cleaned_data["role"])
            person = staffing.add(**form.cleaned_data, actor=request.actor)
            undo = reverse("dashboard:person_leaves", args=[person.public_id])
            tell(request, _("%(name)s can work at the counter now.") % {"name": person.name}, undo=undo)
            return redirect("dashboard:team")
        except Refused as refused:
            show(refused, form)
    return page(request, "dashboard/person.html", "team", {"form": form})


@with_merchant
@require_http_methods(["GET", "POST"])
def person(request: MerchantRequest, staff_id: str) -> HttpResponse:
    """Name, role and PIN of a person."""
    held = _person(staff_id)
    form = PersonForm(request.POST or None, initial={"name": held.name, "role": held.role}, held=held)
    if form.is_valid():
        try:
            _change(request, held, form)
            tell(request, _("Saved."))
            return redirect("dashboard:team")
        except Refused as refused:
            show(refused, form)
    return page(request, "dashboard/person.html", "team", {"form": form, "person": held})


def _change(request: MerchantRequest, held: Staff, form: PersonForm) -> None:
    given = form.cleaned_data
    _refuse_manager(request, given["role"], held)
    staffing.change(
        held,
        name=given["name"],
        role=given["role"],
        email=given["email"],
        pin=given["pin"],
        actor=request.actor,
    )


def _refuse_manager(request: MerchantRequest, role: str, held: Staff | None = None) -> None:
    """A manager makes nobody an owner, and changes no owner."""
    touches_owner = Staff.Role.OWNER in (role, held.role if held else "")
    if request.staff.role != Staff.Role.OWNER and touches_owner:
        raise staffing.OnlyOwners()


@with_merchant
@require_POST
def person_leaves(request: MerchantRequest, staff_id: str) -> HttpResponse:
    held = _person(staff_id)
    try:
        _refuse_manager(request, held.role, held)
        staffing.leave(held, actor=request.actor)
        undo = reverse("dashboard:person_returns", args=[staff_id])
        tell(request, _("%(name)s no longer works here.") % {"name": held.name}, undo=undo)
    except Refused as refused:
        tell(request, refused)
    return redirect("dashboard:team")


@with_merchant
@require_POST
def person_returns(request: MerchantRequest, staff_id: str) -> HttpResponse:
    held = _person(staff_id)
    try:
        _refuse_manager(request, held.role, held)
        staffing.come_back(held, actor=request.actor)
        tell(request, _("%(name)s works here again.") % {"name": held.name})
    except Refused as refused:
        tell(request, refused)
    return redirect("dashboard:team")


@with_merchant
@require_http_methods(["GET", "POST"])
def location(request: MerchantRequest, location_id: str = "") -> HttpResponse:
    """Add a location, or change one."""
    held = _location(location_id) if location_id else None
    initial = {"name": held.name, "address": held.address} if held else None
    form = LocationForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            if held:
                places.change(held, **form.cleaned_data, actor=request.actor)
            else:
                places.add(**form.cleaned_data, actor=request.actor)
            tell(request, _("Saved."))
            return redirect("dashboard:team")
        except Refused as refused:
            show(refused, form)
    return page(request, "dashboard/location.html", "team", {"form": form, "location": held})


@with_merchant
@require_POST
def open_counter(request: MerchantRequest) -> HttpResponse:
    """Let this browser in as a device of the counter, and go there. Which it is stays in a cookie."""
    known = devices.find(request.COOKIES.get(devices.COOKIE, ""))
    if known is not None and known.merchant_id == request.merchant.id and "again" not in request.POST:
        return redirect("counter:home")
    locations = places.all_of_them()
    form = _device_form(request, locations, bound="location" in request.POST)
    place = form.chosen() if form.is_valid() else locations[0]
    name = form.cleaned_data["name"] if form.is_valid() else _("Tablet at the counter")
    device, token = devices.let_in(request.merchant, place, name)
    auditing.record(request.actor, "device.let_in", place.public_id, device=device.id.hex)
    answer = redirect("counter:home")
    answer.set_cookie(
        devices.COOKIE,
        token,
        max_age=devices.COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@with_merchant
@require_POST
def revoke_device(request: MerchantRequest, device_id: str) -> HttpResponse:
    """Show a device out; with `back` let it in again."""
    device = Device.objects.filter(merchant=request.merchant, id=_uuid(device_id)).first()
    if device is None:
        raise Http404
    address = reverse("dashboard:revoke_device", args=[device_id])
    if "back" in request.GET:
        devices.readmit(device)
        auditing.record(request.actor, "device.readmitted", device_id)
        tell(request, _("“%(device)s” is let in again.") % {"device": device.name})
    else:
        devices.revoke(device)
        auditing.record(request.actor, "device.revoked", device_id)
        tell(request, _("“%(device)s” is shown out.") % {"device": device.name}, undo=f"{address}?back")
    return redirect("dashboard:team")


def _person(staff_id: str) -> Staff:
    try:
        return staffing.find(staff_id)
    except NotFound:
        raise Http404 from None


def _location(location_id: str) -> Location:
    try:
        return Location.objects.by_public_id(Location.prefix, location_id)
    except NotFound:
        raise Http404 from None


def _uuid(digits: str) -> UUID:
    try:
        return UUID(hex=digits)
    except ValueError:
        raise Http404 from None
