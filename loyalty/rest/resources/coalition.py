"""Coalitions: who is invited and takes part, what partners buy beforehand, and what they owe each other."""

from django.http import HttpResponse

from campaigns import turning
from loyalty import clock, ids, tenancy
from loyalty.errors import Invalid, NotFound
from loyalty.merchants import auditing
from loyalty.rest import acting, named, pagination, statements
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import coalition as rows
from loyalty.rest.rows import partners as partner_rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import coalition as shapes
from loyalty.rest.shapes.answers import Nothing
from loyalty.tenancy import partners
from programs import catalogue
from programs.coalition import allowances, inviting, settlement
from programs.coalition.models import Introduction, Partner, PrepaidBlock
from programs.models import Program

MONTH = "The month, in the operator's time: 2026-03. Default: the month that is now."


class PartnerList(Resource):
    @operation(
        "List a coalition's partners, the latest invited first", scope="read", answers={200: shapes.Partners},
        pages=True,
    )  # fmt: skip
    def get(self, request, coalition_id):
        found = _visible(Partner).filter(program_id=_coalition(coalition_id).id)
        page, following = pagination.page(self.query, found)
        return answer(shapes.Partners(data=rows.partners(page), next_cursor=following))

    @operation(
        "Invite a merchant into a coalition", scope="admin", takes=shapes.NewPartner, answers={201: shapes.Partner}
    )  # fmt: skip
    def post(self, request, coalition_id):
        body, program = self.body(shapes.NewPartner), named.program(coalition_id)
        partner = inviting.invite(
            program, body.merchant, earn=body.earn.model_dump(mode="json") if body.earn else None,
            redeems=body.redeems, points_per_month=body.caps.points_per_month, actor=self.actor,
        )  # fmt: skip
        auditing.record(self.actor, "partner.invited", partner.public_id, merchant=body.merchant)
        return answer(rows.partners([partner])[0], 201)


class PartnerDetail(Resource):
    @operation("Read a partner", scope="read", answers={200: shapes.Partner})
    def get(self, request, coalition_id, partner_id):
        return answer(rows.partners([_partner(coalition_id, partner_id)])[0])

    @operation(
        "Change a partner's terms or caps; new terms hold from the next purchase on", scope="admin",
        takes=shapes.ChangedPartner, answers={200: shapes.Partner},
    )  # fmt: skip
    def patch(self, request, coalition_id, partner_id):
        body, sent = self.body(shapes.ChangedPartner), {}
        partner = _partner(coalition_id, partner_id, by_operator=True)
        if "earn" in body.model_fields_set and body.earn is not None:
            sent["earn"] = body.earn.model_dump(mode="json")
        if "redeems" in body.model_fields_set:
            sent["redeems"] = body.redeems
        if "points_per_month" in body.caps.model_fields_set:
            sent["points_per_month"] = body.caps.points_per_month
        changed = inviting.change(partner, actor=self.actor, **sent)
        auditing.record(self.actor, "partner.changed", changed.public_id, fields=sorted(sent))
        return answer(rows.partners([changed])[0])


class PartnerDeparture(Resource):
    @operation(
        "Let a partner leave, with notice; what it gave stays good. The partner may do so itself", scope="admin",
        takes=shapes.NewDeparture, answers={200: shapes.Partner},
    )  # fmt: skip
    def post(self, request, coalition_id, partner_id):
        body, partner = self.body(shapes.NewDeparture), _partner(coalition_id, partner_id)
        left = inviting.depart(partner, at=body.at)
        auditing.record(self.actor, "partner.leaving", left.public_id)
        return answer(rows.partners([left])[0])


class BlockList(Resource):
    @operation(
        "List the points that a partner has bought beforehand, the latest first", scope="read",
        answers={200: shapes.Blocks}, pages=True,
    )  # fmt: skip
    def get(self, request, coalition_id, partner_id):
        bought = _visible(PrepaidBlock).filter(invitation_id=_partner(coalition_id, partner_id).id)
        page, following = pagination.page(self.query, bought)
        return answer(shapes.Blocks(data=[rows.block(row) for row in page], next_cursor=following))

    @operation(
        "Sell a partner points beforehand", scope="admin", takes=shapes.NewBlock, answers={201: shapes.Block}
    )
    def post(self, request, coalition_id, partner_id):
        body = self.body(shapes.NewBlock)
        partner = _partner(coalition_id, partner_id, by_operator=True)
        bought = allowances.buy(partner, actor=self.actor, **body.model_dump())
        auditing.record(self.actor, "partner.block_bought", partner.public_id, points=body.points)
        return answer(rows.block(bought), 201)


class InvitationList(Resource):
    is_one_transaction = False

    @operation(
        "List the coalitions you are invited to", scope="read", answers={200: shapes.Partners}, pages=True
    )
    def get(self, request):
        with tenancy.scope(self.merchant):
            doors, following = pagination.page(self.query, acting.doors_of(self.merchant.id))
        told = [_at_door(self.merchant, door, _told) for door in doors]
        with tenancy.scope(self.merchant):
            return answer(shapes.Partners(data=told, next_cursor=following))


class InvitationDetail(Resource):
    is_one_transaction = False

    @operation("Read an invitation", scope="read", answers={200: shapes.Partner})
    def get(self, request, invitation_id):
        told = _at_door(self.merchant, _door(self.merchant, invitation_id), _told)
        with tenancy.scope(self.merchant):
            return answer(told)


