"""What every customer page knows: whose shop it is, in which language, and where the legal pages are."""

from contextlib import contextmanager
from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from loyalty import brands, tenancy
from loyalty.card import limits
from loyalty.errors import NotFound
from loyalty.merchants.models import Merchant
from members import finding
from members.models import Member

LANGUAGES = {"de": "Deutsch", "en": "English"}


def of_slug(view):
    """The view gets the merchant that a slug names, inside its scope: view(request, merchant, …)."""

    @wraps(view)
    def wrapped(request, slug, *args, **kwargs):
        merchant = get_object_or_404(Merchant, slug=slug)
        with tenancy.scope(merchant), spoken(request, merchant), unknown_is_404():
            return _unless_too_often(view, request, merchant, *args, **kwargs)

    return wrapped


def of_card(view):
    """The view gets the member that a card's token names, inside the merchant's scope: view(request, member, …)."""

    @wraps(view)
    def wrapped(request, token, *args, **kwargs):
        card = finding.scan_target(token)
        if card is None:
            raise Http404
        with tenancy.scope(card.merchant):
            with unknown_is_404():
                member = finding.by_card(token)
            with spoken(request, card.merchant, member), unknown_is_404():
                return _unless_too_often(view, request, member, *args, token=card.token, **kwargs)

    return wrapped


@contextmanager
def spoken(request, merchant, member=None):
    """Speak as the customer is spoken to, in the merchant's time.

    `?lang=` wins, then the member's language, then the browser's if it is one of ours, then the merchant's.
    """
    language = request.GET.get("lang")
    if language not in LANGUAGES:
        language = (member and member.language) or _browser(request) or merchant.language
    code = "de-du" if language == "de" and merchant.informal else language
    with translation.override(code), timezone.override(merchant.timezone):
        request.LANGUAGE_CODE = code
        yield


@contextmanager
def unknown_is_404():
    """What the verbs do not know is a page that is not there."""
    try:
        yield
    except NotFound:
        raise Http404 from None


def context(request, **more):
    """The context that templates/card/base.html asks for, and `more`."""
    merchant = tenancy.merchant()
    spoken_now = translation.get_language()[:2]
    others = [(code, label, f"?lang={code}") for code, label in LANGUAGES.items() if code != spoken_now]
    return {
        "brand": brands.of(merchant),
        "languages": others,
        "privacy_url": merchant.privacy_url or reverse("privacy", args=[merchant.slug]),
        "imprint_url": merchant.imprint_url or reverse("imprint", args=[merchant.slug]),
        **more,
    }


def shortened(member: Member) -> str:
    """The member's address as it may be shown to who only claims to own it, see `shortened_address`."""
    return shortened_address(member.email or member.phone or "")


def shortened_address(address: str) -> str:
    """ "j…z@gmail.com", "+49 … 678", or nothing of nothing."""
    if "@" in address:
        local, _at, host = address.rpartition("@")
        return f"{local[:1]}…{local[-1:]}@{host}"
    return f"{address[:3]} … {address[-3:]}" if address else ""


def _unless_too_often(view, request, *args, **kwargs):
    try:
        return view(request, *args, **kwargs)
    except limits.TooOften as refused:
        told = {"title": _("Please wait a little."), "text": str(refused)}
        answer = render(request, "problem.html", told, status=429)
        answer["Retry-After"] = str(refused.facts["seconds"])
        return answer


def _browser(request):
    language = translation.get_language_from_request(request)[:2]
    return language if request.headers.get("Accept-Language") and language in LANGUAGES else None
