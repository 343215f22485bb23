"""Behind the poster's QR code: becoming a member, or getting back to the card one has already."""

from django.core import signing
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import confirming, sign_in_code
from loyalty import clock, tenancy
from loyalty.card import offers, shop
from loyalty.errors import Invalid, NotFound, Refused
from members import addresses, finding, signing_in
from members.joining import AlreadyMember
from members.models import Consent, Member
from programs import enrolling

# Who was asked for a code, until it is typed in. Signed, so that nobody can ask for another's.
ASKED = "stammgast.asked"
CODE_TYPED_WITHIN_SECONDS = 20 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@shop.of_slug
def join(request, merchant):
    """The sign-up page. A known address gets a code, and no second account."""
    if request.method != "POST":
        return _form(request, merchant, values={})
    values = {"name": request.POST.get("name", "").strip(), "consent": "consent" in request.POST,
              "address": (request.POST.get("take") or request.POST.get("address", "")).strip()}  # fmt: skip
    suggestion = addresses.suggestion(values["address"])
    if suggestion and "keep" not in request.POST:
        return _form(request, merchant, values, suggestion=suggestion)
    try:
        kind, address = addresses.contact(values["address"], merchant.country)
        if not values["name"]:
            raise Invalid({"name": [_("Please enter your name.")]})
        member = _enrol(merchant, values, {kind: address})
    except AlreadyMember as known:
        return _ask_for_code(known.member)
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
            return _ask_for_code(finding.find(**{kind: address}))
        except Invalid as refusal:
            error = _errors(refusal)["address"]
        except NotFound:
            return _ask_for_code(None)
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
    member = Member.objects.filter(id=asked["member"]).first() if asked["member"] else None
    if "again" in request.POST:
        return _ask_for_code(member)
    error = asked["problem"]
    if request.method == "POST":
        if member and signing_in.check(member, request.POST.get("code", "")):
            return redirect("card", token=finding.card_of(member).token)
        error = _("This code is not right, or too old. Look at the newest mail, or ask for another code.")
    return render(request, "card/signin.html", shop.context(
        request, step="code", action=request.path, value="", error=error, sent_to=asked["sent_to"],
        resend_url=request.path,
    ))  # fmt: skip


def _enrol(merchant, values, contact):
    evidence = {"source": "signup", "text": _("I would like news and offers"), "language": get_language(),
                "at": clock.now().isoformat()}  # fmt: skip
    purpose = Consent.Purpose.EMAIL_MARKETING if "email" in contact else Consent.Purpose.SMS_MARKETING
    consents = [{"purpose": purpose, "given": True, "confirmed": False}] if values["consent"] else []
    return enrolling.join(
        name=values["name"], language=get_language()[:2], consents=consents, evidence=evidence, source="poster",
        **contact,
    )  # fmt: skip


def _form(request, merchant, values, errors=None, suggestion=None):
    offer = offers.of_merchant()
    meant = None
    if suggestion:
        meant = {"typed": values["address"].rpartition("@")[2], "domain": suggestion.rpartition("@")[2],
                 "address": suggestion}  # fmt: skip
        errors = {"address": _("E-mail address")}
    errors = errors or {}
    return render(request, "card/signup.html", shop.context(
        request, offer=offer.headline, offer_text=offer.text, places=offer.places, motif=merchant.motif,
        action=request.path, values=values, errors={} if suggestion else errors, suggestion=meant,
        error_links=[(f"id_{name}", words) for name, words in errors.items()], seed=merchant.id.hex,
        more_url=reverse("privacy", args=[merchant.slug]), find_url=reverse("find_card", args=[merchant.slug]),
    ), status=422 if errors else 200)  # fmt: skip


def _errors(refusal):
    """One sentence for each field of the form: both kinds of address are typed into one."""
    fields = {"contact": "address", "email": "address", "phone": "address"}
    return {fields.get(name, name): sentences[0] for name, sentences in refusal.facts["field_errors"].items()}


def _ask_for_code(member):
    """Send a code to the member's address, and go on to where it is typed in.

    For an address nobody has here nothing is sent, and the same page is shown: it must not tell who is a member.
    """
    slug, problem = tenancy.merchant().slug, ""
    if member is not None and not member.email:
        problem = _(
            "We have no e-mail address of yours to send a code to. Ask at the counter to see your card."
        )
    elif member is not None:
        try:
            sign_in_code.send(member)
        except Refused as refusal:
            problem = str(refusal)
    asked = {"member": member.id.hex if member else None, "sent_to": shop.shortened(member) if member else "",
             "problem": problem}  # fmt: skip
    answer = redirect("enter_code", slug=slug)
    answer.set_signed_cookie(
        "asked",
        signing.dumps(asked),
        salt=ASKED,
        max_age=CODE_TYPED_WITHIN_SECONDS,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _asked(request):
    cookie = request.get_signed_cookie("asked", None, salt=ASKED, max_age=CODE_TYPED_WITHIN_SECONDS)
    return signing.loads(cookie) if cookie else None
