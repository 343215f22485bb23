"""One answer, two ways: as JSON with the part of the screen that changes, or as a whole page without a script."""

import time
import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import clock, money
from loyalty.counter import doors, guests, once, pins, words
from loyalty.counter.doors import Desk
from loyalty.counter.tells import Told
from loyalty.design import wording
from loyalty.design.brand import Brand
from loyalty.merchants.models import Merchant
from programs import catalogue

LAST = "counter_last"
UNDONE_WITHIN_SECONDS = 600
TOLD = {"done": "counter/parts/done.html", "refused": "counter/parts/refused.html"}


def show(request: HttpRequest, desk: Desk, part: str, *, url: str = "", guest=None, **facts) -> HttpResponse:
    """Show a guest or a list. part: the template of the stage. url: where this stands."""
    context = _context(request, desk) | facts | {"guest": guest}
    if doors.wants_json(request):
        known = {"keys": [guest.number], "name": guest.name} if guest else None
        html = render_to_string(part, context, request)
        return JsonResponse({"outcome": "shown", "html": html, "url": url, "guest": known})
    return render(request, "counter/counter.html", context | {"stage": part} | _whole(request, desk))


def tell(request: HttpRequest, desk: Desk, told: Told, *, key: str = "") -> HttpResponse:
    """Tell a success or a refusal. key: of the tap, by which it can be undone."""
    last = _remember(request, desk, told, key)
    leaders = pins.leaders() if told["card"] else []
    context = _context(request, desk) | {"told": told, "last": last, "leaders": leaders}
    part = TOLD[told["outcome"]]
    if doors.wants_json(request):
        answer = {"outcome": told["outcome"], "sentence": told["sentence"]}
        if told["outcome"] == "done":
            answer["last"] = last
        return JsonResponse(answer | {"html": render_to_string(part, context, request)})
    return render(
        request, "counter/counter.html", context | _whole(request, desk) | {"result": part, "told": told}
    )


def ready(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The counter, ready to scan."""
    return render(request, "counter/counter.html", _context(request, desk) | _whole(request, desk))


def last_thing(request: HttpRequest, desk: Desk) -> dict | None:
    """The last thing done in this browser, if it can still be undone.

    The session keeps its key alone: for whom it was stands where an erasure finds it.
    """
    last = request.session.get(LAST)
    age = time.time() - last["at"] if last else 0
    if not last or age > UNDONE_WITHIN_SECONDS:
        return None
    told = once.told(desk.device, last["key"])
    if told is None:
        return None
    return {"key": last["key"], "text": told["text"], "time": last["time"], "age_ms": round(age * 1000)}


def brand(merchant: Merchant) -> Brand:
    logo = f"{reverse('dashboard:logo', args=[merchant.slug])}" if merchant.logo_type else ""
    return Brand(name=merchant.name, colour=merchant.colour, motif=merchant.motif, logo_url=logo)


def frame(desk: Desk) -> dict:
    """What every page at the counter shows: the shop's sign and the place."""
    place = desk.location.name
    return {"brand": brand(desk.merchant), "place": "" if place == desk.merchant.name else place}


def _remember(request, desk, told, key):
    if told["outcome"] != "done":
        return None
    if not told["thing"]:
        request.session.pop(LAST, None)
        return None
    time_now = wording.clock_time(timezone.localtime(clock.now()), words.language())
    request.session[LAST] = {"key": key, "time": time_now, "at": time.time()}
    return last_thing(request, desk)


def _context(request, desk):
    merchant = desk.merchant
    return {
        "desk": desk, "person": desk.person, "first_name": desk.person.name.split()[0],
        "motif": merchant.motif, "fresh_key": str(uuid.uuid4()),
        "sign": wording.currency_sign(merchant.currency, words.language()),
        "zero": wording.plain(0, words.language(), digits=money.exponent(merchant.currency)),
    }  # fmt: skip


def _whole(request, desk):
    """What the frame around the stage needs."""
    return frame(desk) | {"last": last_thing(request, desk), "setup": _setup(request, desk)}


def _setup(request, desk):
    """What the script has to know. Its words are ours, because it has none of its own."""
    merchant = desk.merchant
    return {
        "merchant": merchant.public_id, "language": get_language()[:2], "person": doors.sign(desk.device, desk.person),
        "asks_for": guests.asks_for(catalogue.live()), "exponent": money.exponent(merchant.currency),
        "currency_sign": wording.currency_sign(merchant.currency, words.language()),
        "last": last_thing(request, desk), "words": _words(),
        "urls": {name: reverse(f"counter:{name}") for name in ("find", "undo", "state", "worker")},
    }  # fmt: skip


def _words():
    return {
        "card": _("Card"), "last": _("Last:"), "waits": _("waiting"), "undo": _("Undo"),
        "done_for": _("%(what)s for %(name)s"),
        "offline_preview": _("Without the network the amount is kept. What it gives is told when it gets through."),
        "stamps": ["", *(words.several_stamps(count) for count in range(1, guests.MOST_AT_ONCE + 1))],
        "waiting": ["", *(_waiting(count) for count in range(1, words.WORDS_UP_TO + 1))],
        "waiting_many": _("%s bookings are waiting"),
    }  # fmt: skip


def _waiting(count):
    text = ngettext("%(count)s booking is waiting", "%(count)s bookings are waiting", count)
    return words.upper_first(text % {"count": wording.count_word(count, words.language(), "f")})
