"""The counter's views: read what was asked, call one verb, answer."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from loyalty.counter import (
    asking,
    credits,
    doors,
    gift_cards,
    guests,
    looking,
    pages,
    pins,
    tells,
    words,
)
from loyalty.counter import (
    bookings as booked,
)
from loyalty.counter.doors import Desk, at_the_counter, at_the_door
from loyalty.errors import Invalid, Refused
from loyalty.merchants import devices, staffing
from members import finding
from rewards import checkout, presenting
from rewards.checkout import Sale
from rewards.gift_cards.models import GiftCard


@require_GET
@never_cache
@ensure_csrf_cookie
@at_the_door
def home(request: HttpRequest, desk: Desk | None) -> HttpResponse:
    """The counter; or who stands at it; or how a device gets there."""
    if desk is None:
        return _closed(request)
    devices.seen(desk.device)
    if desk.person is None:
        return _people(request, desk, chosen=request.GET.get("person", ""))
    return pages.ready(request, desk)


@require_POST
@at_the_door
def person(request: HttpRequest, desk: Desk | None) -> HttpResponse:
    """Try a PIN."""
    if desk is None:
        return redirect("counter:home")
    public_id = request.POST.get("person", "")
    try:
        tried = pins.enter(public_id, request.POST.get("pin", ""))
    except Refused:
        return redirect("counter:home")
    if tried.person is None:
        return _people(request, desk, chosen=public_id, error=booked.wrong_pin(tried))
    doors.let_in(request, desk.device, tried.person)
    return redirect("counter:home")


@require_POST
@at_the_door
def leave(request: HttpRequest, desk: Desk | None) -> HttpResponse:
    """Somebody else takes over."""
    doors.let_out(request)
    return redirect("counter:home")


@require_POST
@at_the_counter
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A scanned code, or what was typed: one guest, several, or nobody."""
    query = request.POST.get("q", "")[:200]
    try:
        if shown := looking.presented(query):
            return _show_guest(request, desk, guests.of(shown[0], wants=shown[1], shown=query))
        if card := gift_cards.read(query):
            return _show_gift_card(request, desk, card)
        found = looking.look(query)
    except presenting.CodeOver as over:
        return pages.tell(request, desk, tells.refusal(over))
    except Refused:
        line = _("This card is not known here. Check the number, or search by name.")
        return pages.tell(request, desk, tells.refused(_("Unknown card."), line, tells.nothing_booked()))
    if not found:
        line = _("Nobody fits “%(query)s”. Check the spelling, or take in a new guest.") % {"query": query}
        return pages.tell(request, desk, tells.refused(_("Nobody found."), line))
    if len(found) == 1:
        return _show_guest(request, desk, guests.of(found[0]))
    title = ngettext("%(count)s guest", "%(count)s guests", len(found)) % {"count": len(found)}
    return pages.show(request, desk, "counter/parts/found.html", title=title, query=query, rows=_rows(found))


