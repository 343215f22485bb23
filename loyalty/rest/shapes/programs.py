"""Programs and their rules. The settings of each program type are read off the type itself."""

from functools import reduce
from operator import or_
from typing import Annotated, Literal

from pydantic import Field, RootModel, create_model

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
    """`version` counts the changes of settings and rules."""

    id: str
    name: str
    unit: Unit
    status: Status
    starts_at: Moment
    ends_at: Moment | None
    auto_enrol: bool
    version: int
    created_at: Moment


class CardInterim(Body):
    at: Annotated[int, Field(ge=1)]
    reward: Id | CardReward


# Where a type's settings name a reward by its id, the API also takes the reward itself, and makes it.
BY_ID_OR_AS_OBJECT = {
    "reward": (Id | CardReward | None, None),
    "interim": (Annotated[list[CardInterim], Field(max_length=100)], []),
}


def _settings(kind, replaced=()):
    fields = {name: (field.annotation, field) for name, field in kind.Settings.model_fields.items()}
    return fields | {name: replaced[name] for name in fields if name in replaced}


def _shapes(prefix, suffix, base, replaced=()):
    """One shape per program type, made of `base` and the type's settings."""
    made = {}
    for name in types.names():
        title = f"{prefix}{name.title().replace('_', '')}{suffix}"
        named = {"type": (Literal[name], ...)} if prefix != "Changed" else {}
        made[name] = create_model(title, __base__=base, **named, **_settings(types.get(name), replaced))
    return made


NEW = _shapes("New", "Program", NewCommon, BY_ID_OR_AS_OBJECT)
CHANGED = _shapes("Changed", "Program", ChangedCommon, BY_ID_OR_AS_OBJECT)
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
