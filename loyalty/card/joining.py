"""Behind the poster's QR code: becoming a member, or getting back to the card one has already."""

import json
import re
from contextlib import suppress
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import confirming, sign_in_code
from loyalty import clock, sealing, tenancy
from loyalty.card import limits, offers, shop
from loyalty.errors import Invalid, NotFound, Refused
from members import addresses, finding, referring, signing_in
from members.joining import AlreadyMember
from members.models import Consent, Member
from programs import enrolling

# Who was asked for a code, until it is typed in. Sealed and signed, so that nobody can ask for another's, and nobody
# can read whether there is such a member.
ASKED = "stammgast.asked"
CODE_TYPED_WITHIN_SECONDS = 20 * 60
# A number of a card with blanks, and a little more: what is longer is none.
LONGEST_NUMBER = 20
# Our welcome greets by this name, whoever typed it, at whatever address: it must not carry somebody's advertisement.
WEB_ADDRESS = re.compile(r"(?i:://|www\.)|\w{2}\.[a-z]{2}|@")


@require_http_methods(["GET", "HEAD", "POST"])
@shop.of_slug
def join(request, merchant):
    """The sign-up page. A known address gets a code, and no second account."""
    if request.method != "POST":
        return _form(request, merchant, values={"von": _von(request.GET)})
    values = {"name": request.POST.get("name", "").strip(), "consent": "consent" in request.POST,
              "von": _von(request.POST),
              "address": (request.POST.get("take") or request.POST.get("address", "")).strip()}  # fmt: skip
    suggestion = addresses.suggestion(values["address"])
    if suggestion and "keep" not in request.POST:
        return _form(request, merchant, values, suggestion=suggestion)
    try:
        kind, address = addresses.contact(values["address"], merchant.country)
        check_name(values["name"])
        limits.sign_up(request, address)
        member = _enrol(values, {kind: address})
    except AlreadyMember as known:
        return _ask_for_code(request, known.member, address, title=_("You have a card already."))
    except Invalid as refusal:
        return _form(request, merchant, values, errors=_errors(refusal))
    confirming.ask(member)
    return redirect(f"{reverse('card', args=[finding.card_of(member).token])}?new=1")


@require_http_methods(["GET", "HEAD", "POST"])
@shop.of_slug
def find(request, merchant):
    """Who has lost the card types the address in and gets a code. The answer is the same for a stranger's address."""
    error, value = "", request.POST.get("address", "").strip()
    if request.method == "POST":
        try:
            kind, address = addresses.contact(value, merchant.country)
            return _ask_for_code(request, _owner(kind, address), address, title=_("Find your card again"))
        except Invalid as refusal:
            error = _errors(refusal)["address"]
    return render(request, "card/signin.html", shop.context(
        request, step="address", action=request.path, value=value, error=error,
        signup_url=reverse("join", args=[merchant.slug]),
    ))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@shop.of_slug
def enter_code(request, merchant):
    """The six digits that were sent. Right ones open the card on this phone too."""
    asked = _asked(request)
    if asked is None:
        return redirect("find_card", slug=merchant.slug)
    member = Member.objects.filter(id=asked["member"]).first()
    if "again" in request.POST:
        return _ask_for_code(request, member, asked["address"], title=asked["title"])
    error = ""
    if request.method == "POST":
        limits.enter_code(request, asked["address"])
        if member and signing_in.check(member, request.POST.get("code", "")):
            return redirect("card", token=finding.card_of(member).token)
        error = _("This code is not right, or too old. Look at the newest mail, or ask for another code.")
    return render(request, "card/signin.html", shop.context(
        request, step="code", title=asked["title"], action=request.path, value="", error=error,
        sent_to=shop.shortened_address(asked["address"]), resend_url=request.path,
    ))  # fmt: skip