@require_GET
@never_cache
@at_the_counter
def guest(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """One guest. `?do=amount` asks for the amount even while a reward is ready."""
    try:
        shown = guests.of(finding.find(id=member_id))
    except Refused as refused:
        return pages.tell(request, desk, tells.refusal(refused))
    return _show_guest(request, desk, shown, amount=request.GET.get("do") == "amount")


@require_GET
@never_cache
@at_the_counter
def preview(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """What an amount would give."""
    try:
        amount = asking.amount_minor(request.GET, desk.merchant.currency)
        member = finding.find(id=member_id)
        codes = tuple(filter(None, [request.GET.get("voucher", "")]))
        sale = Sale(member=member, amount_minor=amount, location=desk.location, vouchers=codes)
        given = credits.gives(member, checkout.ring_up(sale, preview=True)) if amount else None
    except Refused as refused:
        return pages.show(request, desk, "counter/parts/gives.html", refused=tells.refusal(refused))
    return pages.show(request, desk, "counter/parts/gives.html", gives=given)


@require_GET
@at_the_counter
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The code by which a guest joins with the own phone."""
    join_url = f"{settings.PUBLIC_URL}{reverse('join', args=[desk.merchant.slug])}"
    return pages.show(
        request, desk, "counter/parts/new_guest.html", url=reverse("counter:new"), join_url=join_url
    )


@require_POST
@at_the_counter
def bookings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A stamp, several, or an amount."""
    try:
        tap = asking.tap(request.POST, desk.merchant.currency)
    except Invalid as invalid:
        return _unusable(request, desk, invalid)
    return pages.tell(request, desk, booked.book(desk, tap), key=tap.key)


@require_POST
@at_the_counter
def redemptions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A reward is handed over, or what a voucher stands for."""
    try:
        key = asking.key(request.POST)
    except Invalid as invalid:
        return _unusable(request, desk, invalid)
    if code := request.POST.get("voucher", ""):
        return pages.tell(request, desk, booked.take_voucher(desk, key=key, code=code), key=key)
    told = booked.redeem(
        desk, key=key, guest=request.POST.get("guest", ""), reward=request.POST.get("reward", ""),
        shown=request.POST.get("shown", ""),
    )  # fmt: skip
    return pages.tell(request, desk, told, key=key)


@require_GET
@never_cache
@at_the_counter
def gift_card(request: HttpRequest, desk: Desk, gift_card_id: str) -> HttpResponse:
    """What is on a gift card, and paying with it. By its id: the code is as good as money, and addresses are kept."""
    try:
        return _show_gift_card(request, desk, GiftCard.objects.by_public_id(GiftCard.prefix, gift_card_id))
    except Refused as refused:
        return pages.tell(request, desk, tells.refusal(refused))


@require_POST
@at_the_counter
def charge(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Something is paid with a gift card: the amount that was entered, or all that is on it."""
    try:
        key = asking.key(request.POST)
        amount = None if "all" in request.POST else asking.amount_minor(request.POST, desk.merchant.currency)
    except Invalid as invalid:
        return _unusable(request, desk, invalid)
    told = gift_cards.charge(desk, key=key, gift_card=request.POST.get("gift_card", ""), amount_minor=amount)
    return pages.tell(request, desk, told, key=key)


@require_POST
@at_the_counter
def override(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A manager decides otherwise."""
    try:
        key = asking.key(request.POST)
    except Invalid as invalid:
        return _unusable(request, desk, invalid)
    told = booked.override(
        desk, key=key, card=request.POST.get("card", ""), leader=request.POST.get("leader", ""),
        pin=request.POST.get("pin", ""),
    )  # fmt: skip
    return pages.tell(request, desk, told, key=key)


@require_POST
@at_the_counter
def undo(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The last thing is taken back."""
    try:
        key = asking.key(request.POST)
    except Invalid as invalid:
        return _unusable(request, desk, invalid)
    return pages.tell(request, desk, booked.undo(desk, key=key, of=request.POST.get("of", "")))


def _closed(request):
    sign_in = f"{reverse(settings.LOGIN_URL)}?next={reverse(settings.LOGIN_REDIRECT_URL)}"
    return render(request, "counter/closed.html", {"sign_in": sign_in})


def _people(request, desk, *, chosen="", error=""):
    people = staffing.present()
    person = next((one for one in people if one.public_id == chosen), None)
    context = {"people": people, "chosen": person, "error": error}
    return render(request, "counter/people.html", context | pages.frame(desk))


def _show_guest(request, desk, shown, *, amount=False):
    by_amount = shown.asks_for == "amount" and (amount or not shown.ready)
    part = "counter/parts/guest_amount.html" if by_amount else "counter/parts/guest_stamp.html"
    url = f"{shown.url}?do=amount" if amount else shown.url
    return pages.show(request, desk, part, url=url, guest=shown)


def _show_gift_card(request, desk, card):
    shown = gift_cards.of(card)
    return pages.show(request, desk, "counter/parts/gift_card.html", url=shown.url, gift_card=shown)


def _rows(found):
    return [
        {
            "name": guests.name_of(member),
            "note": f"{member.spoken_number}, {words.since(member, member.visits)}",
            "url": reverse("counter:guest", args=[member.public_id]),
        }
        for member in found
    ]


def _unusable(request, desk, invalid):
    sentences = [str(sentence) for rows in invalid.facts["field_errors"].values() for sentence in rows]
    return pages.tell(
        request, desk, tells.refused(_("That does not work."), " ".join(sentences), tells.nothing_booked())
    )
