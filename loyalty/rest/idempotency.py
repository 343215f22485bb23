"""The same request twice is one request: the first answer is kept, and given again.

The record is written in the transaction of the work, so that there is never one without the other. Who is not
first finds the advisory lock taken and is told to try again; the unique key of the record is the last guard.
"""

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from loyalty import clock, ids, sealing, tenancy
from loyalty.errors import Conflict, Invalid, Refused
from loyalty.tenancy import prepared

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(hours=48)
# The last guard, by its name.
USED_ONCE = "idempotency_key_used_once"
# What a kept answer begins with that only this installation can read. JSON begins otherwise.
SEALED = "sealed:"


class InProgress(Conflict):
    code = "idempotency_in_progress"
    sentence = _("The same request is still being worked on. Please try again in a moment.")


class Reused(Refused):
    code = "idempotency_key_reused"
    sentence = _("This Idempotency-Key was already used for another request. Please use a new one.")


@dataclass(frozen=True)
class Claim:
    """The right to answer a key first. fingerprint: of method, path and body."""

    key: str
    fingerprint: str


def key_of(request):
    """The request's key, or None. Raises Invalid for one that is empty or too long."""
    key = request.headers.get(HEADER)
    if key is not None and not (0 < len(key) <= LONGEST and key.isprintable()):
        raise Invalid({HEADER: [_("Write 1 to 255 characters.")]})
    return key


def fingerprint(method, path, body):
    return hashlib.sha256(b"\n".join([method.encode(), path.rstrip("/").encode(), body])).hexdigest()


def claim(key, print_):
    """Claim a key until the end of the transaction: (Claim, None), or (None, the first answer).

    Locks the key. Raises InProgress where another request holds it, Reused where it stands for another request.
    """
    merchant_id = tenancy.merchant_id()
    # Lock and look in one statement. The look may be older than the lock by a moment: then the record that came
    # in between is found by its unique key when ours is written.
    [(locked, known, status, body, content_type)] = prepared.rows(
        CLAIM, _number(merchant_id, key), merchant_id, key
    )
    if not locked:
        raise InProgress()
    if known is None:
        return Claim(key, print_), None
    if known != print_:
        raise Reused()
    return None, HttpResponse(
        _opened(body), status=status, content_type=content_type, headers={"Idempotent-Replayed": "true"}
    )


def record(claim_, response, *, sealed=False):
    """Keep the answer under the claimed key, together with the commit: see `was_first`.

    sealed: it holds a secret, which the database must not tell.
    """
    body = response.content.decode()
    row = (
        tenancy.merchant_id(), ids.new(), claim_.key, claim_.fingerprint, response.status_code,
        SEALED + sealing.seal(body) if sealed else body, response.headers["Content-Type"], clock.now(),
    )  # fmt: skip
    prepared.later(RECORD, *row)


@contextmanager
def was_first():
    """Around the transaction. Raises InProgress, with everything undone, if another request was first after all."""
    try:
        yield
    except IntegrityError as error:
        if USED_ONCE not in str(error):
            raise
        raise InProgress() from None


def purge():
    """Delete the records in scope that are older than 48 hours; return how many. A repeated run finds none."""
    with connection.cursor() as cursor:
        cursor.execute(PURGE, [tenancy.merchant_id(), clock.now() - KEPT])
        return cursor.rowcount


def _opened(body):
    return sealing.unseal(body.removeprefix(SEALED)) if body.startswith(SEALED) else body


def _number(merchant_id, key):
    """The 64 bits by which PostgreSQL knows a lock."""
    digest = hashlib.blake2b(merchant_id.bytes + key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


CLAIM = """
SELECT pg_try_advisory_xact_lock(%s::bigint), record.fingerprint, record.status, record.body, record.content_type
FROM (SELECT 1) AS one
LEFT JOIN merchants_idempotencyrecord AS record ON record.merchant_id = %s AND record.key = %s
"""
RECORD = """
INSERT INTO merchants_idempotencyrecord
    (merchant_id, id, key, fingerprint, status, body, content_type, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
PURGE = "DELETE FROM merchants_idempotencyrecord WHERE merchant_id = %s AND created_at < %s"
