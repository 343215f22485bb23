"""Who may come in: a device that the owner let in, and at it a person who typed the PIN."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps

from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from loyalty import ids, tenancy
from loyalty.errors import NotFound
from loyalty.merchants import devices
from loyalty.merchants.models import Device, Location, Membership, Merchant, Staff

SESSION = "counter_person"
IDLE = timedelta(hours=12)
# How long a booking may wait for the network and still count as made by the person who tapped it.
SIGNED_FOR = timedelta(days=14)
# The session is a row; it is not written with every tap.
SEEN_EVERY = timedelta(minutes=10)
_SALT = "counter.person"


@dataclass(frozen=True)
class Desk:
    """Where a request comes from: the device, its merchant and location, and the person, if one is signed in."""

    device: Device
    merchant: Merchant
    location: Location
    person: Staff | None

    @property
    def actor(self) -> str:
        return self.person.name if self.person else ""


def at_the_counter(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Serve a view in the scope of the device's merchant, in its language and timezone: `view(request, desk, …)`.

    Without a device or a person: JSON gets 401, a page leads to the counter's door.
    """
    return _guarded(view, person_needed=True)


def at_the_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `at_the_counter`, but the person may be missing (desk.person None), and the device too (desk None)."""
    return _guarded(view, person_needed=False)


def _guarded(view, *, person_needed):
    @wraps(view)
    def guarded(request, *arguments, **named):
        device = devices.find(request.COOKIES.get(devices.COOKIE, ""))
        if device is None:
            return _show_out(request) if person_needed else view(request, None, *arguments, **named)
        merchant = device.merchant
        with (
            tenancy.scope(merchant),
            translation.override(merchant.language),
            timezone.override(merchant.timezone),
        ):
            location = Location.objects.get(id=device.location_id)
            desk = Desk(device, merchant, location, _person(request, device))
            if person_needed and desk.person is None:
                return _show_out(request)
            return view(request, desk, *arguments, **named)

    return guarded


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def let_in(request: HttpRequest, device: Device, person: Staff) -> None:
    """Remember who stands at the counter, in this browser.

    The owner who opened the counter here may still be signed in to the dashboard: somebody else's PIN ends that.
    """
    if request.user.is_authenticated and not _is(request.user, device, person):
        logout(request)
    request.session[SESSION] = {
        "person": person.public_id,
        "device": device.id.hex,
        "seen": _now().isoformat(),
    }


def _is(user, device, person):
    return Membership.objects.filter(user=user, merchant=device.merchant, staff_id=person.id).exists()


def let_out(request: HttpRequest) -> None:
    request.session.pop(SESSION, None)


def sign(device: Device, person: Staff) -> str:
    """Proof that this person stood at this device, for bookings that are sent later."""
    return signing.dumps([device.id.hex, person.public_id], salt=_SALT)


def _person(request, device):
    return _signed_person(request, device) or _seated_person(request, device)


def _signed_person(request, device):
    proof = request.POST.get("person", "") if request.method == "POST" else ""
    try:
        signed_device, person = signing.loads(proof, salt=_SALT, max_age=SIGNED_FOR)
    except signing.BadSignature:
        return None
    return _present(person) if signed_device == device.id.hex else None


def _seated_person(request, device):
    seat = request.session.get(SESSION)
    if not seat or seat["device"] != device.id.hex:
        return None
    away = _now() - datetime.fromisoformat(seat["seen"])
    if away > IDLE:
        let_out(request)
        return None
    if away > SEEN_EVERY:
        request.session[SESSION] = seat | {"seen": _now().isoformat()}
    return _present(seat["person"])


def _present(public_id):
    try:
        person_id = ids.parse(Staff.prefix, public_id)
    except NotFound:
        return None
    return Staff.objects.filter(id=person_id, left_at__isnull=True).first()


def _now():
    # The people's own time and not a sandbox's: turning its clock must not sign anybody out.
    return timezone.now()


def _show_out(request):
    if wants_json(request):
        return JsonResponse({"outcome": "shown_out"}, status=401)
    return redirect("counter:home")
