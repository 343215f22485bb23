"""Statements of the hot paths on a connection's own wire: prepared once, several in one round trip.

A statement that is prepared is neither parsed nor planned again, and what it costs here is a tenth of what the ORM
or a cursor takes. What nobody waits for (writes, savepoints, the scope) is kept back, and goes out together with the
next statement whose answer is needed, at the latest when its savepoint or transaction ends.
"""

import re
import select
from collections.abc import Sequence
from functools import lru_cache

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

Statement = tuple[bytes, Sequence[bytes | None] | None]
# The statements of a process are few; those of a mistake (SQL made of values) must not fill the server's memory.
MOST_PREPARED = 500


class Wire:
    """What is prepared on a connection, and what is kept back."""

    def __init__(self, raw: psycopg.Connection, *, prepares: bool):
        """prepares: False behind a pooler that hands the server's sessions around and knows no prepared statements."""
        self.raw = raw
        self.prepares = prepares
        self.kept: list[Statement] = []
        self._names: dict[bytes, bytes] = {}
        self._loader = Transformer(raw)

    def keep(self, sql: str, params: Sequence[bytes | None] | None = None) -> None:
        """Send this with the next statement. params None: a command without any, such as SAVEPOINT."""
        self.kept.append((numbered(sql), params))

    def rows(self, sql: str, params: Sequence[bytes | None]) -> list[tuple]:
        """Send a statement, after what was kept back: its rows."""
        return self._rows(self._send((numbered(sql), params)))

    def several(self, statements: Sequence[tuple[str, Sequence[bytes | None]]]) -> list[list[tuple]]:
        """Send several statements in one round trip, after what was kept back: the rows of each."""
        self.kept += [(numbered(sql), params) for sql, params in statements]
        results = self._send_all()
        return [self._rows(result) for result in results[-len(statements) :]]

    def count(self, sql: str, params: Sequence[bytes | None]) -> int:
        """Send a statement, after what was kept back: how many rows it has changed."""
        return self._send((numbered(sql), params)).command_tuples or 0

    def flush(self) -> None:
        """Send what was kept back. Raises psycopg's error of the first that fails."""
        if self.kept:
            self._send()

    def commit(self) -> None:
        """Send what was kept back and COMMIT, in one round trip."""
        self._send((b"COMMIT", None))

    def forget(self) -> None:
        """What was kept back is rolled back before it was sent."""
        self.kept = []

    def forget_after(self, sql: str) -> bool:
        """Forget all that was kept back after a command. False where the command was sent already."""
        for place, (text, params) in enumerate(self.kept):
            if params is None and text == sql.encode():
                del self.kept[place + 1 :]
                return True
        return False

    def _rows(self, result):
        self._loader.set_pgresult(result)
        return self._loader.load_rows(0, result.ntuples, tuple)

    def _send(self, *last: Statement):
        """Send all; the result of the last."""
        self.kept += last
        return self._send_all()[-1]

    def _send_all(self):
        """Send what was kept back: the result of each, and before them of what had to go before."""
        statements, self.kept = self.kept, []
        if not self.raw.autocommit and self.raw.pgconn.transaction_status == TransactionStatus.IDLE:
            statements.insert(0, (b"BEGIN", None))
        if len(self._names) > MOST_PREPARED:
            statements.insert(0, (b"DEALLOCATE ALL", None))
            self._names = {}
        one = statements[0]
        if len(statements) == 1 and one[1] is not None and one[0] in self._names:
            return self._checked([self.raw.pgconn.exec_prepared(self._names[one[0]], one[1])])
        return self._together(statements)

    def _together(self, statements):
        pgconn, fresh = self.raw.pgconn, {}
        sent = []
        try:
            pgconn.enter_pipeline_mode()
            for sql, params in statements:
                sent += self._put(pgconn, sql, params, fresh)
            pgconn.pipeline_sync()
            results = self._results(pgconn)
            pgconn.exit_pipeline_mode()
        except BaseException:
            # Half a pipeline cannot be told from another one's answers.
            self.raw.close()
            raise
        for sql, result in zip(sent, results, strict=False):
            if sql is not None and result.status == ExecStatus.COMMAND_OK:
                self._names[sql] = fresh[sql]
        self._checked(results)
        return [result for sql, result in zip(sent, results, strict=True) if sql is None]

    def _put(self, pgconn, sql, params, fresh):
        """Send one; for each answer that will come the SQL that it prepares, or None."""
        if params is None or not self.prepares:
            pgconn.send_query_params(sql, params)
            return [None]
        name, sent = self._names.get(sql) or fresh.get(sql), [None]
        if name is None:
            name = fresh[sql] = b"wire_%d" % (len(self._names) + len(fresh))
            pgconn.send_prepare(name, sql)
            sent = [sql, None]
        pgconn.send_query_prepared(name, params)
        return sent

    def _results(self, pgconn):
        """All answers of the pipeline. Waits on the socket itself: while libpq waits, no other thread can run."""
        results = []
        while pgconn.status != ConnStatus.BAD:
            while pgconn.flush():
                self._wait(select.POLLIN | select.POLLOUT)
                pgconn.consume_input()
            while pgconn.is_busy():
                self._wait(select.POLLIN)
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)
        raise psycopg.OperationalError(pgconn.get_error_message() or "the connection is lost")

    def _wait(self, events):
        poll = select.poll()
        poll.register(self.raw.pgconn.socket, events)
        poll.poll()

    def _checked(self, results):
        for result in results:
            if result.status not in _GOOD:
                if self.raw.pgconn.status == ConnStatus.BAD:
                    raise psycopg.OperationalError(result.get_error_message())
                raise error_from_result(result, encoding="utf-8")
        return results


_GOOD = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}


@lru_cache(maxsize=2048)
def numbered(sql: str) -> bytes:
    """Django's placeholders as the server's: `%s` one after the other as $1, $2 …; `%%` is a percent sign."""
    count = 0

    def place(found):
        nonlocal count
        if found.group() == "%%":
            return "%"
        count += 1
        return f"${count}"

    return re.sub("%s|%%", place, sql).encode()
