"""Who has work that is due: asked across all merchants by a role that sees nothing else.

Each merchant found is then worked on in its own scope. What these lists say may be out of date by then; the work
asks again.
"""

from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from loyalty import clock
from loyalty.tenancy.operations import SCAN_ROLE


def with_news() -> list[UUID]:
    """Merchants with events that nobody has been told yet, sandboxes included."""
    return _merchants("SELECT DISTINCT merchant_id FROM events_event WHERE relayed_at IS NULL")


def with_accounts_to_settle() -> list[UUID]:
    """Merchants, other than sandboxes, with points to activate or to expire."""
    sql = "SELECT DISTINCT merchant_id FROM programs_account WHERE next_due_at <= %s"
    return _live(_merchants(sql, clock.now()))


def with_levels_to_review() -> list[UUID]:
    """Merchants, other than sandboxes, with accounts whose level is to be looked at."""
    sql = "SELECT DISTINCT merchant_id FROM programs_account WHERE review_at <= %s"
    return _live(_merchants(sql, clock.now()))


def with_rewards_to_hand_out() -> list[UUID]:
    """Merchants, other than sandboxes, with rewards that are handed out without being asked for."""
    return _live(
        _merchants("SELECT DISTINCT merchant_id FROM programs_unlock WHERE status = 'open' AND as_voucher")
    )


def with_endings() -> list[UUID]:
    """Merchants, other than sandboxes, with programs that end, or have come to their last day for spending."""
    sql = (
        "SELECT merchant_id FROM programs_program WHERE status = 'active' AND ends_at <= %s"
        " UNION SELECT merchant_id FROM endings_lastday WHERE at <= %s"
    )
    return _live(_merchants(sql, clock.now(), clock.now()))


def with_expiries_looked_at() -> list[UUID]:
    """Merchants whose accounts were looked through today for what expires soon."""
    return _merchants("SELECT merchant_id FROM endings_look WHERE next_at > %s", clock.now())


def with_subscriptions_due() -> list[UUID]:
    """Merchants, other than sandboxes, with subscriptions that renew, fall due or end."""
    sql = "SELECT DISTINCT merchant_id FROM subscriptions_subscription WHERE next_due_at <= %s"
    return _live(_merchants(sql, clock.now()))


def with_messages(lease: timedelta) -> list[UUID]:
    """Merchants, other than sandboxes, with messages to send, or with some that a dead worker left behind.

    lease: for how long a message that a worker has claimed is not due for others.
    """
    now = clock.now()
    sql = (
        "SELECT DISTINCT merchant_id FROM campaigns_message WHERE status = 'due' AND due_at <= %s"
        " AND (claimed_at IS NULL OR claimed_at < %s)"
        " UNION SELECT merchant_id FROM campaigns_message WHERE status = 'sending' AND claimed_at < %s"
    )
    return _live(_merchants(sql, now, now - lease, now - lease))


def with_summaries_finished(month) -> list[UUID]:
    """Merchants whose monthly summaries of a month (its first day) are all written."""
    sql = "SELECT merchant_id FROM campaigns_monthlysummaryrun WHERE month = %s AND finished_at IS NOT NULL"
    return _merchants(sql, month)


def with_answers_kept_since(moment: datetime) -> list[UUID]:
    """Merchants that still keep answers to requests from before a moment."""
    return _merchants(
        "SELECT DISTINCT merchant_id FROM merchants_idempotencyrecord WHERE created_at < %s", moment
    )


def with_occasions() -> list[UUID]:
    """Merchants, other than sandboxes, with a program that is to be looked at: a day with birthdays has begun."""
    sql = "SELECT DISTINCT merchant_id FROM programs_program WHERE next_due_at <= %s"
    return _live(_merchants(sql, clock.now()))


def with_jobs() -> list[tuple[UUID, UUID]]:
    """Jobs that are not finished and that no worker has: [(merchant, job)], sandboxes included."""
    sql = (
        "SELECT merchant_id, id FROM jobs_job WHERE status IN ('waiting', 'running')"
        " AND (claimed_until IS NULL OR claimed_until <= %s) ORDER BY id"
    )
    with _as_scanner() as cursor:
        cursor.execute(sql, [clock.now()])
        return cursor.fetchall()


def _merchants(sql: str, *params: datetime) -> list[UUID]:
    with _as_scanner() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def _live(merchant_ids):
    """Without sandboxes: their time stands still until it is turned, and turning does what is due."""
    if not merchant_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM merchants_merchant WHERE id = ANY(%s) AND NOT is_sandbox ORDER BY id",
            [merchant_ids],
        )
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def _as_scanner():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {SCAN_ROLE}")
        yield cursor
        # The transaction's end would do so too; but it may be a part of a longer one.
        cursor.execute("RESET ROLE")
