"""From an account to a card that can be stamped: one question per page, each answer can be changed later."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loyalty import brands, clock, colour, tenancy
from loyalty.dashboard import access, preview, program_editing
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.programs import FORMS, ProgramForm, start_values
from loyalty.dashboard.forms.starting import COLOURS, LookForm, PinForm, ShopForm
from loyalty.design import svg
from loyalty.design.wording import currency_sign
from loyalty.errors import Refused
from loyalty.merchants import registering, shop, staffing
from loyalty.merchants.models import Membership
from programs.models import Program


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the first question that is not answered yet."""
    if not request.user.is_authenticated:
        return redirect("account_signup")
    membership = access.current(request)
    if membership is None:
        return redirect("dashboard:start_shop")
    with tenancy.scope(membership.merchant):
        has_program = Program.objects.exists()
    return redirect("dashboard:home" if has_program else "dashboard:start_program")


@login_required
@require_http_methods(["GET", "POST"])
def start_shop(request: HttpRequest) -> HttpResponse:
    """The shop's name. The first answer makes the merchant; coming back changes it."""
    membership = None if "new" in request.GET else access.current(request)
    if membership is not None and not access.may_enter(membership):
        return redirect("dashboard:home")
    form = ShopForm(request.POST or None, initial=_shop_values(membership))
    if form.is_valid():
        try:
            _rename(membership, form) if membership else _register(request, form)
            return redirect("dashboard:start_look")
        except Refused as refused:
            show(refused, form)
    merchant = membership.merchant if membership else None
    context = {"form": form, "merchant": merchant, "current_step": "shop"}
    return render(request, "dashboard/start_shop.html", context)


def _shop_values(membership: Membership | None) -> dict[str, object]:
    if membership is None:
        return {"country": "DE"}
    merchant = membership.merchant
    with tenancy.scope(merchant):
        owner = staffing.by_id(membership.staff_id)
    return {
        "name": merchant.name,
        "tagline": merchant.tagline,
        "owner_name": owner.name,
        "country": merchant.country,
    }


def _register(request: HttpRequest, form: ShopForm) -> None:
    given = form.cleaned_data
    registered = registering.register(
        name=given["name"],
        tagline=given["tagline"],
        owner_name=given["owner_name"],
        email=request.user.email,
        user=request.user,
        country=given["country"],
        currency=form.currency(),
        timezone=form.place(),
        language=(get_language() or "en")[:2],
    )
    access.choose(request, registered.merchant)


def _rename(membership: Membership, form: ShopForm) -> None:
    given = form.cleaned_data
    with tenancy.scope(membership.merchant):
        person = staffing.by_id(membership.staff_id)
        shop.change(membership.merchant, actor=person.name, name=given["name"], tagline=given["tagline"])
        staffing.change(person, name=given["owner_name"], role=person.role, actor=person.name)


@with_merchant
@require_http_methods(["GET", "POST"])
def start_look(request: MerchantRequest) -> HttpResponse:
    """The colour and the picture in the stamp, with the card beside it."""
    merchant = request.merchant
    form = LookForm(request.POST or None, initial={"colour": merchant.colour, "motif": merchant.motif})
    if form.is_valid():
        registering.recolour(merchant, form.cleaned_data["colour"])
        shop.change(merchant, actor=request.actor, motif=form.cleaned_data["motif"])
        return redirect("dashboard:start_program")
    context = {"form": form, "colours": COLOURS, "motifs": svg.motif_names(), "current_step": "look"}
    return render(request, "dashboard/start_look.html", {**_frame(request), **context})


@login_required
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """What becomes of a colour on light and on dark pages, for the preview. Nothing is stored."""
    try:
        return JsonResponse(colour.tokens(request.GET.get("colour", "")))
    except ValueError:
        return JsonResponse({}, status=400)


@with_merchant
@require_http_methods(["GET", "POST"])
def start_program(request: MerchantRequest) -> HttpResponse:
    """Punch card or points, and the reward: the last question."""
    kind = _kind(request)
    form = _program_form(request, kind)
    if request.method == "POST" and form.is_valid():
        try:
            program_editing.create(form, actor=request.actor)
            return redirect("dashboard:start_done")
        except Refused as refused:
            show(refused, form)
    context = {"form": form, "kind": kind, "current_step": "program", "short": True}
    return render(request, "dashboard/start_program.html", {**_frame(request), **context})


@with_merchant
@require_POST
def draft_preview(request: MerchantRequest) -> HttpResponse:
    """The card of a program that is not saved yet, as the form stands."""
    context = _frame(request) | {"preview": _preview(request, request.POST)}
    return render(request, "dashboard/parts/preview.html", context)


@with_merchant
@require_http_methods(["GET", "POST"])
def start_done(request: MerchantRequest) -> HttpResponse:
    """The card is live. What is left: the PIN, the poster, the counter."""
    form = PinForm(request.POST or None)
    if form.is_valid():
        try:
            staffing.set_pin(request.staff, form.cleaned_data["pin"], actor=request.actor)
            return redirect("dashboard:start_done")
        except Refused as refused:
            show(refused, form)
    program = Program.objects.filter(status=Program.Status.ACTIVE).order_by("id").first()
    context = {
        "form": form,
        "program": program,
        "current_step": "done",
        "has_pin": bool(request.staff.pin_hash),
    }
    return render(request, "dashboard/start_done.html", {**_frame(request), **context})


def _kind(request: HttpRequest) -> str:
    asked = request.POST.get("type") or request.GET.get("type") or ""
    return asked if asked in FORMS else "punch_card"


def _program_form(request: MerchantRequest, kind: str) -> ProgramForm:
    extra = {"first": True} if kind == "points" else {}
    values = start_values(kind)
    return FORMS[kind](
        request.POST if request.method == "POST" else None,
        initial=values,
        currency=request.merchant.currency,
        **extra,
    )


def _preview(request: MerchantRequest, values: object) -> preview.Preview:
    state = values.get("state", preview.ON_THE_WAY)
    with brands.spoken_to_guests(request.merchant):
        return preview.of(_kind(request), values, state=state, today=clock.today(request.merchant.timezone))


def _frame(request: MerchantRequest) -> dict[str, object]:
    merchant = request.merchant
    return {
        "merchant": merchant,
        "brand": brands.of(merchant),
        "guest_language": brands.guest_language(merchant),
        "sign": currency_sign(merchant.currency, get_language() or "en"),
        "preview": _preview(request, request.POST or start_values(_kind(request))),
    }
