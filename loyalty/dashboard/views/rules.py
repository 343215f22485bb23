"""The page of a program that is told by its rules, with an editor where there is one; and how programs end."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty import brands, clock
from loyalty.dashboard import kinds, rules_page
from loyalty.dashboard.access import MerchantRequest
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.rules import EDITORS, RulesForm
from loyalty.dashboard.pages import page, tell
from loyalty.design.wording import currency_sign
from loyalty.errors import Invalid, Refused
from loyalty.merchants import auditing
from programs import explaining, units
from programs.catalogue import Live
from programs.endings import closing
from programs.models import Program, ProgramVersion


def show_rules(request: MerchantRequest, live: Live) -> HttpResponse:
    """What holds, in sentences, and who takes part. A change is saved once it was shown whom it touches."""
    form = _form(request, live)
    touches: list[str] = []
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            touches = rules_page.foresee(live, form)
            if request.POST.get("seen") == rules_page.fingerprint(form):
                return _saved(request, live, form)
        except Refused as refused:
            show(refused, form)
            touches = []
    context = {
        "program": live.program,
        "kind": kinds.of(live.program),
        "version": ProgramVersion.objects.get(program=live.program, number=live.program.version),
        "form": form,
        "editor": f"dashboard/parts/{live.program.type}_rules.html",
        "touches": touches,
        "seen": rules_page.fingerprint(form) if form is not None and touches else "",
        "sign": currency_sign(request.merchant.currency, get_language() or "en"),
        "figures": rules_page.figures(live),
        "sentences": _sentences(request, live),
        "guest_language": brands.guest_language(request.merchant),
        "by_money": getattr(live.settings, "qualify_by", "spend") == "spend",
        "collects": units.collects(live),
    } | ending(live.program)
    return page(request, "dashboard/rules.html", "programs", context)


def _form(request: MerchantRequest, live: Live) -> RulesForm | None:
    editor = EDITORS.get(live.program.type)
    if editor is None:
        return None
    return editor(
        request.POST if request.method == "POST" else None,
        initial=rules_page.values(live),
        currency=request.merchant.currency,
        before=live.settings.model_dump(mode="json", by_alias=True),
        names=rules_page.names(live),
    )


def _saved(request: MerchantRequest, live: Live, form: RulesForm) -> HttpResponse:
    before = live.program.version
    changed = rules_page.save(live, form, actor=request.actor)
    auditing.record(request.actor, "program.changed", changed.public_id, version=changed.version)
    tell(
        request,
        _("Saved. It holds from the next purchase on.") if changed.version > before else _("Saved."),
    )
    return redirect("dashboard:program", live.program.public_id)


def _sentences(request: MerchantRequest, live: Live) -> list[str]:
    with brands.spoken_to_guests(request.merchant):
        return list(explaining.sentences(live, currency=request.merchant.currency))


def ending(program: Program) -> dict[str, object]:
    """What a program's page says of its end. ends: it is announced and lies ahead. is_over: nothing can be spent."""
    now = clock.now()
    return {
        "ends": program.ends_at is not None and program.ends_at > now,
        "is_over": program.redeem_until is not None and program.redeem_until <= now,
    }


def set_ending(request: MerchantRequest, program: Program, wanted: str) -> None:
    """Start, close or open a program. `until`: the last day on which what is there can be spent. Tells what became
    of it, also a refusal."""
    try:
        if wanted == Program.Status.CLOSED:
            closing.close(program, redeem_until=_last_moment(request), actor=request.actor)
            said = _("The program is closed. Nobody collects any more.")
        elif program.status == Program.Status.DRAFT:
            closing.start(program, actor=request.actor)
            said = _("The program is active.")
        else:
            closing.reopen(program, actor=request.actor)
            said = _("The program is active.")
    except Invalid as invalid:
        tell(request, " ".join(str(one) for rows in invalid.facts["field_errors"].values() for one in rows))
        return
    except Refused as refused:
        tell(request, refused)
        return
    auditing.record(request.actor, f"program.{wanted}", program.public_id)
    tell(request, said)


def _last_moment(request: MerchantRequest) -> datetime | None:
    """The end of the day that was chosen, or None where none was. Raises Invalid."""
    given = request.POST.get("until", "")
    if not given:
        return None
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise Invalid({"until": [_("Please choose a day.")]})
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(request.merchant.timezone))
