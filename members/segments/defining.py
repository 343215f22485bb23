"""Segments are made, changed and put away. Rule: docs/rules/segments.md, "All, any, none"."""

from loyalty import clock
from members.segments import tree
from members.segments.models import Segment
from members.segments.tree import Group


def create(*, name: str, rule: Group) -> Segment:
    """Make a segment. Raises NotFound where the rule names a row that is not there. Writes one row."""
    check(rule)
    return Segment.objects.create(name=name, rule=tree.written(rule))


def change(
    segment: Segment, *, name=None, rule: Group | None = None, archived: bool | None = None
) -> Segment:
    """Change what is given. A new rule holds from now on, wherever the segment is named. Raises NotFound."""
    if name is not None:
        segment.name = name
    if rule is not None:
        check(rule)
        segment.rule = tree.written(rule)
    if archived is not None:
        segment.archived_at = (segment.archived_at or clock.now()) if archived else None
    segment.save(update_fields=["name", "rule", "archived_at"])
    return segment


def check(rule: Group) -> None:
    """Raises NotFound where a condition names a row that is not there, or another merchant's."""
    for condition in rule.conditions():
        condition.check()
