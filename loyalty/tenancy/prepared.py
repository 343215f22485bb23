"""Statements of the hot paths: prepared, and sent with as few round trips as their answers allow.

They name the merchant themselves, as every statement on a tenant's table does. `%s` stands for a parameter. What it
is, the statement says: `%s::bigint` where its place alone does not.
"""

import json
from functools import cache
from typing import Any

from django.db import connections, models

from loyalty.tenancy.engine.texts import as_json, written

__all__ = [
    "as_json",
    "changed",
    "columns_of",
    "instance",
    "instances",
    "later",
    "later_as_texts",
    "rows",
    "several",
]


def rows(sql, *params) -> list[tuple]:
    """Run a statement: its rows. JSON comes as text, as with Django's cursors."""
    wrapper, wire = _noted(sql)
    with wrapper.wrap_database_errors:
        return wire.rows(sql, [written(value) for value in params])


def several(*statements) -> list[list[tuple]]:
    """Run statements, (SQL, parameters) each, in one round trip: the rows of each."""
    noted = [_noted(sql) for sql, _params in statements]
    wrapper, wire = noted[0]
    with wrapper.wrap_database_errors:
        return wire.several([(sql, [written(value) for value in params]) for sql, params in statements])


def changed(sql, *params) -> int:
    """Run a statement: how many rows it has changed."""
    wrapper, wire = _noted(sql)
    with wrapper.wrap_database_errors:
        return wire.count(sql, [written(value) for value in params])


def later(sql, *params) -> None:
    """Run a statement together with the next one, at the latest when the savepoint or the transaction ends.

    What it is refused for is raised then. Outside of a transaction it runs at once.
    """
    later_as_texts(sql, [written(value) for value in params])


def later_as_texts(sql, texts) -> None:
    """The same with parameters that are written already."""
    wrapper, wire = _noted(sql)
    if wrapper.get_autocommit():
        with wrapper.wrap_database_errors:
            wire.rows(sql, texts)
    else:
        wire.keep(sql, texts)


def plan_anew() -> None:
    """Have statements planned again, those by which the server checks references among them.

    A session plans a check once. One that was planned while the table held ten rows reads all of it for every row of
    the first large batch: 5,000 purchases took nine seconds instead of three.
    """
    wrapper: Any = connections["default"]
    wrapper.wire.keep("DISCARD PLANS")


def instances(model: type[models.Model], sql, *params, without: tuple[str, ...] = ()) -> list:
    """Run a statement that selects `columns_of(model)`: its rows as instances of the model."""
    return [instance(model, row, without=without) for row in rows(sql, *params)]


def instance(model: type[models.Model], row, *, without: tuple[str, ...] = ()):
    """A row of `columns_of(model)` as an instance."""
    names, documents = _read_as(model, without)
    if documents:
        row = list(row)
        for place in documents:
            row[place] = None if row[place] is None else json.loads(row[place])
    return model.from_db("default", names, row)


def columns_of(model: type[models.Model], *, alias: str = "", without: tuple[str, ...] = ()) -> str:
    """The columns of a model, for a statement. without: fields that are left for when they are asked for."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{field.column}"' for field in _fields(model, without))


def _fields(model, without):
    return [field for field in model._meta.concrete_fields if field.name not in without]


@cache
def _read_as(model, without):
    """(the names of the fields, the places of those that are JSON)."""
    fields = _fields(model, without)
    documents = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return [field.attname for field in fields], documents


def _noted(sql):
    """(Django's connection, its wire). Asked for once a statement: the way to the connection is not free."""
    wrapper: Any = connections["default"]
    wire = wrapper.wire
    if wrapper.queries_logged:
        wrapper.queries_log.append({"sql": sql, "time": "0.000"})
    return wrapper, wire
