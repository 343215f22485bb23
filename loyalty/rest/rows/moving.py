"""Transfers, as the API tells them."""

from loyalty import ids
from loyalty.rest.rows import members as member_rows
from loyalty.rest.shapes import members, moving


def transfer(one):
    """A Transferred."""
    return moving.Transfer(
        id=ids.public("ent", one.given.id), received=ids.public("ent", one.received.id),
        program=one.program.public_id, member=one.member.public_id, to=one.to.public_id, amount=one.amount,
        at=one.given.at, actor=one.given.source.actor, member_state=member_rows.state(one.member),
        lots=[members.LotPart(amount=amount, expires_at=lot.expires_at) for lot, amount in one.given.uses],
    )  # fmt: skip
