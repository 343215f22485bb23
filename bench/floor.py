"""The floor under a measurement: PostgreSQL alone, doing by pgbench what the operation needs at least.

The statements write rows that the product wrote before, column by column, for members that are copies of one. So
the floor has the tables, indexes, references, row security and role of the product, whatever they become.
"""

import itertools
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figures
from bench.load import Run
from bench.measuring import analyze
from bench.processes import cpu_ms, database_pid, database_url
from launch.failure import Failed
from launch.postgres import installation

# A row's own id, and that of the member it is for. Ids of other tables may be the same.
ROW = "lpad(to_hex(:row::bigint * 16), 32, '0')::uuid"
MEMBER = "lpad(to_hex(:member::bigint), 32, '0')::uuid"
KEY = ":row::bigint::text"
# Each run makes ids of its own.
_runs = itertools.count()
BEFORE = """\\set n :n + 1
\\set row (:client_id + 1) * 1000000000000 + :n
\\set member random(1, :members)
"""


def row(place: int) -> str:
    """The id of a row of which there is one in each program."""
    return f"lpad(to_hex(:row::bigint * 16 + {place}), 32, '0')::uuid"


def account(place: int) -> str:
    """The id of a member's account in the program of that place."""
    return f"lpad(to_hex(:member::bigint * 16 + {place}), 32, '0')::uuid"


def account_id(merchant, member, program):
    """The account that the product has opened for a member in a program."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM programs_account WHERE merchant_id = %s AND member_id = %s AND program_id = %s",
            [merchant.id, member.id, program.id],
        )
        return cursor.fetchone()[0]


def copies(table: str, where: dict, count: int, **changed: str) -> None:
    """Copy one row `count` times, as the owner. changed: SQL for columns that differ, of `n` from 1 to count."""
    from django.db import connections

    fields = ", ".join(f"'{name}', {sql}" for name, sql in changed.items())
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT new.* FROM {table} AS old CROSS JOIN generate_series(1, {count}) AS n"
            f" CROSS JOIN jsonb_populate_record(old, jsonb_build_object({fields})) AS new WHERE {_all(where, 'old.')}",
            list(where.values()),
        )


def inserts(table: str, where: dict, *changed: dict[str, str]) -> list[str]:
    """An INSERT for each row that the product wrote there, with its values. changed: SQL for columns, row by row."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        names = [column.name for column in cursor.description]
        types = [column.type_display for column in cursor.description]
        texts = ", ".join(f"quote_nullable({name}::text)" for name in names)
        cursor.execute(f"SELECT {texts} FROM {table} WHERE {_all(where)} ORDER BY id", list(where.values()))
        rows = cursor.fetchall()
    statements = []
    for row, other in zip(rows, changed, strict=True):
        values = (
            other.get(name, f"{_literal(text)}::{kind}")
            for name, text, kind in zip(names, row, types, strict=True)
        )
        statements.append(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(values)})")
    return statements


def _literal(quoted):
    """pgbench would take what follows a colon for a variable, inside of quotes too."""
    if ":" not in quoted:
        return quoted
    return f"{'' if quoted.lstrip().startswith('E') else 'E'}{quoted.lstrip()}".replace(":", "\\x3a")


def _all(where, prefix=""):
    return " AND ".join(f"{prefix}{name} = %s" for name in where)


def scoped(merchant_id) -> list[str]:
    """What every request begins with: its transaction, its scope, its idempotency key."""
    return [
        "BEGIN",
        f"SELECT stammgast_scope('{merchant_id}', '{merchant_id}')",
        "SELECT pg_try_advisory_xact_lock(:row::bigint), fingerprint, status, body, content_type FROM (SELECT 1) AS one"
        f" LEFT JOIN merchants_idempotencyrecord AS record ON record.merchant_id = '{merchant_id}'"
        f" AND record.key = {KEY}",
        f"SELECT id, visits FROM members_member WHERE merchant_id = '{merchant_id}' AND id = {MEMBER}"
        " FOR NO KEY UPDATE",
    ]


def tell(statements: Sequence[str], options, of: str) -> Figures:
    """Measure and print the floor in both ways; returns the one statement by statement."""
    analyze()
    first, pipelined = (
        pgbench(
            statements, clients=4, transactions=options.operations, members=options.members, pipeline=pipeline
        )
        for pipeline in (False, True)
    )
    print(first.line(f"floor, {of}, statement by statement"))
    print(pipelined.line(f"floor, {of}, in one pipeline", first))
    return first


def pgbench(
    statements: Sequence[str], *, clients: int, transactions: int, members: int, pipeline: bool
) -> Figures:
    """Run the statements so often in all. pipeline: all of them in one round trip."""
    lines = [f"{statement};" for statement in statements]
    if pipeline:
        lines = ["\\startpipeline", *lines, "\\endpipeline"]
    each = max(1, transactions // clients)
    with tempfile.TemporaryDirectory(prefix="stammgast-bench-floor-") as name:
        folder = Path(name)
        script = folder / "floor.sql"
        script.write_text(BEFORE + "\n".join(lines) + "\n")
        argv = [_program(), "--no-vacuum", "--protocol", "prepared", "--file", script, "--client", clients]
        argv += ["--jobs", min(2, clients), "--transactions", each, "--log", "--log-prefix", folder / "log"]
        argv += [
            "--define",
            f"n={next(_runs) * 10_000_000}",
            "--define",
            f"members={members}",
            database_url(),
        ]
        server, before, client = database_pid(), cpu_ms(database_pid()), _children_ms()
        done = subprocess.run([str(part) for part in argv], capture_output=True, text=True)
        if done.returncode or "failed" in done.stderr:
            raise SystemExit(f"pgbench did not finish.\n{done.stderr}")
        spent = _children_ms() - client
        run = _read(folder.glob("log*"))
        return Figures(run, spent, cpu_ms(server) - before)


def _read(logs):
    """pgbench's log: a line each with client, number, microseconds, script, seconds and microseconds of its end."""
    run, ends, begins = Run(), [], []
    for log in logs:
        for line in log.read_text().splitlines():
            _client, _number, took, _script, seconds, fraction = line.split()[:6]
            run.milliseconds.append(int(took) / 1000)
            ends.append(int(seconds) + int(fraction) / 1e6)
            begins.append(ends[-1] - int(took) / 1e6)
    run.seconds = max(ends) - min(begins)
    return run


def _children_ms():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def _program():
    try:
        return installation() / "bin" / "pgbench"
    except Failed:
        return shutil.which("pgbench") or _missing()


def _missing():
    raise SystemExit(f"There is no pgbench for {os.uname().machine}: install PostgreSQL's own.")
