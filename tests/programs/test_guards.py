"""The last guards: what the runtime may not do to the books, and what the database refuses whoever writes it."""

import pytest
from django.db import Error, connection, transaction

from loyalty import tenancy
from members import consents
from programs import checking
from programs.models import Account
from rewards import catalogue, redeeming
from tests import makers

pytestmark = pytest.mark.django_db
APPEND_ONLY = [
    "members_consent", "merchants_auditentry", "programs_entry", "programs_lotuse", "programs_programversion",
    "programs_refund",
]  # fmt: skip
ENTRY = "kind, amount, pending_amount, balance_after, at, booked_at, reason, actor, hash"


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def account(cafe):
    """An account with 100 earned, 40 of them spent; and one more, so that not everything is its."""
    program = makers.points_program(cafe, expiry={"kind": "after", "months": 12})
    jonas, ines = makers.member(cafe, "Jonas"), makers.member(cafe, "Ines")
    makers.purchase(cafe, ines, 500)
    makers.purchase(cafe, jonas, 10_000)
    with tenancy.scope(cafe):
        consents.give(jonas, "profiling", confirmed=True, evidence={})
        reward = catalogue.create_reward(program=program, name="Krapfen", cost=40)
        redeeming.redeem(member=jonas, reward=reward)
        assert checking.check() == []
        return Account.objects.get(member=jonas)


def run(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


# What the runtime role may not do


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_append_only_is_neither_changed_nor_deleted(cafe, account, table, statement):
    with tenancy.scope(cafe), pytest.raises(Error, match=f"permission denied for table {table}"):
        run(statement.format(table))


# What the database refuses


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("nothing_is_negative", "UPDATE programs_account SET balance = -1"),
        ("nothing_is_negative", "UPDATE programs_account SET pending = -1"),
        ("nothing_is_negative", "UPDATE programs_account SET balance = 0, debt = -1"),
        ("no_balance_beside_debt", "UPDATE programs_account SET debt = 1"),
        ("carry_is_less_than_one", "UPDATE programs_account SET carry_num = 1"),
        ("carry_is_less_than_one", "UPDATE programs_account SET carry_num = -1, carry_den = 2"),
        ("lot_holds_what_is_left", "UPDATE programs_lot SET remaining = amount + 1"),
        ("lot_holds_what_is_left", "UPDATE programs_lot SET remaining = -1"),
        ("purchase_is_not_negative", "UPDATE programs_purchase SET amount_minor = -1, net_minor = -1"),
        ("purchase_net_is_amount_less_discount", "UPDATE programs_purchase SET net_minor = net_minor + 1"),
        ("purchase_is_refunded_at_most_once_over", "UPDATE programs_purchase SET refunded_minor = net_minor + 1"),
        ("no_more_is_taken_than_is_there", "UPDATE rewards_reward SET stock = 0"),
        ("reward_costs_nothing_or_more", "UPDATE rewards_reward SET cost = -1"),
        ("redemption_is_cancelled_at_a_time", "UPDATE rewards_redemption SET status = 'cancelled'"),
        ("use_moves_something", "INSERT INTO programs_lotuse (merchant_id, id, lot_id, entry_id, amount)"
         " SELECT merchant_id, gen_random_uuid(), lot_id, entry_id, 0 FROM programs_lotuse LIMIT 1"),
        ("entries_are_numbered", f"INSERT INTO programs_entry (merchant_id, id, account_id, number, {ENTRY})"
         f" SELECT merchant_id, gen_random_uuid(), account_id, number, {ENTRY} FROM programs_entry"),
        ("one_account_per_program", "INSERT INTO programs_account (merchant_id, id, member_id, program_id, balance,"
         " pending, debt, carry_num, carry_den, lifetime, entries, head, created_at) SELECT merchant_id,"
         " gen_random_uuid(), member_id, program_id, 0, 0, 0, 0, 1, 0, 0, '', now() FROM programs_account"),
        ("purchase_credited_once_per_program", "INSERT INTO programs_credit (merchant_id, id, purchase_id, account_id,"
         " program_id, version_id, amount, taken_back, excused, because, facts, occurred_at) SELECT merchant_id,"
         " gen_random_uuid(), purchase_id, account_id, program_id, version_id, 0, 0, 0, '[]', '{}', now()"
         " FROM programs_credit"),
    ],
)  # fmt: skip
def test_a_wrong_figure_written_past_the_code_is_refused(cafe, account, constraint, statement):
    with tenancy.scope(cafe), pytest.raises(Error, match=constraint):
        run(statement)
