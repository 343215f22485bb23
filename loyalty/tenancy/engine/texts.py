"""Values as PostgreSQL reads them. All of them go as text of no type, so that a statement is prepared just once."""

import json
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID


def written(value) -> bytes | None:
    """A parameter. A list is an array. Raises ValueError for a text with a NUL, TypeError for what is not known."""
    write = _WRITERS.get(type(value))
    if write is None:
        write = _likewise(value)
    return write(value)


def as_json(value) -> bytes:
    return json.dumps(value).encode()


def array(values) -> bytes:
    """Of one kind, apart from None."""
    return f"{{{','.join([_element(value) for value in values])}}}".encode()


def _element(value):
    kind = type(value)
    if kind is UUID:
        return value.hex
    if kind is int:
        return str(value)
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return _quoted(_without_nul(str(value)))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _quoted(written(value).decode())


def _quoted(text):
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _without_nul(text):
    # The wire's texts end at a NUL: what follows would be lost without a word.
    if "\x00" in text:
        raise ValueError("A text cannot contain NUL (0x00) characters.")
    return text


def _likewise(value):
    """Of a subclass: a choice is a text, for instance."""
    for kind in (str, int, datetime, date):
        if isinstance(value, kind):
            return _WRITERS[kind]
    raise TypeError(f"{type(value).__name__} is no parameter")


_WRITERS = {
    type(None): lambda value: None,
    str: lambda value: _without_nul(str(value)).encode(),
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    float: lambda value: repr(value).encode(),
    Decimal: lambda value: str(value).encode(),
    UUID: lambda value: value.hex.encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
    memoryview: lambda value: b"\\x" + value.hex().encode(),
    list: array,
    tuple: array,
}
