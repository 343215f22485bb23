"""By which terms a merchant gives and takes a coalition's points. Rule: docs/rules/coalition.md, "Partners"."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty import clock, tenancy
from loyalty.errors import Refused
from loyalty.merchants.models import Merchant
from programs.catalogue import Live
from programs.coalition.models import Partner, PartnerTerms
from programs.earning import Earn
from programs.types.coalition import Settings

MERCHANTS_CACHED = 10_000
# {(operator, partner): (the operator's catalogue version, {program id: _Held})}
_cached: dict[tuple[UUID, UUID], tuple[UUID, dict[UUID, "_Held"]]] = {}


class NotAPartner(Refused):
    code = "not_a_partner"
    sentence = _("This shop does not take part in the program at the moment.")


@dataclass(frozen=True, slots=True)
class Terms:
    """earn: what a purchase deserves there. issuer_id: who owes for its points, `price` minor units each.

    redeems: whether points are taken there. partner: its row, None for the operator itself.
    """

    earn: Earn
    issuer_id: UUID
    price: Decimal
    redeems: bool = True
    partner: Partner | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    partner: Partner
    terms: tuple[PartnerTerms, ...]


def of(live: Live, partner_id: UUID | None, at: datetime | None = None) -> Terms:
    """The terms of a merchant in a coalition's program, as they were at a moment (default: now).

    live: the program in the version of that moment. partner_id: None or the operator's own id: the program's own
    terms. Raises NotAPartner for who did not take part then.
    """
    settings, operator_id = cast(Settings, live.settings), tenancy.merchant().id
    price = Decimal(settings.point_value_minor)
    if partner_id is None or partner_id == operator_id:
        return Terms(settings.earn, operator_id, price)
    held, at = _partner(live, partner_id), at or clock.now()
    if held is None or held.partner.status_at(at) not in (Partner.Status.ACTIVE, Partner.Status.LEAVING):
        raise NotAPartner(program=live.program.public_id)
    then = next((one for one in reversed(held.terms) if one.since <= at), held.terms[0])
    return Terms(Earn.read(then.earn), partner_id, price, then.redeems, held.partner)


def sold_at(live: Live, partner_id: UUID | None, at: datetime | None = None) -> Live | None:
    """The program as a purchase at a partner's earns in it: with the partner's own `earn`.

    None for who did not take part at that moment. At the operator's own shop it is the program itself.
    """
    if partner_id is None:
        return live
    try:
        earn = of(live, partner_id, at).earn
    except NotAPartner:
        return None
    return replace(live, settings=live.settings.model_copy(update={"earn": earn}))


def refuse_redeeming(live: Live, partner_id: UUID | None):
    """Raise NotAPartner where points of the program are not taken, now, by who asks."""
    if partner_id is not None and not (live.type.is_shared and of(live, partner_id).redeems):
        raise NotAPartner(program=live.program.public_id)


def _partner(live, partner_id):
    """The partner with its terms, oldest first. Read again only after something about the programs was changed."""
    operator_id = tenancy.merchant_id()
    version = Merchant.objects.values_list("catalogue_version", flat=True).get(id=operator_id)
    known = _cached.get((operator_id, partner_id))
    if known is None or known[0] != version:
        known = (version, _read(partner_id))
        if len(_cached) >= MERCHANTS_CACHED:
            _cached.clear()
        _cached[operator_id, partner_id] = known
    return known[1].get(live.program.id)


def _read(partner_id):
    rows = {row.id: row for row in Partner.objects.filter(partner_id=partner_id)}
    terms: dict[UUID, list[PartnerTerms]] = {row_id: [] for row_id in rows}
    for one in PartnerTerms.objects.filter(invitation_id__in=list(rows)).order_by("since", "id"):
        terms[one.invitation_id].append(one)
    return {row.program_id: _Held(row, tuple(terms[row.id])) for row in rows.values()}
