"""A program's life: it is closed with notice, and opened again while the notice runs."""

from loyalty.rest import named
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import programs as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import program_life as shapes
from loyalty.rest.shapes import programs as program_shapes
from loyalty.rest.shapes.answers import Nothing
from programs import catalogue
from programs.endings import closing
from programs.models import Program


class ProgramClosure(Resource):
    @operation(
        "Close a program: earning stops, what is there can be spent until redeem_until", scope="admin",
        takes=shapes.Closure, answers={200: program_shapes.Program},
    )  # fmt: skip
    def post(self, request, program_id):
        body, program = self.body(shapes.Closure), named.program(program_id)
        closing.close(program, ends_at=body.ends_at, redeem_until=body.redeem_until, actor=self.actor)
        return _told(program)


class ProgramReopening(Resource):
    @operation(
        "Open a program again, before what is left in it has expired", scope="admin",
        answers={200: program_shapes.Program},
    )  # fmt: skip
    def post(self, request, program_id):
        self.body(Nothing)
        program = named.program(program_id)
        closing.reopen(program, actor=self.actor)
        return _told(program)


def _told(program):
    return answer(rows.program(catalogue.current(Program.objects.filter(id=program.id))[0]))
