"""The program types: one file each, with a TYPE. Adding a type is adding a file here."""

from importlib import import_module
from pkgutil import iter_modules

from loyalty.errors import Invalid

_found = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
_TYPES = {module.TYPE.name: module.TYPE for module in _found if hasattr(module, "TYPE")}


def get(name):
    """The program type of a name. Raises Invalid for one there is not."""
    if name not in _TYPES:
        raise Invalid({"type": [f"There is no such program type. There are: {', '.join(_TYPES)}."]})
    return _TYPES[name]


def names():
    return list(_TYPES)