def check_name(name):
    """Raises Invalid for no name, and for one that advertises something."""
    if not name:
        raise Invalid({"name": [_("Please enter your name.")]})
    if WEB_ADDRESS.search(name):
        raise Invalid({"name": [_("Please enter your name alone, without an address.")]})


def _owner(kind, address):
    try:
        return finding.find(**{kind: address})
    except NotFound:
        return None


def _enrol(values, contact):
    evidence = {"source": "signup", "text": _("I would like news and offers"), "language": get_language(),
                "at": clock.now().isoformat()}  # fmt: skip
    purpose = Consent.Purpose.EMAIL_MARKETING if "email" in contact else Consent.Purpose.SMS_MARKETING
    consents = [{"purpose": purpose, "given": True, "confirmed": False}] if values["consent"] else []
    return enrolling.join(
        name=values["name"], language=get_language()[:2], consents=consents, evidence=evidence, source="poster",
        referred_by=_friend(values["von"]), **contact,
    )  # fmt: skip


def _von(sent):
    """The card's number of the friend who passed the link on: ?von=48217390."""
    return sent.get("von", "").strip()[:LONGEST_NUMBER]


def _friend(number):
    """The member of a card's number, or None: whether a link was right is no concern of who follows it."""
    with suppress(Invalid):
        return referring.find(number) if number else None
    return None


def _form(request, merchant, values, errors=None, suggestion=None):
    offer = offers.of_merchant()
    meant = None
    if suggestion:
        meant = {"typed": values["address"].rpartition("@")[2], "domain": suggestion.rpartition("@")[2],
                 "address": suggestion}  # fmt: skip
        errors = {"address": _("E-mail address")}
    errors = errors or {}
    context = shop.context(
        request, offer=offer.headline, offer_text=offer.text, places=offer.places, motif=merchant.motif,
        action=request.path, values=values, errors={} if suggestion else errors, suggestion=meant,
        error_links=[(f"id_{name}", words) for name, words in errors.items()], seed=merchant.id.hex,
        more_url=reverse("privacy", args=[merchant.slug]), find_url=reverse("find_card", args=[merchant.slug]),
    )  # fmt: skip
    if values.get("von"):
        # Who changes the language was still brought by the same friend.
        passed_on = urlencode({"von": values["von"]})
        context["languages"] = [
            (code, label, f"{url}&{passed_on}") for code, label, url in context["languages"]
        ]
    return render(request, "card/signup.html", context, status=422 if errors else 200)


def _errors(refusal):
    """One sentence for each field of the form: both kinds of address are typed into one."""
    fields = {"contact": "address", "email": "address", "phone": "address"}
    return {fields.get(name, name): sentences[0] for name, sentences in refusal.facts["field_errors"].items()}


def _ask_for_code(request, member, address, *, title):
    """Send a code to the member's e-mail address, and go on to where it is typed in.

    address: what was typed. For one that nobody has here, or that has no mailbox, nothing is sent, and the same page
    is shown: it must not tell who is a member. Raises TooOften, for known and unknown addresses alike.
    """
    limits.ask_for_code(request, address)
    if member is not None and member.email:
        # Too many wrong codes are told by the limit above, which does not depend on there being a member.
        with suppress(Refused):
            sign_in_code.send(member)
    answer = redirect("enter_code", slug=tenancy.merchant().slug)
    answer.set_signed_cookie(
        "asked",
        _sealed(member, address, title),
        salt=ASKED,
        max_age=CODE_TYPED_WITHIN_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _sealed(member, address, title):
    # For nobody there is an id as well, so that the cookie is as long as for somebody.
    asked = {"member": member.id.hex if member else uuid4().hex, "address": address, "title": title}
    return sealing.seal(json.dumps(asked))


def _asked(request):
    cookie = request.get_signed_cookie("asked", None, salt=ASKED, max_age=CODE_TYPED_WITHIN_SECONDS)
    return json.loads(sealing.unseal(cookie)) if cookie else None
