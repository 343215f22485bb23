"""The floor under a batch: PostgreSQL alone, taking the same rows into the same tables by COPY."""

import time
from dataclasses import dataclass
from uuid import UUID, uuid4

from bench.processes import cpu_ms, database_pid

# What rows of a purchase refer to, and what a purchase writes; each after what it refers to.
BEFORE = ("members_member", "programs_program", "programs_programversion", "programs_account")
WRITTEN = ("programs_purchase", "programs_entry", "programs_lot", "programs_credit", "events_event")


@dataclass(frozen=True)
class Copied:
    seconds: float
    database_ms: float
    rows: int


def copy(merchant_id: UUID) -> Copied:
    """Take all that a merchant's purchases have written, and COPY it in once more, for a merchant made for that.

    As the owner, since COPY is refused behind row security. Keys, references and indexes are checked as always.
    """
    from django.db import connections

    connections["owner"].ensure_connection()
    session = connections["owner"].connection
    twin = _twin(session, merchant_id)
    found = {table: _taken_out(session, table, merchant_id, twin) for table in WRITTEN}
    before, started = cpu_ms(database_pid()), time.perf_counter()
    with session.transaction():
        for table, (names, rows) in found.items():
            with session.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as into:
                into.write(rows)
    seconds = time.perf_counter() - started
    return Copied(
        seconds, cpu_ms(database_pid()) - before, sum(rows.count(b"\n") for _, rows in found.values())
    )


def _twin(session, merchant_id):
    """Another merchant with the same members, programs and accounts: a tenant's ids are its own."""
    twin, slug = uuid4(), uuid4().hex
    session.execute(
        "INSERT INTO merchants_merchant SELECT new.* FROM merchants_merchant AS old CROSS JOIN"
        " jsonb_populate_record(old, jsonb_build_object('id', %s::text, 'slug', %s::text)) AS new WHERE old.id = %s",
        [str(twin), slug, merchant_id],
    )
    for table in BEFORE:
        session.execute(
            f"INSERT INTO {table} SELECT new.* FROM {table} AS old CROSS JOIN"
            " jsonb_populate_record(old, jsonb_build_object('merchant_id', %s::text)) AS new"
            " WHERE old.merchant_id = %s",
            [str(twin), merchant_id],
        )
    return twin


def _taken_out(session, table, merchant_id, twin):
    """(names of its columns, its rows as COPY writes them, for the twin)."""
    names = [column.name for column in session.execute(f"SELECT * FROM {table} LIMIT 0").description]
    others = [name for name in names if name != "merchant_id"]
    query = (
        f"SELECT '{twin}', {', '.join(others)} FROM {table} WHERE merchant_id = '{merchant_id}' ORDER BY id"
    )
    with session.cursor().copy(f"COPY ({query}) TO STDOUT") as out:
        rows = b"".join(bytes(part) for part in out)
    return ", ".join(["merchant_id", *others]), rows
