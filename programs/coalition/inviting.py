"""Merchants are invited into a coalition, accept, get new terms, leave. Rule: docs/rules/coalition.md, "Partners"."""

from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from loyalty import clock, ids, tenancy
from loyalty.errors import Invalid, NotFound, Refused
from loyalty.events import recording
from loyalty.merchants.models import Merchant
from programs import catalogue
from programs.coalition.models import Partner, PartnerDoor, PartnerTerms
from programs.earning import Earn
from programs.models import Program
from programs.types.coalition import Settings


class PartnerAlready(Refused):
    code = "partner_already"
    sentence = gettext_lazy("This shop was invited before.")


class NotInvited(Refused):
    code = "not_a_partner"
    sentence = gettext_lazy("The invitation was not accepted yet.")


def invite(program, merchant_id, *, earn=None, redeems=True, points_per_month=None, actor="") -> Partner:
    """Invite a merchant, by its public id, into a program of the operator in scope.

    earn: in the shape of a program's `earn`; default: the program's own. Raises NotFound for an unknown merchant,
    Invalid where it does not fit the operator (another currency, a sandbox and a live shop), PartnerAlready.
    """
    if not catalogue.types_of([program.id])[program.id].is_shared:
        raise Invalid({"program": [_("This program is no coalition.")]})
    merchant = Merchant.objects.filter(id=ids.parse("mer", merchant_id)).first()
    if merchant is None:
        raise NotFound(id=merchant_id)
    _refuse_unfit(merchant)
    live = catalogue.current(Program.objects.filter(id=program.id))[0]
    own = cast(Settings, live.settings).earn
    read = _read(own.model_dump(mode="json") if earn is None else earn)
    if Partner.objects.filter(program=program, partner_id=merchant.id).exists():
        raise PartnerAlready(merchant=merchant.public_id)
    partner = Partner.objects.create(
        program=program, partner_id=merchant.id, earn=read, redeems=redeems, points_per_month=points_per_month
    )
    _remember_terms(partner, actor)
    PartnerDoor.objects.create(
        operator_id=tenancy.merchant().id, partner=merchant, program_id=program.id, invitation_id=partner.id
    )
    _changed("partner.invited", partner)
    return partner


def accept(partner) -> Partner:
    """The partner accepts: from now on it takes part. Doing so again changes nothing."""
    if partner.accepted_at is None:
        partner.accepted_at = clock.now()
        partner.save(update_fields=["accepted_at"])
        _changed("partner.accepted", partner)
    return partner


def change(partner, *, actor="", **columns) -> Partner:
    """Change terms (`earn`, `redeems`) or the cap (`points_per_month`). Terms hold from the next purchase on."""
    if "earn" in columns:
        columns["earn"] = _read(columns["earn"])
    before = (partner.earn, partner.redeems)
    for name, value in columns.items():
        setattr(partner, name, value)
    if columns:
        partner.save(update_fields=list(columns))
    if (partner.earn, partner.redeems) != before:
        _remember_terms(partner, actor)
    _changed("partner.changed", partner)
    return partner


def depart(partner, *, at=None) -> Partner:
    """The partner leaves at a moment (default: now). Until then it goes on; what it gave stays good after it.

    A later notice takes the place of an earlier one, as long as it has not left. Raises NotInvited, Invalid.
    """
    now = clock.now()
    at = at or now
    if partner.accepted_at is None:
        raise NotInvited(partner=partner.public_id)
    if at < now:
        raise Invalid(
            {"at": [_("This moment has passed. Send the moment from which the shop takes no part.")]}
        )
    if partner.status != Partner.Status.LEFT:
        partner.leaves_at = at
        partner.save(update_fields=["leaves_at"])
        _changed("partner.leaving", partner)
    return partner


def _refuse_unfit(merchant):
    operator = tenancy.merchant()
    wrong = ""
    if merchant.id == operator.id:
        wrong = _("The operator takes part by itself.")
    elif merchant.currency != operator.currency:
        wrong = _("This shop counts in another currency.")
    elif merchant.is_sandbox != operator.is_sandbox:
        wrong = _("A sandbox and a live shop cannot be in one coalition.")
    if wrong:
        raise Invalid({"merchant": [wrong]})


def _read(earn):
    try:
        return Earn.read(earn).model_dump(mode="json")
    except ValidationError as error:
        raise Invalid(catalogue.field_errors(error, "earn")) from None


def _remember_terms(partner, actor):
    PartnerTerms.objects.create(
        invitation=partner, earn=partner.earn, redeems=partner.redeems, created_by=actor
    )


def _changed(kind, partner):
    # What is cached about the operator's programs is read anew.
    Merchant.objects.filter(id=tenancy.merchant_id()).update(catalogue_version=ids.new())
    recording.record(kind, partner=partner.public_id, program=ids.public("prg", partner.program_id),
                     merchant=ids.public("mer", partner.partner_id))  # fmt: skip
