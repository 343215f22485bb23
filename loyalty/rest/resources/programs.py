"""Programs and their rules."""

from dataclasses import asdict

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from loyalty import tenancy
from loyalty.errors import Invalid, NotFound
from loyalty.rest import languages, named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import programs as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import program_life as life
from loyalty.rest.shapes import programs as shapes
from programs import catalogue as program_catalogue
from programs import explaining, foreseeing
from programs.endings import closing
from programs.models import Program, Rule
from rewards import catalogue

COMMON = set(shapes.NewCommon.model_fields)
WHOLE = {"name", "when", "if_", "gives", "limit", "stacking"}


class ProgramList(Resource):
    @operation(
        "List programs, the newest first", scope="read", answers={200: shapes.Programs}, pages=True,
        query={"status": "draft, active or closed.", "type": "Only programs of this type."},
    )  # fmt: skip
    def get(self, request):
        asked = {name: self.query[name] for name in ("status", "type") if self.query.get(name)}
        page, following = pagination.page(self.query, Program.objects.filter(**asked))
        told = {live.program.id: live for live in program_catalogue.current(page)}
        data = [rows.program(told[row.id]) for row in page]
        return answer(shapes.Programs(data=data, next_cursor=following))

    @operation("Make a program", scope="admin", takes=shapes.NewProgram, answers={201: shapes.Program})
    def post(self, request):
        body = self.body(shapes.NewProgram).root
        program = catalogue.create_program(
            type=body.type, settings=_settings(body), actor=self.actor,
            **{name: _plain(getattr(body, name)) for name in COMMON & body.model_fields_set},
        )  # fmt: skip
        return answer(rows.program(_live(program)), 201)


class ProgramDetail(Resource):
    @operation("Read a program", scope="read", answers={200: shapes.Program})
    def get(self, request, program_id):
        return answer(rows.program(_live(named.program(program_id))))

    @operation(
        "Change a program; new settings hold from the next purchase on", scope="admin",
        takes=shapes.ChangedProgram, answers={200: shapes.Program},
    )  # fmt: skip
    def patch(self, request, program_id):
        live = _live(named.program(program_id))
        body = self.body(shapes.CHANGED[live.program.type])
        columns = _columns(live.program, body)
        if "status" in columns:
            status, ends_at = columns.pop("status"), None
            if status == Program.Status.CLOSED:
                ends_at = columns.pop("ends_at", None)
            closing.set_status(live.program, status, ends_at=ends_at, actor=self.actor)
            live.program.refresh_from_db()
        catalogue.change_program(live.program, actor=self.actor, settings=_merged(live, body), **columns)
        return answer(rows.program(_live(live.program)))


class ProgramExplanation(Resource):
    @operation(
        "Read a program's rules in plain sentences", scope="read", answers={200: shapes.Explanation},
        query={"language": "de or en; default: the language of the answer."},
    )  # fmt: skip
    def get(self, request, program_id):
        language = self.query.get("language", translation.get_language())
        if language not in languages.KNOWN:
            raise Invalid({"language": [_("There is German (de) and English (en).")]})
        live = _live(named.program(program_id))
        with translation.override(language):
            sentences = [
                str(line) for line in explaining.sentences(live, currency=tenancy.merchant().currency)
            ]
        return answer(shapes.Explanation(language=language, sentences=sentences))


class RuleList(Resource):
    @operation(
        "List a program's rules, the newest first", scope="read", answers={200: shapes.Rules}, pages=True
    )
    def get(self, request, program_id):
        page, following = pagination.page(self.query, Rule.objects.filter(program=named.program(program_id)))
        return answer(shapes.Rules(data=[rows.rule(row) for row in page], next_cursor=following))

    @operation("Add a rule", scope="admin", takes=shapes.NewRule, answers={201: shapes.Rule})
    def post(self, request, program_id):
        body, program = self.body(shapes.NewRule), named.program(program_id)
        _refuse_unknown(body.if_)
        rule = program_catalogue.add_rule(program, definition=_definition(body), actor=self.actor)
        return answer(rows.rule(rule), 201)


