"""Partners, blocks and settlements as the API tells them."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import ids, tenancy
from loyalty.design import wording
from loyalty.merchants.models import Merchant
from loyalty.rest.shapes import coalition as shapes
from programs.coalition.models import Partner
from programs.earning import Earn
from programs.models import Program


def partners(rows):
    """Partner rows with their names: two queries, however many."""
    names = names_of({row.partner_id for row in rows})
    programs = dict(Program.objects.filter(id__in={row.program_id for row in rows}).values_list("id", "name"))
    operator = tenancy.merchant()
    return [
        shapes.Partner(
            id=row.public_id, program=ids.public("prg", row.program_id), program_name=programs[row.program_id],
            operator=operator.public_id, operator_name=operator.name, merchant=ids.public("mer", row.partner_id),
            name=names[row.partner_id], earn=Earn.read(row.earn), redeems=row.redeems,
            caps=shapes.Caps(points_per_month=row.points_per_month), status=row.status, invited_at=row.invited_at,
            accepted_at=row.accepted_at, leaves_at=row.leaves_at,
        )
        for row in rows
    ]  # fmt: skip


def names_of(merchant_ids):
    return dict(Merchant.objects.filter(id__in=merchant_ids).values_list("id", "name"))


def directory(program, earn_at_home):
    """The operator's own shop and its active partners, as customers see them."""
    there = (Partner.Status.ACTIVE, Partner.Status.LEAVING)
    rows = [row for row in Partner.objects.filter(program=program).order_by("id") if row.status in there]
    shops = {shop.id: shop for shop in Merchant.objects.filter(id__in=[row.partner_id for row in rows]).only(
        "id", "name", "legal_address")}  # fmt: skip
    told = [_shop(tenancy.merchant(), program, earn_at_home, redeems=True)]
    told += [_shop(shops[row.partner_id], program, Earn.read(row.earn), redeems=row.redeems) for row in rows]
    return shapes.Directory(data=told)


def block(row):
    return shapes.Block(
        id=row.public_id, partner=ids.public("inv", row.invitation_id), points=row.points, used=row.used,
        left=max(0, row.points - row.used), price_minor=row.price_minor, alert_below=row.alert_below,
        when_used_up=row.when_used_up, bought_at=row.bought_at,
    )  # fmt: skip


def settlement(program, month):
    """A settlement.Month."""
    names = names_of({one.partner_id for one in month.partners})
    invitations = dict(Partner.objects.filter(program=program).values_list("partner_id", "id"))
    told = [
        shapes.PartnersMonth(
            partner=ids.public("inv", invitations.get(one.partner_id)),
            merchant=ids.public("mer", one.partner_id), name=names[one.partner_id], issued_points=one.issued_points,
            redeemed_points=one.redeemed_points, owes_minor=one.owes_minor, is_owed_minor=one.is_owed_minor,
            fee_minor=one.fee_minor, net_minor=one.net_minor, prepaid_minor=one.prepaid_minor,
        )
        for one in month.partners
    ]  # fmt: skip
    whole = shapes.OperatorsMonth(fee_minor=month.fee_minor, float_minor=month.float_minor)
    return shapes.Settlement(
        program=program.public_id, month=f"{month.first:%Y-%m}", currency=tenancy.merchant().currency, partners=told,
        operator=whole if tenancy.acting() is None else None,
    )  # fmt: skip


def _shop(shop, program, earn, *, redeems):
    language = get_language() or "en"
    per = wording.amount(earn.per_minor, tenancy.merchant().currency, language, short=True)
    gives = ngettext(
        "%(count)s point for every full %(per)s", "%(count)s points for every full %(per)s", earn.points
    )
    if (program.unit_singular, program.unit_plural) != ("point", "points"):
        unit = program.unit_singular if earn.points == 1 else program.unit_plural
        gives = _("%(count)s %(unit)s for every full %(per)s").replace("%(unit)s", unit.replace("%", "%%"))
    return shapes.Shop(
        merchant=shop.public_id, name=shop.name, address=shop.legal_address, redeems=redeems,
        gives=gives % {"count": wording.plain(earn.points, language), "per": per},
    )  # fmt: skip
