"""Segments: groups of members by a rule. The conditions are those that the domain has registered."""

from pydantic import Field

from loyalty.rest.shapes.fields import Answer, Body, Moment, Page, text
from loyalty.rest.shapes.members import Member
from members.segments import tree

Rule = tree.rule_type()


class NewSegment(Body):
    """`rule`: all, any or none of some conditions, {"field", "is", "value"}, or of further groups."""

    name: text(120, 1)
    rule: Rule


class ChangedSegment(Body):
    """Fields that are sent are changed. `archived`: true puts the segment away, false brings it back."""

    name: text(120, 1) = ""
    # What is not sent is not looked at; and null is no rule.
    rule: Rule = Field(default_factory=lambda: None)
    archived: bool = False


class AskedSegment(Body):
    rule: Rule


class Segment(Answer):
    id: str
    name: str
    rule: Rule
    created_at: Moment
    archived_at: Moment | None


class Segments(Page):
    data: list[Segment]


class SegmentPreview(Answer):
    """How many members there are of whom the rule is true now, and the newest ten of them."""

    count: int
    members: list[Member]