class RuleDetail(Resource):
    @operation("Read a rule", scope="read", answers={200: shapes.Rule})
    def get(self, request, program_id, rule_id):
        return answer(rows.rule(_rule(program_id, rule_id)))

    @operation(
        "Change a rule, or take it out with active: false", scope="admin", takes=shapes.ChangedRule,
        answers={200: shapes.Rule},
    )  # fmt: skip
    def patch(self, request, program_id, rule_id):
        body, rule = self.body(shapes.ChangedRule), _rule(program_id, rule_id)
        _refuse_unknown(body.if_)
        changed = body.model_fields_set & WHOLE
        definition = rule.definition | _definition(body, changed) if changed else None
        active = body.active if "active" in body.model_fields_set else None
        return answer(
            rows.rule(
                program_catalogue.change_rule(rule, definition=definition, active=active, actor=self.actor)
            )
        )


class ProgramPreview(Resource):
    @operation(
        "See whom a change would touch, and what it would have given; nothing is stored", scope="admin",
        takes=shapes.ChangedProgram, answers={200: life.Preview},
    )  # fmt: skip
    def post(self, request, program_id):
        live = _live(named.program(program_id))
        body = self.body(shapes.CHANGED[live.program.type])
        wanted = _merged(live, body) or live.settings.model_dump(mode="json", by_alias=True)
        settings = program_catalogue.read_settings(
            live.program.type, catalogue.settings_not_made(live.program.type, wanted)
        )
        found = foreseeing.foresee(live, settings, costs=catalogue.costs(live.program))
        return answer(_foresight(live.program, found))


def _foresight(program, found):
    return life.Preview(
        program=program.public_id, members=found.members, next_reward=life.Steps(**asdict(found.steps)),
        tiers=life.TierSteps(**asdict(found.tiers)) if found.tiers else None,
        outstanding=life.Outstanding(**asdict(found.outstanding)), replay=life.Replay(**asdict(found.replay)),
        text=str(_("What was earned stays by the old rules. The new ones hold from the next purchase on.")),
    )  # fmt: skip


def _live(program):
    return program_catalogue.current(Program.objects.filter(id=program.id))[0]


def _rule(program_id, rule_id):
    rule = Rule.objects.by_public_id("rul", rule_id)
    if rule.program_id != named.program(program_id).id:
        raise NotFound(id=rule_id)
    return rule


def _refuse_unknown(condition):
    """Raises NotFound where a rule's condition names a location or a segment that there is not."""
    for location in condition.locations:
        named.location(location)
    for segment in condition.segments:
        named.segment(segment)


def _settings(body):
    """The settings that were sent, as the catalogue takes them: rewards by id, or by their columns."""
    sent = body.model_fields_set - COMMON - {"type", "status"}
    return body.model_dump(mode="json", by_alias=True, include=sent, exclude_unset=True)


def _merged(live, body):
    """All settings as they shall be, or None where none was sent: what is not sent stays as it is."""
    sent = _settings(body)
    return live.settings.model_dump(mode="json", by_alias=True) | sent if sent else None


def _columns(program, body):
    sent = {
        name: getattr(body, name) for name in body.model_fields_set & set(shapes.ChangedCommon.model_fields)
    }
    if unit := sent.pop("unit", None):
        sent |= {"unit_singular": unit.singular, "unit_plural": unit.plural}
    if sent.get("starts_at", program) is None:
        raise Invalid({"starts_at": [_("A program starts some time. Send when.")]})
    return sent


def _plain(value):
    return value.model_dump() if isinstance(value, shapes.UnitNames) else value


def _definition(body, names=None):
    return body.model_dump(mode="json", by_alias=True, include=names, exclude_none=True)
