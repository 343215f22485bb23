"""Programs are made, changed and read here. A change of settings or rules is a new version; old ones stay."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from pydantic import ValidationError

from loyalty import clock, ids, tenancy
from loyalty.errors import Invalid
from loyalty.events import recording
from loyalty.merchants.models import Merchant
from loyalty.tenancy import prepared
from programs import types
from programs.accounts import Account
from programs.models import Program, ProgramVersion, Rule
from programs.rules import Rule as RuleShape
from programs.types.base import Keeping, ProgramType

MERCHANTS_CACHED = 10_000
# A program is thought of as entered once it has had its settings and rules for so long.
ENTERED_WITHIN = timedelta(days=1)
_cached: dict[UUID, tuple[UUID, list["Live"]]] = {}
_older: dict[UUID, list["Live"]] = {}
_versions: dict[UUID, "Live"] = {}
_types: dict[UUID, ProgramType] = {}


@dataclass(frozen=True, slots=True)
class Live:
    """A program as it stands now, or stood: the row, its version, settings, rules; `since`: when the version was made.

    Shared, so never changed.
    """

    program: Program
    version_id: UUID
    settings: Keeping
    rules: tuple[RuleShape, ...]
    since: datetime

    @property
    def type(self) -> ProgramType:
        return types.get(self.program.type)


def create(*, type, name, unit=None, settings=None, starts_at=None, ends_at=None, status="active", auto_enrol=True,
           actor=""):  # fmt: skip
    """Make a program with its first version. Raises Invalid, with paths into `settings`."""
    kind = types.get(type)
    read = _read_settings(kind, settings or {})
    if ends_at is not None and ends_at <= (starts_at or clock.now()):
        raise Invalid({"ends_at": [_("The end must come after the start.")]})
    singular, plural = (unit["singular"], unit["plural"]) if unit else kind.unit
    program = Program.objects.create(
        type=type, name=name, unit_singular=singular, unit_plural=plural, status=status, auto_enrol=auto_enrol,
        starts_at=starts_at or clock.now(), ends_at=ends_at,
    )  # fmt: skip
    ProgramVersion.objects.create(
        program=program, number=1, settings=read.model_dump(mode="json", by_alias=True), created_by=actor
    )
    _changed(program, actor)
    return program


def change(program, *, actor, settings=None, **columns):
    """Change a program. New `settings` (whole, not merged) make a new version, from the next purchase on."""
    if program.status == Program.Status.CLOSED and columns.get("ends_at", program.ends_at) != program.ends_at:
        raise Invalid({"ends_at": [_("This program is closed. Open it again first.")]})
    for name, value in columns.items():
        setattr(program, name, value)
    _check_dates(program)
    if settings is not None:
        read = _read_settings(types.get(program.type), settings)
        _new_version(program, actor, settings=read.model_dump(mode="json", by_alias=True))
        if types.get(program.type).has_tiers:
            # Who holds which tier is asked anew, by the new settings.
            Account.objects.filter(program_id=program.id).update(review_at=clock.now())
    if columns:
        program.save(update_fields=list(columns))
    _changed(program, actor)
    return program


def _check_dates(program):
    end, last_day = program.ends_at, program.redeem_until
    if end is not None and end <= program.starts_at:
        raise Invalid({"ends_at": [_("The end must come after the start.")]})
    if last_day is not None and (end is None or end > last_day):
        raise Invalid({"ends_at": [_("The last day for spending must come after the end of the program.")]})


def add_rule(program, *, definition, actor=""):
    """Add an earning rule: definition as in api.md ("Earning rules"). A new version, from the next purchase on."""
    read = read_rule(definition)
    rule = Rule.objects.create(program=program, name=read.name, definition=_dump(read))
    _rules_changed(program, actor)
    return rule


def change_rule(rule, *, definition=None, active=None, actor=""):
    """Change a rule, or take it out (active=False). A new version, from the next purchase on."""
    if definition is not None:
        read = read_rule(definition)
        rule.name, rule.definition = read.name, _dump(read)
    if active is not None:
        rule.active = active
    rule.save()
    _rules_changed(rule.program, actor)
    return rule


def live(at: datetime | None = None) -> list[Live]:
    """The programs of the merchant in scope that run at a moment (default: now), oldest first."""
    at = at or clock.now()
    return live_between(at, at)


def live_between(first: datetime, last: datetime) -> list[Live]:
    """The programs that run at any time of a span; `runs_at` says of one whether it runs at a moment."""
    return [live for live in _begun() if live.program.starts_at <= last and not _is_over(live.program, first)]


def spendable(at: datetime | None = None) -> list[Live]:
    """The programs whose points can be spent at a moment (default: now): those that run, and those that have ended
    and are still within their notice."""
    at = at or clock.now()
    return [
        live
        for live in _begun()
        if live.program.starts_at <= at
        and (live.program.redeem_until is None or at < live.program.redeem_until)
    ]


def runs_at(live: Live, at: datetime) -> bool:
    return live.program.starts_at <= at and not _is_over(live.program, at)


def _is_over(program, at):
    """By its end, and not by its status: what was bought before and is sent late earns."""
    if program.ends_at is None:
        return program.status == Program.Status.CLOSED
    return at >= program.ends_at


def current(programs) -> list[Live]:
    """Programs of a queryset with their newest version, oldest first: one statement."""
    rows = ProgramVersion.objects.filter(program__in=programs, number=F("program__version"))
    rows = rows.select_related("program").order_by("program__id")
    return [_live(row.program, row) for row in rows]


def as_of(live: Live, at: datetime) -> Live:
    """The program as it was at a moment: a purchase that arrives late earns by the rules of its own time.

    Before its first version, of a program that was entered later than it ran, that holds with which it was entered:
    a program is made first, and given its rules one by one.
    """
    if live.program.version == 1 or at >= live.since:
        return live
    versions = _versions_up_to(live)
    entered_until = versions[0].since + ENTERED_WITHIN
    entered = next(one for one in reversed(versions) if one.since < entered_until)
    return next((one for one in reversed(versions) if one.since <= at), entered)


def in_force_since(live: Live, at: datetime) -> list[Live]:
    """The versions of a program that purchases from a moment on may earn by, oldest first; the last is `live`."""
    first = as_of(live, at)
    if first is live:
        return [live]
    versions = _versions_up_to(live)
    since = min(first.since, max(at, versions[0].since))
    return [one for one in versions if one.since >= since]


def types_of(program_ids) -> dict[UUID, ProgramType]:
    """The types of programs, by id. A type never changes, so each is read once."""
    held = _held()
    known = {live.program.id: live.type for live in held if live.program.id in program_ids}
    known |= {one: _types[one] for one in program_ids if one in _types}
    if missing := set(program_ids) - set(known):
        if len(_types) >= MERCHANTS_CACHED:
            _types.clear()
        rows = Program.objects.filter(id__in=missing).values_list("id", "type")
        _types.update({program_id: types.get(name) for program_id, name in rows})
        known |= {one: _types[one] for one in missing}
    return known


def in_versions(version_ids) -> dict[UUID, Live]:
    """Programs as they were in these versions, by version id. Versions never change, so each is read once."""
    held = _held()
    known = {live.version_id: live for live in held if live.version_id in version_ids}
    known |= {one: _versions[one] for one in version_ids if one in _versions}
    if missing := set(version_ids) - set(known):
        if len(_versions) >= MERCHANTS_CACHED:
            _versions.clear()
        rows = ProgramVersion.objects.filter(id__in=missing).select_related("program")
        _versions.update({row.id: version(row) for row in rows})
        known |= {one: _versions[one] for one in missing if one in _versions}
    return known


def _held() -> list[Live]:
    """The programs of the merchant in scope as they were read last, if they were."""
    merchant_id = tenancy.merchant_id()
    return _cached[merchant_id][1] if merchant_id in _cached else []


def version(version_row) -> Live:
    """A program as it was in one version."""
    return _live(version_row.program, version_row)


def read_settings(type_name, settings) -> Keeping:
    """Settings as a type defines them. Raises Invalid with the paths of what is wrong."""
    return _read_settings(types.get(type_name), settings)


def read_rule(definition) -> RuleShape:
    """An earning rule's shape. Raises Invalid with the paths of what is wrong."""
    try:
        return RuleShape.read(definition)
    except ValidationError as error:
        raise Invalid(field_errors(error)) from None


