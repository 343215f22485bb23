"""The program types: one file each. Adding a type is adding a file here and its name to the list."""

from loyalty.errors import Invalid
from programs.types import points, punch_card

_TYPES = {kind.name: kind for kind in (points.TYPE, punch_card.TYPE)}


def get(name):
    """The program type of a name. Raises Invalid for one there is not."""
    if name not in _TYPES:
        raise Invalid({"type": [f"There is no such program type. There are: {', '.join(_TYPES)}."]})
    return _TYPES[name]


def names():
    return list(_TYPES)
