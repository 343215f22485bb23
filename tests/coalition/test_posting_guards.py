"""The last guards: what the runtime may not do to postings, what the database refuses, what a check of them finds."""

import pytest
from django.db import Error, connection, transaction

from loyalty import tenancy
from programs import checking

pytestmark = pytest.mark.django_db
COPY = """
INSERT INTO coalition_posting (merchant_id, id, program_id, entry_id, lot_id, kind, is_reversal, payer_kind, payer_id,
 payee_kind, payee_id, points, amount_minor, at, booked_at)
SELECT merchant_id, gen_random_uuid(), program_id, entry_id, lot_id, kind, is_reversal, {}, points, {}, at, booked_at
FROM coalition_posting WHERE kind = 'issue'
"""
PAYER = "payer_kind, payer_id"


@pytest.fixture
def posted(street):
    anna = street.join("Anna")
    street.buy(anna, 10_000)
    street.redeem(anna, 40)
    return street


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


@pytest.mark.parametrize("table", ["coalition_posting", "coalition_partnerterms"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_append_only_is_neither_changed_nor_deleted(posted, table, statement):
    with tenancy.scope(posted.operator), pytest.raises(Error, match=f"permission denied for table {table}"):
        run(statement.format(table))


@pytest.mark.parametrize(
    ("constraint", "parties", "amount"),
    [
        ("posting_moves_forward", f"{PAYER}, 'float', NULL::uuid", "-1"),
        ("posting_names_its_parties", f"{PAYER}, 'partner', payer_id", "1"),
        ("posting_names_its_parties", f"{PAYER}, 'partner', gen_random_uuid()", "1"),
        ("posting_names_its_parties", "'float', NULL::uuid, 'float', NULL::uuid", "1"),
        ("posting_names_its_parties", "'float', NULL::uuid, 'fee', NULL::uuid", "1"),
        ("posting_names_its_parties", "'partner', NULL::uuid, 'float', NULL::uuid", "1"),
        ("posting_names_its_parties", f"{PAYER}, 'float', payer_id", "1"),
    ],
)
def test_a_posting_that_does_not_move_an_amount_from_one_party_to_another_is_refused(
    posted, constraint, parties, amount
):
    with tenancy.scope(posted.operator), pytest.raises(Error, match=constraint):
        run(COPY.format(parties, amount))


def test_a_posting_that_nothing_deserves_is_found(posted):
    with tenancy.scope(posted.operator):
        assert checking.check() == []
        assert run(COPY.format(f"{PAYER}, 'float', NULL::uuid", "1")) == 1
        assert [problem.code for problem in checking.check()] == ["postings"]


def test_a_lot_whose_points_were_given_by_nobody_is_found(posted):
    with tenancy.scope(posted.operator):
        run("UPDATE programs_lot SET price = 2")
        assert {problem.code for problem in checking.check()} == {"postings"}
