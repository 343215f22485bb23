"""Programs: the editor with the guest's card beside it, the versions, opening and closing."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loyalty import brands, clock
from loyalty.dashboard import figures, kinds, preview, program_costs, program_editing
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.programs import FORMS, ProgramForm, PunchCardForm, expiry_key, start_values
from loyalty.dashboard.pages import page, tell
from loyalty.dashboard.views import rules
from loyalty.design.wording import currency_sign
from loyalty.errors import NotFound, Refused
from loyalty.merchants import auditing
from programs import catalogue, explaining
from programs.accounts import Account
from programs.catalogue import Live
from programs.models import Program, ProgramVersion
from rewards import catalogue as rewards
from rewards.models import Reward


@with_merchant
@require_GET
def programs(request: MerchantRequest) -> HttpResponse:
    """All programs; where there is one, its editor."""
    rows = list(Program.objects.order_by("status", "id"))
    if len(rows) == 1:
        return redirect("dashboard:program", rows[0].public_id)
    listed = [{"program": row, "kind": kinds.of(row), **rules.ending(row)} for row in rows]
    return page(request, "dashboard/programs.html", "programs", {"rows": listed})


@with_merchant
@require_http_methods(["GET", "POST"])
def new_program(request: MerchantRequest) -> HttpResponse:
    """A further program: the same controls as at the start, all of them."""
    kind = _kind(request)
    extra = {"first": True} if kind == "points" else {}
    form = FORMS[kind](
        request.POST or None, initial=start_values(kind), currency=request.merchant.currency, **extra
    )
    if form.is_valid():
        try:
            program = program_editing.create(form, actor=request.actor)
            auditing.record(request.actor, "program.created", program.public_id)
            tell(request, _("The program is active."))
            return redirect("dashboard:program", program.public_id)
        except Refused as refused:
            show(refused, form)
    context = _editor(request, form, kind, start_values(kind)) | {"kind": kind}
    return page(request, "dashboard/new_program.html", "programs", context)


def _kind(request: MerchantRequest) -> str:
    asked = request.POST.get("type") or request.GET.get("type") or ""
    return asked if asked in FORMS else "punch_card"


def _live(program_id: str) -> Live:
    try:
        program = Program.objects.by_public_id(Program.prefix, program_id)
    except NotFound:
        raise Http404 from None
    return catalogue.current(Program.objects.filter(id=program.id))[0]


@with_merchant
@require_http_methods(["GET", "POST"])
def program(request: MerchantRequest, program_id: str) -> HttpResponse:
    """The editor. A change holds from the next purchase on; what was stamped stays."""
    live = _live(program_id)
    if live.program.type not in FORMS:
        return rules.show_rules(request, live)
    values = _values(live)
    form = _form(request, live, values)
    if request.method == "POST" and form.is_valid():
        try:
            before = live.program.version
            changed = program_editing.change(live.program, form, actor=request.actor)
            auditing.record(request.actor, "program.changed", program_id, version=changed.version)
            said = (
                _("Saved. It holds from the next purchase on.") if changed.version > before else _("Saved.")
            )
            tell(request, said)
            return redirect("dashboard:program", program_id)
        except Refused as refused:
            show(refused, form)
    context = _editor(request, form, live.program.type, values, live.program) | {
        "program": live.program,
        "version": _version(live.program),
        "cards": Account.objects.filter(program=live.program).count(),
        "sentences": _sentences(request, live),
        "preview_url": reverse("dashboard:program_preview", args=[program_id]),
        "collects": True,
        **rules.ending(live.program),
    }
    return page(request, "dashboard/program.html", "programs", context)


@with_merchant
@require_POST
def program_preview(request: MerchantRequest, program_id: str) -> HttpResponse:
    """The card and the cost of a change that is not saved yet."""
    live = _live(program_id)
    if live.program.type not in FORMS:
        raise Http404
    form = _form(request, live, _values(live))
    context = _editor(request, form, live.program.type, _values(live)) | {
        "brand": brands.of(request.merchant)
    }
    return render(request, "dashboard/parts/preview_and_cost.html", context)


@with_merchant
@require_GET
def versions(request: MerchantRequest, program_id: str) -> HttpResponse:
    """What held from when to when, and who changed it."""
    live = _live(program_id)
    rows = ProgramVersion.objects.filter(program=live.program).select_related("program").order_by("-number")
    currency = request.merchant.currency
    told = [
        {"row": row, "sentences": explaining.sentences(catalogue.version(row), currency=currency)}
        for row in rows
    ]
    return page(request, "dashboard/versions.html", "programs", {"program": live.program, "versions": told})


@with_merchant
@require_POST
def set_status(request: MerchantRequest, program_id: str) -> HttpResponse:
    """Start a program, close it, or open it again. Balances stay; rewards that are open can still be taken."""
    program = _live(program_id).program
    wanted = request.POST.get("status")
    if wanted not in (Program.Status.ACTIVE, Program.Status.CLOSED):
        raise Http404
    rules.set_ending(request, program, wanted)
    return redirect("dashboard:program", program_id)


def _form(request: MerchantRequest, live: Live, values: dict[str, object]) -> ProgramForm:
    return FORMS[live.program.type](
        request.POST if request.method == "POST" else None,
        initial=values,
        currency=request.merchant.currency,
        before=live.settings.model_dump(mode="json", by_alias=True),
    )


def _values(live: Live) -> dict[str, object]:
    """The settings as the controls show them."""
    settings = live.settings.model_dump(mode="json", by_alias=True)
    shared = {"name": live.program.name, "expiry": expiry_key(settings["expiry"])}
    if live.program.type == "points":
        earn = settings["earn"]
        shown = {name: earn[name] for name in ("points", "per_minor", "accumulate")}
        return shared | shown | {"pending_days": str(settings["pending_days"])}
    reward = program_editing.reward_of(settings["reward"])
    on_the_way = next(iter(settings["interim"]), None)
    names = ("stamp_per", "per_minor", "stamps_required", "welcome_stamps")
    interim = program_editing.reward_of(on_the_way["reward"]) if on_the_way else None
    return shared | {name: settings[name] for name in names} | {
        "cooldown_minutes": str(settings["cooldown_minutes"]),
        "reward_name": reward.name if reward else "",
        "reward_cost": reward.cost_to_merchant_minor if reward else None,
        "reward_value": reward.value_minor if reward else None,
        "interim_at": on_the_way["at"] if on_the_way else None,
        "interim_name": interim.name if interim else "",
    }  # fmt: skip


def _editor(
    request: MerchantRequest, form: ProgramForm, kind: str, values: dict, program: Program | None = None
) -> dict[str, object]:
    shown = _shown(request, values, program)
    state = shown.get("state", preview.ON_THE_WAY)
    today = clock.today(request.merchant.timezone)
    with brands.spoken_to_guests(request.merchant):
        drawn = preview.of(kind, shown, state=state, today=today)
    return {
        "form": form,
        "merchant": request.merchant,
        "preview": drawn,
        "guest_language": brands.guest_language(request.merchant),
        "sign": currency_sign(request.merchant.currency, get_language() or "en"),
        "costs": _costs(form, values, program),
    }


def _shown(request: MerchantRequest, values: dict, program: Program | None) -> dict:
    """What the preview is drawn from: the form as it stands; the reward of points is one that there is."""
    shown = request.POST.dict() if request.method == "POST" else values
    if program and program.type == "points" and (reward := _nearest_reward(program)):
        return shown | {"reward_name": reward.name, "reward_points": reward.cost}
    return shown


def _nearest_reward(program: Program) -> Reward | None:
    return rewards.available().filter(program=program, cost__gt=0).first()


def _costs(form: ProgramForm, values: dict, program: Program | None) -> dict[str, object]:
    """What the draft costs, beside what the cards have cost so far."""
    now = clock.now()
    usual = program_costs.usual(now)
    given = form.cleaned_data if form.is_bound and form.is_valid() else values
    if isinstance(form, PunchCardForm):
        given = {"per_minor": None, "reward_cost": None} | given
        estimate = program_costs.punch_card(given, usual)
    else:
        reward = _nearest_reward(program) if program else None
        points, cost = (reward.cost, reward.cost_to_merchant_minor) if reward else (None, None)
        points, cost = given.get("reward_points") or points, given.get("reward_cost") or cost
        estimate = program_costs.points(given, points, cost)
    return {"estimate": estimate, "usual": usual, "so_far": figures.cost(now)}


def _version(program: Program) -> ProgramVersion:
    return ProgramVersion.objects.get(program=program, number=program.version)


def _sentences(request: MerchantRequest, live: Live) -> list[str]:
    with brands.spoken_to_guests(request.merchant):
        return list(explaining.sentences(live, currency=request.merchant.currency))
