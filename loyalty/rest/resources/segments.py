"""Segments: made, looked at before they are made, changed, and who is in them."""

from loyalty.rest import pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import members as member_rows
from loyalty.rest.rows import segments as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import members as member_shapes
from loyalty.rest.shapes import segments as shapes
from members.segments import choosing, defining
from members.segments.models import Segment

SHOWN = 10


class SegmentList(Resource):
    @operation("List segments, the newest first", scope="read", answers={200: shapes.Segments}, pages=True)
    def get(self, request):
        page, following = pagination.page(self.query, Segment.objects.all())
        return answer(shapes.Segments(data=[rows.segment(row) for row in page], next_cursor=following))

    @operation("Make a segment", scope="admin", takes=shapes.NewSegment, answers={201: shapes.Segment})
    def post(self, request):
        body = self.body(shapes.NewSegment)
        return answer(rows.segment(defining.create(name=body.name, rule=body.rule)), 201)


class SegmentPreview(Resource):
    @operation(
        "Of whom is a rule true now? Nothing is stored", scope="admin", takes=shapes.AskedSegment,
        answers={200: shapes.SegmentPreview},
    )  # fmt: skip
    def post(self, request):
        rule = self.body(shapes.AskedSegment).rule
        defining.check(rule)
        found = choosing.matching(rule)
        newest = list(found.order_by("-id")[:SHOWN])
        return answer(shapes.SegmentPreview(count=found.count(), members=member_rows.members(newest)))


class SegmentDetail(Resource):
    @operation("Read a segment", scope="read", answers={200: shapes.Segment})
    def get(self, request, segment_id):
        return answer(rows.segment(_segment(segment_id)))

    @operation(
        "Change a segment; a new rule holds from now on, wherever the segment is named", scope="admin",
        takes=shapes.ChangedSegment, answers={200: shapes.Segment},
    )  # fmt: skip
    def patch(self, request, segment_id):
        body, segment = self.body(shapes.ChangedSegment), _segment(segment_id)
        sent = {name: getattr(body, name) for name in body.model_fields_set}
        return answer(rows.segment(defining.change(segment, **sent)))


class SegmentMembers(Resource):
    @operation(
        "List who is in a segment now, the newest members first", scope="read",
        answers={200: member_shapes.Members}, pages=True,
    )  # fmt: skip
    def get(self, request, segment_id):
        page, following = pagination.page(self.query, choosing.members_of(_segment(segment_id)))
        return answer(member_shapes.Members(data=member_rows.members(page), next_cursor=following))


def _segment(public_id):
    return Segment.objects.by_public_id("seg", public_id)
