"""Many rows in one statement. Works behind row security and on a distributed table alike.

Each statement carries RETURNING: without it a distributed database would run INSERT … SELECT as COPY, which row
security refuses.
"""

from functools import cache

from django.db import connection
from psycopg.types.json import Jsonb

from loyalty.tenancy import scoping


def insert(model, columns, rows):
    """Insert rows (tuples in the order of `columns`, without merchant_id) for the merchant in scope.

    Raises Django's IntegrityError, naming the constraint, when the database refuses one: then none is written.
    """
    if not rows:
        return
    sql, is_json = _insert_sql(model, tuple(columns))
    with connection.cursor() as cursor:
        cursor.execute(sql, [scoping.merchant_id(), *_columnwise(rows, is_json)])


def update(model, columns, rows):
    """Set `columns` of the rows named by the first value of each tuple (its id); the rest in order."""
    if not rows:
        return
    sql, is_json = _update_sql(model, tuple(columns))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_columnwise(rows, is_json), scoping.merchant_id()])


def _columnwise(rows, is_json):
    """One array a column. JSON goes as one document: escaping many inside an array of text takes longer."""
    return [
        Jsonb(values) if json else list(values)
        for values, json in zip(zip(*rows, strict=True), is_json, strict=True)
    ]


@cache
def _insert_sql(model, columns):
    names, types = _columns(model, columns)
    fields = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table
    return (
        f'INSERT INTO "{table}" (merchant_id, {fields}) SELECT %s, new.* FROM {_rows(names, types)} RETURNING 1',
        [kind == "jsonb" for kind in types],
    )


@cache
def _update_sql(model, columns):
    names, types = _columns(model, ("id", *columns))
    sets = ", ".join(f'"{name}" = new."{name}"' for name in names[1:])
    table = model._meta.db_table
    return (
        f'UPDATE "{table}" SET {sets} FROM {_rows(names, types)}'
        f' WHERE "{table}".merchant_id = %s AND "{table}".id = new.id',
        [kind == "jsonb" for kind in types],
    )


def _rows(names, types):
    """The arrays side by side, as rows named `new`. A JSON column must not be null: JSON has a null of its own."""
    arrays = ", ".join(
        "jsonb_array_elements(%s)" if kind == "jsonb" else f"unnest(%s::{kind}[])" for kind in types
    )
    fields = ", ".join(f'"{name}"' for name in names)
    return f"ROWS FROM ({arrays}) AS new({fields})"


def _columns(model, columns):
    fields = [model._meta.get_field(name) for name in columns]
    types = [field.db_type(connection).split("(")[0].replace("varchar", "text") for field in fields]
    return [field.column for field in fields], types
