"""What is not for everybody's eyes: pages tell browsers and search engines to keep nothing, logs leave secrets out."""

import re
from collections.abc import Callable, MutableMapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

# Pages that are meant to be found: what this is, and where one becomes a guest.
FOUND = {"landing", "join"}
# The counter's camera reads codes; nothing here needs more of a device.
PERMISSIONS = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"

# What follows these in an address opens something: cards, links in mails, sign-ins. Names of files are shorter.
_SECRET_PATHS = re.compile(
    r"(/(?:card|u|confirm|dashboard/enter|accounts/confirm-email|accounts/password/reset/key)/)[\w.:=-]{20,}"
)
_CODES = re.compile(r"(/(?:vouchers|gift-cards)/)[A-Za-z0-9-]{9,11}")
_KEYS = re.compile(r"\b(sk_(?:live|test)_)[\w-]+")
_MAILBOXES = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


class Discreet:
    """Every page is its reader's alone, unless its view says otherwise: kept by no cache and by no search engine.

    Pages are made of personal data, and a card's address is its key. A page that may be kept, as a logo may, sets
    its own Cache-Control. Placed behind the files of the style sheets, which are everybody's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        match = request.resolver_match
        if match is None or match.view_name not in FOUND:
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: cards, signed links, keys and mailboxes are left out of what is logged."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _hidden(value)
    return event


def _hidden(text: str) -> str:
    text = _SECRET_PATHS.sub(r"\1…", text)
    text = _CODES.sub(r"\1…", text)
    text = _KEYS.sub(r"\1…", text)
    return _MAILBOXES.sub("…@…", text)
