"""Ids: UUIDv7 in the database, `mem_0192…` outside. The prefix says what an id names."""

from uuid import UUID

from uuid_utils.compat import uuid7

from loyalty.errors import NotFound


def new() -> UUID:
    """A new time-ordered id (RFC 9562, version 7)."""
    return uuid7()


def public(prefix: str, value: UUID | None) -> str | None:
    """`public("mem", uuid)` → "mem_" and 32 hex digits; None stays None."""
    return f"{prefix}_{value.hex}" if value else None


def parse(prefix: str, text: str) -> UUID:
    """The UUID of a public id. Raises NotFound for another prefix or no id at all: nothing is named by it."""
    head, _, digits = text.partition("_")
    if head != prefix or len(digits) != 32:
        raise NotFound(id=text)
    try:
        return UUID(hex=digits)
    except ValueError:
        raise NotFound(id=text) from None
