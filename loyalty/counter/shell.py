"""What the counter's page needs around it: its service worker, its manifest, and a sign of life."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty.counter import pages
from loyalty.counter.doors import Desk, at_the_counter, at_the_door


@at_the_counter
def state(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The server is there, and this is the last thing done."""
    return JsonResponse({"outcome": "state", "last": pages.last_thing(request, desk)})


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from where it may see the whole counter."""
    found = finders.find("sw-counter.js")
    if not found:
        raise Http404
    response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@at_the_door
def manifest(request: HttpRequest, desk: Desk | None) -> HttpResponse:
    """For the home screen: the counter opens like a program of its own."""
    name = desk.merchant.name if desk else "Stammgast"
    return JsonResponse(
        {
            "name": _("Counter – %(shop)s") % {"shop": name},
            "short_name": _("Counter"),
            "start_url": reverse("counter:home"),
            "scope": reverse("counter:home"),
            "display": "standalone",
            "background_color": "#F6F5F1",
            "theme_color": "#FFFFFF",
            "icons": [{"src": static("design/favicon.svg"), "type": "image/svg+xml", "sizes": "any"}],
        },
        content_type="application/manifest+json",
    )
