"""The fields that segments may ask about. Each app registers its own when it starts; imports go one way."""

from members.segments.shapes import Condition

_known: dict[str, type[Condition]] = {}


def register(*shapes: type[Condition]) -> None:
    """Make conditions known by their field's name."""
    for shape in shapes:
        _known[name_of(shape)] = shape


def known() -> list[type[Condition]]:
    """All conditions, in the order in which they were registered."""
    return list(_known.values())


def name_of(shape: type[Condition]) -> str:
    """The only value that the shape's `field` may have."""
    (name,) = shape.model_fields["field"].annotation.__args__  # type: ignore[union-attr]
    return name
