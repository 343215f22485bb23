"""Request bodies: from bytes to shapes, and from what is wrong with them to sentences."""

import json

from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from loyalty.errors import Invalid
from loyalty.rest.problems import NotJson, TooMuch

EMPTY = b"{}"
NUL = "\x00"
# The only way in which JSON can spell it.
ESCAPED_NUL = rb"\u0000"


def raw(request, largest):
    """A request's body, `{}` where it has none. Raises TooMuch above `largest` bytes, NotJson for a form."""
    body = request.read(largest + 1)
    if len(body) > largest:
        raise TooMuch(limit=largest)
    if body and "json" not in request.content_type and request.content_type:
        raise NotJson()
    return body or EMPTY


def read(shape, body):
    """The body as a shape (a pydantic model). Raises Invalid, naming every field that is wrong."""
    if ESCAPED_NUL in body and (unstorable := _unstorable(_parsed(body))):
        raise Invalid(unstorable)
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise Invalid(field_errors(error, _parsed(body))) from None


def read_rows(shape, body, name, most):
    """The rows of `{name: […]}`, each a shape or the Invalid it deserves, in order. One pass for all good rows."""
    rows = _rows(body, name, most)
    every = TypeAdapter(list[shape])
    wrong = _unstorable_rows(rows) if ESCAPED_NUL in body else {}
    try:
        read = every.validate_json(json.dumps(rows))
    except ValidationError as error:
        wrong = _by_row(error, rows) | wrong
        read = every.validate_json(json.dumps([row for i, row in enumerate(rows) if i not in wrong]))
        good = iter(read)
        read = [None if i in wrong else next(good) for i in range(len(rows))]
    return [wrong.get(i, row) for i, row in enumerate(read)]


def check_address(path, query, known):
    """Refuse what no database text can hold, and parameters that are not `known`: a typo must not be lost silently.

    path, query: names and texts. Raises Invalid.
    """
    wrong = {
        name: [SENTENCES["nul"]] for values in (path, query) for name, text in values.items() if NUL in text
    }
    wrong |= {name: [SENTENCES["extra_forbidden"]] for name in query if name not in known}
    if wrong:
        raise Invalid(wrong)


def field_errors(error, given):
    """pydantic's errors as {"items.0.sku": ["sentence", …]}.

    given: the parsed input. Its keys tell a path's own parts from the names of union branches that pydantic
    puts between them.
    """
    wrong = {}
    for one in error.errors(include_url=False, include_input=False):
        path = ".".join(_path(one, given)) or "body"
        sentence = _sentence(one)
        if sentence not in wrong.setdefault(path, []):
            wrong[path].append(sentence)
    return wrong


def _rows(body, name, most):
    parsed = _parsed(body)
    if not isinstance(parsed, dict):
        raise Invalid({"body": [SENTENCES["json_invalid" if parsed is None else "model_type"]]})
    wrong = {unknown: [SENTENCES["extra_forbidden"]] for unknown in parsed if unknown != name}
    rows = parsed.get(name)
    if name not in parsed:
        wrong[name] = [SENTENCES["missing"]]
    elif not isinstance(rows, list):
        wrong[name] = [SENTENCES["list_type"]]
    elif len(rows) > most:
        wrong[name] = [str(SENTENCES["too_long"]) % {"max_length": most}]
    if wrong:
        raise Invalid(wrong)
    return rows


def _unstorable_rows(rows):
    found = {i: _unstorable(row) for i, row in enumerate(rows)}
    return {i: Invalid(wrong) for i, wrong in found.items() if wrong}


def _unstorable(value, path=""):
    """The texts, and names, with a character that the database cannot hold, by their paths."""
    if isinstance(value, str):
        return {path or "body": [SENTENCES["nul"]]} if NUL in value else {}
    if not isinstance(value, dict | list):
        return {}
    found = {}
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        here = f"{path}.{name}" if path else str(name)
        found |= _unstorable(inner, here) | (_unstorable(name, path) if isinstance(name, str) else {})
    return found


def _by_row(error, rows):
    wrong = {}
    for one in error.errors(include_url=False, include_input=False):
        row, *rest = one["loc"]
        path = ".".join(_path({**one, "loc": rest}, rows[row])) or "body"
        wrong.setdefault(row, {}).setdefault(path, []).append(_sentence(one))
    return {row: Invalid(errors) for row, errors in wrong.items()}


def _parsed(body):
    try:
        return from_json(body)
    except ValueError:
        return None


def _path(one, given):
    """The parts of an error's place that are the sender's own."""
    parts, last = [], len(one["loc"]) - 1
    for place, part in enumerate(one["loc"]):
        if _leads_on(given, part):
            given = given[part]
        elif not (place == last and one["type"] == "missing"):
            continue
        parts.append(str(part))
    # What a union misses is the field that says which of its shapes is meant.
    missing_tag = one.get("ctx", {}).get("discriminator") if one["type"] in TAGS else None
    return parts + ([missing_tag.strip("'")] if missing_tag else [])


def _leads_on(given, part):
    if isinstance(given, dict):
        return part in given
    return isinstance(given, list) and isinstance(part, int) and part < len(given)


def _sentence(one):
    if one["type"] == "value_error":
        return str(one["ctx"]["error"])
    # pydantic writes the last of several choices after an English "or".
    context = {name: str(value).replace(" or ", ", ") for name, value in one.get("ctx", {}).items()}
    return str(SENTENCES.get(one["type"], SENTENCES["other"])) % context


TAGS = {"union_tag_invalid", "union_tag_not_found"}
_CHOOSE = _("Choose one of: %(expected)s.")
_DATETIME = _("Write a date and a time with its offset, e.g. 2026-03-12T12:00:00+01:00.")
_DATE = _("Write a date as YYYY-MM-DD.")
_NUMBER = _("Write a whole number, as a JSON number without quotes.")
_OBJECT = _("Write a JSON object here: {…}.")
_LIST = _("Write a JSON list here: […].")
SENTENCES = {
    "missing": _("This field is required."),
    "extra_forbidden": _("There is no such field here."),
    "json_invalid": _("This is not valid JSON."),
    "string_type": _("Write a text, in quotes."),
    "string_too_short": _("Write %(min_length)s or more characters."),
    "string_too_long": _("Write at most %(max_length)s characters."),
    "string_pattern_mismatch": _("This does not have the form that is needed here."),
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "int_parsing_size": _("This number is too large."),
    "bool_type": _("Write true or false."),
    "greater_than": _("Write a number above %(gt)s."),
    "greater_than_equal": _("Write %(ge)s or more."),
    "less_than": _("Write a number below %(lt)s."),
    "less_than_equal": _("Write %(le)s or less."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_long": _("Send at most %(max_length)s rows."),
    "too_short": _("Send %(min_length)s or more rows."),
    "literal_error": _CHOOSE,
    "enum": _CHOOSE,
    "union_tag_invalid": _("Choose one of: %(expected_tags)s."),
    "union_tag_not_found": _("This field is required."),
    "datetime_type": _DATETIME,
    "datetime_parsing": _DATETIME,
    "datetime_from_date_parsing": _DATETIME,
    "datetime_object_invalid": _DATETIME,
    "timezone_aware": _DATETIME,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "nul": _("This text holds a character that cannot be stored."),
    "other": _("This cannot be used here."),
}
