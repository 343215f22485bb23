"""Corrections by hand: booked at once, or above the program's limit by a second person."""

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Invalid
from loyalty.merchants import auditing
from loyalty.rest import named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import adjustments as rows
from loyalty.rest.rows import members as member_rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import adjustments as shapes
from loyalty.rest.shapes import members
from loyalty.rest.shapes.answers import Nothing
from programs import adjusting
from programs.models import AdjustmentProposal, Entry

NO_SUCH_STATUS = _("There is no such status. There are: %(known)s.")


class MemberAdjustments(Resource):
    @operation(
        "Correct a balance by hand, with a reason; above the program's limit it waits for a second person (202)",
        scope="admin", takes=members.Adjustment, answers={201: members.Entry, 202: shapes.Adjustment},
    )  # fmt: skip
    def post(self, request, member_id):
        body, member = self.body(members.Adjustment), named.member_in_path(member_id)
        done = adjusting.adjust(
            member=member, program=named.program(body.program), amount=body.amount, reason=body.reason,
            actor=self.actor,
        )  # fmt: skip
        waits = isinstance(done, AdjustmentProposal)
        deed = "balance.correction_proposed" if waits else "balance.corrected"
        auditing.record(self.actor, deed, member.public_id, program=body.program, amount=body.amount)
        if waits:
            return answer(rows.adjustment(done), 202)
        booked = Entry.objects.select_related("account__program").get(id=done.id)
        return answer(member_rows.entries([booked])[0], 201)


class AdjustmentList(Resource):
    @operation(
        "List the corrections that needed a second person, the newest first", scope="read",
        answers={200: shapes.Adjustments}, pages=True,
        query={"status": "Only those that are: waiting, approved, declined."},
    )  # fmt: skip
    def get(self, request):
        found = AdjustmentProposal.objects.all()
        if status := self.query.get("status"):
            known = AdjustmentProposal.Status.values
            if status not in known:
                raise Invalid({"status": [NO_SUCH_STATUS % {"known": ", ".join(known)}]})
            found = found.filter(status=status)
        page, following = pagination.page(self.query, found)
        return answer(shapes.Adjustments(data=[rows.adjustment(row) for row in page], next_cursor=following))


class AdjustmentDetail(Resource):
    @operation(
        "Read a correction that needed a second person", scope="read", answers={200: shapes.Adjustment}
    )
    def get(self, request, adjustment_id):
        return answer(rows.adjustment(_proposal(adjustment_id)))


class AdjustmentApproval(Resource):
    @operation(
        "Book a correction that somebody else proposed", scope="admin", answers={200: shapes.Adjustment}
    )
    def post(self, request, adjustment_id):
        self.body(Nothing)
        done = adjusting.approve(_proposal(adjustment_id), actor=self.actor)
        auditing.record(
            self.actor, "balance.correction_approved", done.public_id, amount=done.amount,
            proposed_by=done.proposed_by,
        )  # fmt: skip
        return answer(rows.adjustment(done))


class AdjustmentRefusal(Resource):
    @operation("Let a proposed correction be", scope="admin", answers={200: shapes.Adjustment})
    def post(self, request, adjustment_id):
        self.body(Nothing)
        done = adjusting.decline(_proposal(adjustment_id), actor=self.actor)
        auditing.record(self.actor, "balance.correction_declined", done.public_id, amount=done.amount)
        return answer(rows.adjustment(done))


def _proposal(public_id):
    return AdjustmentProposal.objects.by_public_id(AdjustmentProposal.prefix, public_id)
