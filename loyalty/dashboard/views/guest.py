"""One guest: the card, what happened and why, and what the owner can do about it."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from loyalty import clock, exporting
from loyalty.dashboard import guest_facts, guest_leaves
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.guests import GuestForm
from loyalty.dashboard.pages import page, tell
from loyalty.errors import NotFound, Refused
from loyalty.merchants import auditing
from members import consents, editing, finding, privacy
from members.models import Member
from programs import adjusting
from rewards import standing

LINES = 20


def _member(public_id: str) -> Member:
    try:
        return finding.find(id=public_id)
    except NotFound:
        raise Http404 from None


@with_merchant
@require_GET
def guest(request: MerchantRequest, guest_id: str) -> HttpResponse:
    """The profile. An erased guest is a number without a name."""
    member = _member(guest_id)
    if member.public_id != guest_id:
        return redirect("dashboard:guest", member.public_id)
    now = clock.now()
    before = parse_datetime(request.GET.get("before", "")) if request.GET.get("before") else None
    happenings = standing.history(member, limit=LINES + 1, before=before)
    lines = [guest_facts.line(one) for one in happenings[:LINES]]
    context = {
        "member": member,
        "leaves": [guest_leaves.of(one) for one in standing.of(member)],
        "plans": guest_leaves.plans(member),
        "gift_cards": guest_leaves.gift_cards(member),
        "facts": guest_facts.of(member, now, request.merchant.timezone),
        "lines": lines,
        "older": happenings[LINES - 1].at.isoformat() if len(happenings) > LINES else "",
        "is_first_page": before is None,
        "consents": _consents(member),
        "card_url": _card_url(member),
        "erased": member.status == Member.Status.ERASED,
        "waiting": adjusting.waiting().filter(member=member),
    }
    return page(request, "dashboard/guest.html", "guests", context)


def _consents(member: Member) -> list[object]:
    return sorted(consents.current(member).values(), key=lambda one: one.purpose)


def _card_url(member: Member) -> str:
    try:
        return finding.card_url(finding.card_of(member))
    except NotFound:
        return ""


@with_merchant
@require_http_methods(["GET", "POST"])
def edit(request: MerchantRequest, guest_id: str) -> HttpResponse:
    """Name and addresses. Consent to mail counts again once the new address has confirmed it."""
    member = _member(guest_id)
    initial = {name: getattr(member, name) for name in ("name", "email", "phone", "birthday")}
    form = GuestForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            editing.change(member, **form.columns())
            auditing.record(request.actor, "member.changed", member.public_id, fields=form.changed_data)
            tell(request, _("Saved."))
            return redirect("dashboard:guest", member.public_id)
        except Refused as refused:
            show(refused, form)
    return page(request, "dashboard/edit_guest.html", "guests", {"form": form, "member": member})


@with_merchant
@require_GET
def export(request: MerchantRequest, guest_id: str) -> HttpResponse:
    """Everything that is held of a guest, for a request by Art. 15 GDPR."""
    member = _member(guest_id)
    auditing.record(request.actor, "member.exported", member.public_id)
    options = {"indent": 2, "ensure_ascii": False}
    answer = JsonResponse(exporting.of_member(member), json_dumps_params=options)
    answer["Content-Disposition"] = f'attachment; filename="guest-{member.number}.json"'
    return answer


@with_merchant
@require_http_methods(["GET", "POST"])
def erase(request: MerchantRequest, guest_id: str) -> HttpResponse:
    """Erase name and addresses. This cannot be taken back: the number on the card has to be typed."""
    member = _member(guest_id)
    typed = "".join(request.POST.get("number", "").split())
    if request.method == "POST" and typed == member.number:
        privacy.erase(member)
        auditing.record(request.actor, "member.erased", member.public_id)
        tell(request, _("Name and addresses are erased."))
        return redirect("dashboard:guests")
    wrong = _("This is not the number of the card.") if request.method == "POST" else ""
    context = {"member": member, "wrong": wrong, "typed": request.POST.get("number", "")}
    return page(request, "dashboard/erase.html", "guests", context)
