"""What a partner is shown of an operator's rows. Read as a role that sees no more, whatever is asked for here."""

from loyalty import ids, tenancy
from loyalty.rest.rows import members
from loyalty.rest.shapes import coalition as shapes
from loyalty.tenancy import partners
from members.models import Member
from programs.coalition.models import Introduction
from programs.models import Account, Program


def state(member_id):
    """The `member_state` of an answer at a partner's till."""
    with partners.reading():
        return shapes.PartnersState(accounts=_accounts(member_id))


def member(member_id):
    with partners.reading():
        row = Member.objects.only("id", "number", "status", "language").get(id=member_id)
        names = Introduction.objects.filter(member_id=member_id, partner_id=tenancy.acting_id())
        return shapes.PartnersMember(
            id=row.public_id, number=row.number, name=names.values_list("name", flat=True).first(),
            language=row.language, status=row.status, accounts=_accounts(member_id),
        )  # fmt: skip


def _accounts(member_id):
    programs = Program.objects.filter(type="coalition", status=Program.Status.ACTIVE)
    programs = programs.only("id", "unit_singular", "unit_plural").order_by("id")
    rows = Account.objects.filter(member_id=member_id).values_list(
        "program_id", "balance", "pending", "debt", "level"
    )
    held = {program_id: figures for program_id, *figures in rows}
    return [_account(program, *held.get(program.id, (0, 0, 0, ""))) for program in programs]


def _account(program, balance, pending, debt, level):
    return shapes.PartnersAccount(
        program=ids.public("prg", program.id), unit=members.unit(program), balance=balance - debt, pending=pending,
        tier=level or None,
    )  # fmt: skip
