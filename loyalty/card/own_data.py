"""Messages and data: consents one by one, the language, taking one's data along, leaving."""

from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import confirming
from loyalty import clock, exporting, tenancy
from loyalty.card import limits, shop
from loyalty.errors import Invalid
from loyalty.merchants import auditing
from members import addresses, consents, editing, privacy
from members.models import Consent

# The fields of the two forms that ask for the address.
EXPORT, DELETE = "export_address", "delete_address"


@require_http_methods(["GET", "HEAD", "POST"])
@shop.of_card
def settings(request, member, token):
    """What one agreed to, each by itself; the language. A new consent to mail is confirmed by a link in a mail."""
    if request.method == "POST":
        _save(request, member)
        return redirect(f"{request.path}?saved=1")
    return _settings(request, member, token)


@require_POST
@shop.of_card
def export(request, member, token):
    """Everything we keep of the member, as one file; for who knows the address that belongs to the card."""
    if not _knows_address(request, member, EXPORT):
        return _settings(request, member, token, wrong=EXPORT)
    answer = JsonResponse(exporting.of_member(member), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="stammgast-{member.number}.json"'
    return answer


@require_POST
@shop.of_card
def delete(request, member, token):
    """The member leaves: name and addresses go, the card is no longer good. For who knows the address."""
    if not _knows_address(request, member, DELETE):
        return _settings(request, member, token, wrong=DELETE)
    privacy.erase(member)
    auditing.record(_("Guest"), "member.erased", member.public_id)
    return render(request, "card/settled.html", shop.context(
        request, icon="check", title=_("Your card is deleted."),
        text=_("We no longer have your name or address. Thank you for having been our guest."),
    ))  # fmt: skip


def _settings(request, member, token, wrong=""):
    held = consents.current(member)
    errors = {wrong: _("This is not the address that belongs to this card.")} if wrong else {}
    return render(request, "card/settings.html", shop.context(
        request, action=reverse("card_settings", args=[token]), back_url=reverse("card", args=[token]),
        saved=_saved(request, held), holder={"name": member.name, "address": shop.shortened(member)},
        purposes=[_purpose(purpose, held.get(purpose)) for purpose in _purposes(member)],
        language_choices=list(shop.LANGUAGES.items()), language=member.language, asks_address=_has_address(member),
        export_url=reverse("card_export", args=[token]), delete_url=reverse("card_delete", args=[token]),
        export_error=errors.get(EXPORT, ""), delete_error=errors.get(DELETE, ""),
    ), status=422 if wrong else 200)  # fmt: skip


def _has_address(member):
    return bool(member.email or member.phone)


def _knows_address(request, member, field):
    """Whether the e-mail address or phone number in this field is the member's. A card without any asks for none.

    The card's code is shown at counters, where others see it: by itself it opens the card, and not the person.
    Raises TooOften.
    """
    if not _has_address(member):
        return True
    limits.prove(member)
    try:
        kind, address = addresses.contact(request.POST.get(field, ""), tenancy.merchant().country)
    except Invalid:
        return False
    return address == member.phone if kind == "phone" else addresses.email_key(address) == member.email_key


def _purposes(member):
    """The purposes that make sense for the addresses we have."""
    return [
        purpose for purpose in Consent.Purpose
        if (purpose != Consent.Purpose.EMAIL_MARKETING or member.email)
        and (purpose != Consent.Purpose.SMS_MARKETING or member.phone)
    ]  # fmt: skip


def _purpose(purpose, held):
    hints = {
        Consent.Purpose.EMAIL_MARKETING: _("Reminders, the monthly summary and offers, at most two a week."),
        Consent.Purpose.SMS_MARKETING: _("Only what cannot wait."),
        Consent.Purpose.PROFILING: _("We look at what you bought to choose what we write."),
    }
    given = held is not None and held.given
    waits = given and not held.confirmed
    hint = _("Waits for your confirmation: please follow the link in the mail.") if waits else hints[purpose]
    return {"name": purpose.value, "label": purpose.label, "hint": hint, "checked": given}


def _save(request, member):
    evidence = {"source": "card settings", "at": clock.now().isoformat()}
    held = consents.current(member)
    for purpose in _purposes(member):
        wanted = purpose.value in request.POST
        given = purpose in held and held[purpose].given
        if wanted and not given:
            confirmed = purpose == Consent.Purpose.PROFILING
            consents.give(
                member, purpose, confirmed=confirmed, evidence=evidence | {"text": str(purpose.label)}
            )
            confirming.ask(member, purpose)
        elif given and not wanted:
            consents.withdraw(member, purpose, evidence=evidence)
    if request.POST.get("language") in shop.LANGUAGES:
        editing.change(member, language=request.POST["language"])


def _saved(request, held):
    if "saved" not in request.GET:
        return ""
    if any(one.given and not one.confirmed for one in held.values()):
        return _("Saved. We have sent you a link to confirm it.")
    return _("Saved.")
