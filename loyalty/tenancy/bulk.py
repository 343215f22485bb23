"""Many rows in one statement. Works behind row security and on a distributed table alike.

A few rows are written out one by one; many go as one array a column. Each of those statements carries RETURNING:
without it a distributed database would run INSERT … SELECT as COPY, which row security refuses. Either way they are
sent with the next statement whose answer is needed (see prepared.later).
"""

from functools import cache

from django.db import connection

from loyalty.tenancy import prepared, scoping
from loyalty.tenancy.engine.texts import array, as_json, written

# Up to so many rows are written out: that is quicker to plan and to run, and each number is a statement of its own.
FEW = 4
# From so many rows on, the references of each are worth a plan for tables as large as they are now.
MANY = 200


def insert(model, columns, rows):
    """Insert rows (tuples in the order of `columns`, without merchant_id) for the merchant in scope.

    Raises Django's IntegrityError, naming the constraint, when the database refuses one: then none is written. It
    shows at the next statement, at the latest when the savepoint or the transaction ends.
    """
    if not rows:
        return
    few = len(rows) if len(rows) <= FEW else 0
    if len(rows) >= MANY:
        prepared.plan_anew()
    sql, is_json = _insert_sql(model, tuple(columns), few)
    if few:
        merchant = written(scoping.merchant_id())
        texts = [text for row in rows for text in (merchant, *_texts(row, is_json))]
    else:
        texts = [written(scoping.merchant_id()), *_columnwise(rows, is_json)]
    prepared.later_as_texts(sql, texts)


def update(model, columns, rows):
    """Set `columns` of the rows named by the first value of each tuple (its id); the rest in order."""
    if not rows:
        return
    few = len(rows) if len(rows) <= FEW else 0
    sql, is_json = _update_sql(model, tuple(columns), few)
    new = [text for row in rows for text in _texts(row, is_json)] if few else _columnwise(rows, is_json)
    prepared.later_as_texts(sql, [*new, written(scoping.merchant_id())])


def _texts(row, is_json):
    return [as_json(value) if json else written(value) for value, json in zip(row, is_json, strict=True)]


def _columnwise(rows, is_json):
    """One array a column. JSON goes as one document: escaping many inside an array of text takes longer."""
    return [
        as_json(values) if json else array(values)
        for values, json in zip(zip(*rows, strict=True), is_json, strict=True)
    ]


@cache
def _insert_sql(model, columns, few):
    names, types = _columns(model, columns)
    fields = ", ".join(f'"{name}"' for name in names)
    begin = f'INSERT INTO "{model._meta.db_table}" (merchant_id, {fields})'
    is_json = [kind == "jsonb" for kind in types]
    if few:
        places = ", ".join(["%s"] * (len(names) + 1))
        return f"{begin} VALUES {', '.join([f'({places})'] * few)}", is_json
    return f"{begin} SELECT %s::uuid, new.* FROM {_rows(names, types)} RETURNING 1", is_json


@cache
def _update_sql(model, columns, few):
    names, types = _columns(model, ("id", *columns))
    sets = ", ".join(f'"{name}" = new."{name}"' for name in names[1:])
    table = model._meta.db_table
    new = _values(names, types, few) if few else _rows(names, types)
    return (
        f'UPDATE "{table}" SET {sets} FROM {new} WHERE "{table}".merchant_id = %s AND "{table}".id = new.id',
        [kind == "jsonb" for kind in types],
    )


def _values(names, types, few):
    row = f"({', '.join(f'%s::{kind}' for kind in types)})"
    fields = ", ".join(f'"{name}"' for name in names)
    return f"(VALUES {', '.join([row] * few)}) AS new({fields})"


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
