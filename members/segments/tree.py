"""A segment's rule: conditions joined by all, any and none, as deep as somebody can still read.

Rule: docs/rules/segments.md, "All, any, none".
"""

import json
from functools import cache, lru_cache, reduce
from operator import and_, or_
from typing import Annotated, Any, ClassVar, Union

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Discriminator, Field, Tag, TypeAdapter

from members.segments import fields
from members.segments.asking import Asked
from members.segments.shapes import Condition, Shape

DEEPEST = 4
MOST_CONDITIONS = 50


class Group(Shape):
    """Some conditions, or groups of them. Its subclasses say how many of them have to be true."""

    joint: ClassVar[str]

    @property
    def parts(self) -> "list[Condition | Group]":
        return getattr(self, self.joint)

    def matches(self, asked: Asked) -> Q:
        """The members of whom it is true, as a condition on Member."""
        every = [part.matches(asked) for part in self.parts]
        if self.joint == "all":
            return reduce(and_, every)
        return ~reduce(or_, every) if self.joint == "none" else reduce(or_, every)

    def conditions(self) -> list[Condition]:
        """Every condition in it, however deep."""
        found: list[Condition] = []
        for part in self.parts:
            found += part.conditions() if isinstance(part, Group) else [part]
        return found

    def depth(self) -> int:
        return 1 + max(part.depth() if isinstance(part, Group) else 0 for part in self.parts)


Parts = Annotated[list["Node"], Field(min_length=1, max_length=MOST_CONDITIONS)]  # type: ignore[name-defined] # noqa: F821


class AllOf(Group):
    """All of these are true."""

    joint = "all"
    all: Parts


class AnyOf(Group):
    """One of these is true, or several."""

    joint = "any"
    any: Parts


class NoneOf(Group):
    """None of these is true."""

    joint = "none"
    none: Parts


GROUPS: tuple[type[Group], ...] = (AllOf, AnyOf, NoneOf)


@cache
def rule_type() -> Any:
    """The type of a rule, for pydantic: built once, after each app has registered its fields."""
    shapes: Any = Union[tuple(fields.known())]  # noqa: UP007
    condition: Any = Annotated[shapes, Field(discriminator="field"), Tag("condition")]
    groups: list[Any] = [Annotated[group, Tag(group.joint)] for group in GROUPS]
    node: Any = Union[(*groups, condition)]
    for group in GROUPS:
        group.model_rebuild(
            force=True, _types_namespace={"Node": Annotated[node, Discriminator(_kind_of_node)]}
        )
    whole: Any = Union[tuple(groups)]  # noqa: UP007
    return Annotated[whole, Discriminator(_kind_of_group), AfterValidator(_readable)]


def read(rule: dict) -> Group:
    """A rule as it is stored. Raises pydantic.ValidationError."""
    return _read(json.dumps(rule))


def written(rule: Group) -> dict:
    """A rule as it is stored: `read` is the way back."""
    return rule.model_dump(mode="json", by_alias=True, exclude_none=True)


@lru_cache(maxsize=1024)
def _read(text):
    return _adapter().validate_json(text)


@cache
def _adapter():
    return TypeAdapter(rule_type())


def _kind_of_node(given):
    return _joint_of(given) or "condition"


def _kind_of_group(given):
    return _joint_of(given) or "all"


def _joint_of(given):
    if isinstance(given, Group):
        return given.joint
    return (
        next((group.joint for group in GROUPS if group.joint in given), None)
        if isinstance(given, dict)
        else None
    )


def _readable(rule):
    if rule.depth() > DEEPEST or len(rule.conditions()) > MOST_CONDITIONS:
        sentence = _("Write at most %(most)s conditions, nested at most %(deep)s deep.")
        raise ValueError(sentence % {"most": MOST_CONDITIONS, "deep": DEEPEST})
    return rule