def field_errors(error, prefix=""):
    """pydantic's errors as {"settings.earn.points": ["…"]}."""
    wrong = {}
    for one in error.errors(include_url=False):
        path = ".".join(
            [prefix] * bool(prefix) + [str(part) for part in one["loc"] if part != "function-after"]
        )
        # A sentence of our own is said as it is, without pydantic's "Value error, " before it.
        said = str(one["ctx"]["error"]) if one["type"] == "value_error" else one["msg"]
        wrong.setdefault(path or "settings", []).append(said)
    return wrong


def _read_settings(kind, settings):
    try:
        return kind.Settings.read(settings)
    except ValidationError as error:
        raise Invalid(field_errors(error)) from None


def _live(program, row):
    settings, rules = _parsed(row.id, program.type, json.dumps([row.settings, row.rules]))
    return Live(program, row.id, settings, rules, row.created_at)


@lru_cache(maxsize=4096)
def _parsed(version_id, type_name, stored):
    # A version never changes, so it is read once per process.
    settings, rules = json.loads(stored)
    return types.get(type_name).Settings.read(settings), tuple(RuleShape.read(rule) for rule in rules)


def _versions_up_to(live):
    """All versions of a program up to this one, oldest first. They never change, so they are read once."""
    if live.version_id not in _older:
        rows = ProgramVersion.objects.filter(program=live.program, number__lte=live.program.version)
        if len(_older) >= MERCHANTS_CACHED:
            _older.clear()
        _older[live.version_id] = [_live(live.program, row) for row in rows.order_by("number")]
    return _older[live.version_id]


