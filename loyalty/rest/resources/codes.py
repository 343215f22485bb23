"""Codes on packs: made in batches, printed, used. And events of a member that are no purchase."""

from django.http import HttpResponse

from loyalty.errors import Refused
from loyalty.merchants import auditing
from loyalty.rest import code_sheets, named, pagination, problems
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import codes as rows
from loyalty.rest.rows import members as member_rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import codes as shapes
from programs import custom_events
from programs.codes import making, using
from programs.codes.models import CodeBatch, ProductCode


class ProgramCodes(Resource):
    @operation(
        "List a program's batches of codes, the newest first", scope="read", answers={200: shapes.CodeBatches},
        pages=True,
    )  # fmt: skip
    def get(self, request, program_id):
        made = CodeBatch.objects.filter(program=named.program(program_id))
        page, following = pagination.page(self.query, made)
        return answer(shapes.CodeBatches(data=rows.batches(page), next_cursor=following))

    @operation(
        "Make codes for packs: up to 1,000 at once, more by a job", scope="admin", takes=shapes.NewCodes,
        answers={201: shapes.MadeCodes},
    )  # fmt: skip
    def post(self, request, program_id):
        body, program = self.body(shapes.NewCodes), named.program(program_id)
        batch, codes, job = making.make(
            program=program, count=body.count, amount=body.gives.amount, name=body.name,
            valid_until=body.valid_until, result_url=rows.codes_url, actor=self.actor,
        )  # fmt: skip
        auditing.record(
            self.actor, "codes.made", batch.public_id, program=program.public_id, count=body.count
        )
        return answer(rows.made(batch, codes, job), 201)


class BatchDetail(Resource):
    @operation("Read a batch of codes", scope="read", answers={200: shapes.CodeBatch})
    def get(self, request, batch_id):
        return answer(rows.batches([_batch(batch_id)])[0])


class BatchCodes(Resource):
    @operation(
        "List the codes of a batch, the newest first",
        scope="read",
        answers={200: shapes.ProductCodes},
        pages=True,
    )
    def get(self, request, batch_id):
        made = ProductCode.objects.filter(batch=_batch(batch_id))
        page, following = pagination.page(self.query, made)
        return answer(shapes.ProductCodes(data=rows.codes(page), next_cursor=following))


class BatchCsv(Resource):
    @operation("All codes of a batch, as CSV for the printer", scope="read", answers={(200, "text/csv"): str})
    def get(self, request, batch_id):
        batch = _batch(batch_id)
        return _file(code_sheets.csv(batch), "text/csv; charset=utf-8", f"{batch.public_id}.csv")


class BatchSheet(Resource):
    @operation(
        "Labels with QR code and code, to print on A4 (3 by 8)", scope="read",
        answers={(200, "application/pdf"): bytes},
        query={"page": f"Which {code_sheets.CODES_A_FILE} of the codes: 1 is the first."},
    )  # fmt: skip
    def get(self, request, batch_id):
        batch = _batch(batch_id)
        page = code_sheets.page(self.query.get("page", "1"))
        name = f"{batch.public_id}-{page}.pdf"
        return _file(code_sheets.pdf(batch, page), "application/pdf", name)


class MemberCodes(Resource):
    @operation(
        "Use a code from a pack for a member",
        scope="counter",
        takes=shapes.EnteredCode,
        answers={201: shapes.UsedCode},
    )
    def post(self, request, member_id):
        body, member = self.body(shapes.EnteredCode), named.member_in_path(member_id)
        used = using.enter(member=member, text=body.code)
        if isinstance(used, Refused):
            # Answered and not raised: a wrong code stays counted.
            return problems.of_refusal(used).response()
        told = shapes.UsedCode(
            code=used.code, credits=rows.credits([used.given]), unlocked=rows.unlocked([used.given]),
            member_state=member_rows.state(member),
        )  # fmt: skip
        return answer(told, 201)


class MemberEvents(Resource):
    @operation(
        "Tell what a member did that is no purchase; it gives what the rules of this name give", scope="counter",
        takes=shapes.NewMemberEvent, answers={201: shapes.MemberEvent, 200: shapes.MemberEvent},
    )  # fmt: skip
    def post(self, request, member_id):
        body, member = self.body(shapes.NewMemberEvent), named.member_in_path(member_id)
        happened = custom_events.record(member=member, name=body.name, external_id=body.external_id)
        told = shapes.MemberEvent(
            name=happened.name, external_id=happened.external_id, credits=rows.credits(happened.given),
            unlocked=rows.unlocked(happened.given), member_state=member_rows.state(member),
        )  # fmt: skip
        return answer(told, 200 if happened.is_repeat else 201)


def _batch(public_id):
    return CodeBatch.objects.by_public_id(CodeBatch.prefix, public_id)


def _file(content, content_type, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
