"""Corrections by hand: booked, taken back, and above a program's limit approved by a second person."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.guests import CorrectionForm
from loyalty.dashboard.pages import page, tell
from loyalty.errors import NotFound, Refused
from loyalty.merchants import auditing
from members import finding
from members.models import Member
from programs import adjusting, catalogue, units
from programs.accounts import Entry
from programs.bonuses import AdjustmentProposal
from programs.models import Program
from programs.sheet import NewEntry
from rewards import standing


def _member(public_id: str) -> Member:
    try:
        return finding.find(id=public_id)
    except NotFound:
        raise Http404 from None


@with_merchant
@require_http_methods(["GET", "POST"])
def correct(request: MerchantRequest, guest_id: str) -> HttpResponse:
    """Add or take off stamps or points, with a reason. Can be taken back on the next page."""
    member = _member(guest_id)
    lives = [live for live in catalogue.live() if units.collects(live)]
    form = CorrectionForm(request.POST or None, programs=[live.program for live in lives])
    if form.is_valid():
        try:
            program, amount = form.chosen(), form.cleaned_data["amount"]
            done = adjusting.adjust(
                member=member, program=program, amount=amount, reason=form.cleaned_data["reason"],
                actor=request.actor,
            )  # fmt: skip
            _note(request, done, member, program, amount)
            return redirect("dashboard:guest", member.public_id)
        except Refused as refused:
            show(refused, form)
    context = {
        "form": form,
        "member": member,
        "standings": [one for one in standing.of(member) if units.collects(one.live)],
        "limited": [live for live in lives if live.settings.adjustment_limit is not None],
    }
    return page(request, "dashboard/correct.html", "guests", context)


def _note(
    request: MerchantRequest,
    done: NewEntry | AdjustmentProposal,
    member: Member,
    program: Program,
    amount: int,
) -> None:
    """Write down and say what became of a correction: booked, or waiting for somebody else."""
    details = {"program": program.public_id, "amount": amount}
    if isinstance(done, AdjustmentProposal):
        auditing.record(request.actor, "balance.correction_proposed", member.public_id, **details)
        tell(request, _("Nothing is booked yet: somebody else has to approve it."))
        return
    auditing.record(request.actor, "balance.corrected", member.public_id, **details)
    undo = reverse("dashboard:undo_correction", args=[member.public_id, f"ent_{done.id.hex}"])
    tell(request, _("Corrected."), undo=undo)


@with_merchant
@require_POST
def undo_correction(request: MerchantRequest, guest_id: str, entry_id: str) -> HttpResponse:
    """Book the opposite of a correction: the books are only ever added to. Above the limit that, too, waits."""
    member = _member(guest_id)
    entry = Entry.objects.select_related("account__program").by_public_id(Entry.prefix, entry_id)
    if entry.kind != Entry.Kind.ADJUST or entry.account.member_id not in finding.everyone(member):
        raise Http404
    change = entry.amount + entry.pending_amount
    try:
        done = adjusting.adjust(
            member=member, program=entry.account.program, amount=-change, reason=_("Correction taken back"),
            actor=request.actor,
        )  # fmt: skip
        if isinstance(done, AdjustmentProposal):
            _note(request, done, member, entry.account.program, -change)
        else:
            auditing.record(
                request.actor, "balance.correction_undone", member.public_id, entry=entry_id, amount=-change
            )
            tell(request, _("The correction is taken back."))
    except Refused as refused:
        tell(request, refused)
    return redirect("dashboard:guest", member.public_id)


@with_merchant
@require_POST
def approve_correction(request: MerchantRequest, adjustment_id: str) -> HttpResponse:
    """Book what somebody else has proposed."""
    proposal = _proposal(adjustment_id)
    try:
        proposal = adjusting.approve(proposal, actor=request.actor)
        auditing.record(
            request.actor, "balance.correction_approved", proposal.public_id, amount=proposal.amount,
            proposed_by=proposal.proposed_by,
        )  # fmt: skip
        tell(request, _("Approved and booked."))
    except Refused as refused:
        tell(request, refused)
    return redirect("dashboard:guest", proposal.member.public_id)


@with_merchant
@require_POST
def decline_correction(request: MerchantRequest, adjustment_id: str) -> HttpResponse:
    """Let a proposed correction be; also one's own."""
    proposal = _proposal(adjustment_id)
    try:
        proposal = adjusting.decline(proposal, actor=request.actor)
        auditing.record(
            request.actor, "balance.correction_declined", proposal.public_id, amount=proposal.amount
        )
        tell(request, _("Declined. Nothing was booked."))
    except Refused as refused:
        tell(request, refused)
    return redirect("dashboard:guest", proposal.member.public_id)


def _proposal(public_id: str) -> AdjustmentProposal:
    try:
        rows = AdjustmentProposal.objects.select_related("member")
        return rows.by_public_id(AdjustmentProposal.prefix, public_id)
    except NotFound:
        raise Http404 from None
