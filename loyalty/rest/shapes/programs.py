"""Programs and their rules. The settings of each program type are read off the type itself."""

from functools import reduce
from operator import or_
from typing import Annotated, Literal, get_args

from pydantic import Field, RootModel, create_model
from pydantic.fields import FieldInfo

from loyalty.rest.shapes.answers import Unit
from loyalty.rest.shapes.fields import Answer, Body, Id, Moment, Page, When, text
from loyalty.rest.shapes.rewards import CardReward
from programs import types
from programs.rules import Gives, If, Limit
from programs.rules import When as Occasion

Status = Literal["draft", "active", "closed"]


class UnitNames(Body):
    singular: text(40, 1)
    plural: text(40, 1)


class NewCommon(Body):
    name: text(120, 1)
    unit: UnitNames | None = None
    starts_at: When | None = None
    ends_at: When | None = None
    auto_enrol: bool = True
    status: Literal["draft", "active"] = "active"


class ChangedCommon(Body):
    """Fields that are sent are changed. A change of settings holds from the next purchase on."""

    name: text(120, 1) = ""
    unit: UnitNames | None = None
    starts_at: When | None = None
    ends_at: When | None = None
    auto_enrol: bool = True
    status: Status = "active"


class ProgramCommon(Answer):
    """`version` counts the changes of settings and rules. `redeem_until`: what is left when a program has ended can be
    spent until then."""

    id: str
    name: str
    unit: Unit
    status: Status
    starts_at: Moment
    ends_at: Moment | None
    redeem_until: Moment | None
    auto_enrol: bool
    version: int
    created_at: Moment


def _settings(kind, makes_rewards=False):
    """The fields of a type's settings. Where they name a reward by its id, the API also takes the reward itself."""
    fields = {name: (field.annotation, field) for name, field in kind.Settings.model_fields.items()}
    for path in kind.rewards_at if makes_rewards else ():
        name, *rest = path.split(".")
        annotation, field = fields[name]
        fields[name] = (_taking_rewards(annotation, rest), field)
    return fields


def _taking_rewards(annotation, path):
    """A type of settings with what lies at a path ("*": every one of a list) taken by its id or as an object."""
    if not path:
        return Id | CardReward | None
    name, *rest = path
    if name == "*":
        item = get_args(annotation)[0]
        return tuple[Id | CardReward if not rest else _taking_rewards(item, rest), ...]
    model = next((one for one in get_args(annotation) if isinstance(one, type)), annotation)
    field = model.model_fields[name]
    taking = {name: (_taking_rewards(field.annotation, rest), field)}
    changed = create_model(
        f"New{model.__module__.rpartition('.')[2].title()}{model.__name__}", __base__=model, **taking
    )
    return changed | None if annotation is not model else changed


def _shapes(prefix, suffix, base, makes_rewards=False):
    """One shape per program type, made of `base` and the type's settings."""
    made = {}
    for name in types.names():
        title = f"{prefix}{name.title().replace('_', '')}{suffix}"
        fields = _settings(types.get(name), makes_rewards)
        fields = _not_required(fields) if prefix == "Changed" else {"type": (Literal[name], ...)} | fields
        made[name] = create_model(title, __base__=base, **fields)
    return made


def _not_required(fields):
    """The same fields, each of which may be left out. What is not sent is not looked at; and null is no value."""
    return {
        name: (annotation, FieldInfo.merge_field_infos(field, default_factory=_nothing))
        if field.is_required()
        else (annotation, field)
        for name, (annotation, field) in fields.items()
    }


def _nothing():
    return None


NEW = _shapes("New", "Program", NewCommon, makes_rewards=True)
CHANGED = _shapes("Changed", "Program", ChangedCommon, makes_rewards=True)
TOLD = _shapes("", "Program", ProgramCommon)


class NewProgram(RootModel):
    root: Annotated[reduce(or_, NEW.values()), Field(discriminator="type")]


class ChangedProgram(RootModel):
    """Which of them is decided by the program's type."""

    root: reduce(or_, CHANGED.values())


class Program(RootModel):
    root: Annotated[reduce(or_, TOLD.values()), Field(discriminator="type")]


class Programs(Page):
    data: list[Program]


class Explanation(Answer):
    language: str
    sentences: list[str]


class NewRule(Body):
    name: text(120, 1)
    when: Occasion
    if_: If = Field(default=If(), alias="if")
    gives: Gives
    limit: Limit = Limit()
    stacking: Literal["sum", "best"] = "sum"


class ChangedRule(Body):
    """Fields that are sent are changed. `active`: false takes the rule out, true brings it back."""

    name: text(120, 1) = ""
    when: Occasion | None = None
    if_: If = Field(default=If(), alias="if")
    gives: Gives | None = None
    limit: Limit = Limit()
    stacking: Literal["sum", "best"] = "sum"
    active: bool = True


class Rule(Answer):
    id: str
    program: str
    name: str
    when: Occasion
    if_: If = Field(alias="if")
    gives: Gives
    limit: Limit
    stacking: str
    active: bool
    created_at: Moment


class Rules(Page):
    data: list[Rule]