class InvitationAcceptance(Resource):
    is_one_transaction = False

    @operation(
        "Accept an invitation: from now on you take part", scope="admin", answers={200: shapes.Partner}
    )
    def post(self, request, invitation_id):
        self.body(Nothing)

        def accept(partner):
            inviting.accept(partner)
            auditing.record(f"{self.merchant.name}: {self.actor}", "partner.accepted", partner.public_id)
            return _told(partner)

        door = _door(self.merchant, invitation_id)
        told = _at_door(self.merchant, door, accept)
        # Sandboxes in a coalition follow the operator's clock, which goes forward only.
        if self.merchant.is_sandbox and self.merchant.clock_at < door.operator.clock_at:
            turning.turn(merchant=self.merchant, to=door.operator.clock_at)
        with tenancy.scope(self.merchant):
            return answer(told)


class PartnerDirectory(Resource):
    @operation(
        "List the shops of a coalition, as customers see them", scope="read", answers={200: shapes.Directory}
    )
    def get(self, request, coalition_id):
        program = _coalition(coalition_id)
        live = catalogue.current(Program.objects.filter(id=program.id))[0]
        return answer(rows.directory(program, live.settings.earn))


class Settlements(Resource):
    @operation(
        "Read who owes whom for a month. A partner reads its own row", scope="read",
        answers={200: shapes.Settlement}, query={"month": MONTH},
    )  # fmt: skip
    def get(self, request, coalition_id):
        program = _coalition(coalition_id)
        return answer(rows.settlement(program, settlement.of_month(program, _month(self.query))))


class StatementCsv(Resource):
    @operation(
        "A partner's statement for a month, as CSV", scope="read", answers={(200, "text/csv"): str},
        query={"month": MONTH},
    )  # fmt: skip
    def get(self, request, coalition_id, merchant_id):
        return _file(statements.csv(_statement(coalition_id, merchant_id, self.query)), "text/csv", "csv")


class StatementPdf(Resource):
    @operation(
        "A partner's statement for a month, as PDF", scope="read", answers={(200, "application/pdf"): bytes},
        query={"month": MONTH},
    )  # fmt: skip
    def get(self, request, coalition_id, merchant_id):
        return _file(
            statements.pdf(_statement(coalition_id, merchant_id, self.query)), "application/pdf", "pdf"
        )


class Introductions(Resource):
    @operation(
        "Note the name that a coalition's member gave at your counter", scope="counter",
        takes=shapes.NewIntroduction, answers={201: shapes.PartnersMember},
    )  # fmt: skip
    def post(self, request):
        body = self.body(shapes.NewIntroduction)
        member = acting.by_card(body.card)
        if tenancy.acting() is None:
            raise Invalid({"card": [statements.OWN_CARD]})
        Introduction.objects.update_or_create(
            member=member, partner_id=tenancy.acting_id(), defaults={"name": body.name, "at": clock.now()}
        )
        return answer(partner_rows.member(member.id), 201)


def _coalition(coalition_id):
    """A coalition's program, of who operates it or takes part. Raises NotFound, also for a program of another type."""
    program = acting.program(coalition_id)
    if not catalogue.types_of([program.id])[program.id].is_shared:
        raise NotFound(id=coalition_id)
    return program


def _visible(model):
    """All rows of the operator's; as a partner, its own."""
    partner_id = tenancy.acting_id()
    return model.objects.filter(partner_id=partner_id) if partner_id else model.objects.all()


def _partner(coalition_id, partner_id, *, by_operator=False):
    program = _coalition(coalition_id)
    if by_operator and tenancy.acting() is not None:
        raise NotFound(id=coalition_id)
    return _visible(Partner).filter(program_id=program.id).by_public_id("inv", partner_id)


def _door(merchant, invitation_id):
    door = acting.doors_of(merchant.id).filter(invitation_id=ids.parse("inv", invitation_id)).first()
    if door is None:
        raise NotFound(id=invitation_id)
    return door


def _at_door(merchant, door, verb):
    """What a verb makes of the partner's own row, in the operator's scope."""
    with tenancy.scope(door.operator, acting=merchant):
        with partners.reading():
            own = Partner.objects.filter(partner_id=merchant.id)
            own.only("id").get(id=door.invitation_id)
        return verb(own.get(id=door.invitation_id))


def _told(partner):
    return rows.partners([partner])[0]


def _month(query):
    text = query.get("month")
    return settlement.read_month(text) if text else clock.today(tenancy.merchant().timezone).replace(day=1)


def _statement(coalition_id, merchant_id, query):
    program, partner_id = _coalition(coalition_id), ids.parse("mer", merchant_id)
    month = settlement.of_month(program, _month(query))
    row = next((one for one in month.partners if one.partner_id == partner_id), None)
    if row is None and partner_id == tenancy.merchant_id():
        row = settlement.Settled(partner_id)
    if row is None or tenancy.acting_id() not in (None, partner_id):
        raise NotFound(id=merchant_id)
    return statements.Statement(
        program, rows.names_of([partner_id])[partner_id], month.first, row,
        settlement.lines(program, partner_id, month.first),
    )  # fmt: skip


def _file(content, content_type, ending):
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="statement.{ending}"'},
    )
