"""Segments as the API tells them."""

from loyalty.rest.shapes import segments as shapes
from members.segments import tree


def segment(row):
    return shapes.Segment(
        id=row.public_id, name=row.name, rule=tree.read(row.rule), created_at=row.created_at,
        archived_at=row.archived_at,
    )  # fmt: skip