def _begun():
    """The programs of the merchant in scope, drafts left out. Read again only after one was changed."""
    merchant_id = tenancy.merchant_id()
    [(version,)] = prepared.rows(
        "SELECT catalogue_version FROM merchants_merchant WHERE id = %s", merchant_id
    )
    held = _cached.get(merchant_id)
    if held is None or held[0] != version:
        held = (version, current(Program.objects.exclude(status=Program.Status.DRAFT)))
        if len(_cached) >= MERCHANTS_CACHED:
            _cached.clear()
        _cached[merchant_id] = held
    return held[1]


def announce(program, actor):
    """Tell that a program was changed: everybody reads the catalogue again."""
    _changed(program, actor)


def _rules_changed(program, actor):
    # Under the program's lock, so that of two changes at once the second sees the first one's rule.
    Program.objects.select_for_update(no_key=True).get(id=program.id)
    rows = Rule.objects.filter(program=program, active=True).order_by("id")
    _new_version(program, actor, rules=[rule.definition | {"id": rule.public_id} for rule in rows])
    _changed(program, actor)


def _new_version(program, actor, **new):
    # The program's row is locked by the update, so that two changes at once get two numbers.
    Program.objects.filter(id=program.id).update(version=F("version") + 1)
    program.refresh_from_db(fields=["version"])
    before = ProgramVersion.objects.get(program=program, number=program.version - 1)
    kept = {"settings": before.settings, "rules": before.rules} | new
    ProgramVersion.objects.create(program=program, number=program.version, created_by=actor, **kept)


def _dump(rule):
    return rule.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"id"})


def _changed(program, actor):
    # Looked at soon: what it gives on birthdays may have changed (programs/occasions.py). What is overdue stays so.
    Program.objects.filter(id=program.id).update(next_due_at=Least("next_due_at", clock.now()))
    Merchant.objects.filter(id=tenancy.merchant_id()).update(catalogue_version=ids.new())
    recording.record("program.changed", program=program.public_id, version=program.version, actor=actor)
