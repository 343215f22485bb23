"""Who is in a segment: asked at the clock's moment, of everybody or of a few. Locks nothing.

Rule: docs/rules/segments.md, "Who is in it".
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import BooleanField, Case, QuerySet, Value, When

from loyalty import ids
from loyalty.errors import NotFound
from members.models import Member
from members.segments import asking, tree
from members.segments.models import Segment
from members.segments.tree import Group


def members_of(segment: Segment) -> QuerySet[Member]:
    """The members of a segment, now."""
    return matching(tree.read(segment.rule))


def matching(rule: Group) -> QuerySet[Member]:
    """The members of whom a rule is true, now: active ones, for nobody else can be meant."""
    return Member.objects.filter(rule.matches(asking.now()), status=Member.Status.ACTIVE)


def among(segment_public_ids: Iterable[str], member_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Which of the named segments each of these members is in: {member id: {"seg_…"}}, with a row for each member.

    Two statements for a whole batch, none where nothing is asked. A segment that is not there contains nobody.
    """
    segments = Segment.objects.filter(id__in=_uuids(segment_public_ids))
    return _among(segments, member_ids) if segment_public_ids else {one: set() for one in member_ids}


def containing(member_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """The segments, archived ones left out, that each of these members is in. Two statements."""
    found = _among(Segment.objects.filter(archived_at__isnull=True), member_ids)
    return {member_id: frozenset(segments) for member_id, segments in found.items()}


def _among(segments, member_ids):
    member_ids = list(dict.fromkeys(member_ids))
    found: dict[UUID, set[str]] = {member_id: set() for member_id in member_ids}
    rules = {one.public_id: tree.read(one.rule) for one in segments.order_by("id")} if member_ids else {}
    if not rules:
        return found
    asked = asking.now()
    members = Member.objects.filter(id__in=member_ids, status=Member.Status.ACTIVE)
    columns = {public_id: _is_true(rule.matches(asked)) for public_id, rule in rules.items()}
    for member_id, *held in members.annotate(**columns).values_list("id", *columns):
        found[member_id] = {public_id for public_id, is_in in zip(columns, held, strict=True) if is_in}
    return found


def _is_true(condition):
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _uuids(public_ids):
    uuids = []
    for public_id in public_ids:
        try:
            uuids.append(ids.parse("seg", public_id))
        except NotFound:
            continue
    return uuids
