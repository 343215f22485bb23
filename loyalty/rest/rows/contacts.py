"""The people of a company as the API tells them."""

from loyalty import ids
from loyalty.rest.shapes import contacts as shapes


def contact(row):
    return shapes.Contact(
        id=row.public_id, member=ids.public("mem", row.member_id), name=row.name, email=row.email or None,
        phone=row.phone, created_at=row.created_at,
    )  # fmt: skip
