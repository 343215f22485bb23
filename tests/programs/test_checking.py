"""A check of the books finds what somebody who may has changed by hand. It reports, and repairs nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from loyalty import tenancy
from programs import checking
from programs.models import Account
from rewards import catalogue, redeeming
from tests import makers

LAST = "number = (SELECT max(number) FROM programs_entry WHERE account_id = '{account}')"
# What is done, how it is undone, and what is found: each code at least once.
TAMPERING = [
    (
        "UPDATE programs_account SET balance = balance + 1 WHERE id = '{account}'",
        "UPDATE programs_account SET balance = balance - 1 WHERE id = '{account}'",
        ["balance_in_lots", "balance_less_debt", "trial_balance"],
    ),
    (
        "UPDATE programs_account SET pending = 1 WHERE id = '{account}'",
        "UPDATE programs_account SET pending = 0 WHERE id = '{account}'",
        ["pending", "pending_in_lots", "trial_balance"],
    ),
    (
        "UPDATE programs_account SET lifetime = lifetime + 1 WHERE id = '{account}'",
        "UPDATE programs_account SET lifetime = lifetime - 1 WHERE id = '{account}'",
        ["lifetime"],
    ),
    (
        "UPDATE programs_account SET entries = entries + 1 WHERE id = '{account}'",
        "UPDATE programs_account SET entries = entries - 1 WHERE id = '{account}'",
        ["entry_count"],
    ),
    (
        "UPDATE programs_account SET head = head || 'x'::bytea WHERE id = '{account}'",
        "UPDATE programs_account SET head = substr(head, 1, 32) WHERE id = '{account}'",
        ["head"],
    ),
    (
        "UPDATE programs_entry SET reason = 'x' WHERE number = 1 AND account_id = '{account}'",
        "UPDATE programs_entry SET reason = '' WHERE number = 1 AND account_id = '{account}'",
        ["hash"],
    ),
    (
        "UPDATE programs_entry SET at = at - interval '1 day' WHERE number = 1 AND account_id = '{account}'",
        "UPDATE programs_entry SET at = at + interval '1 day' WHERE number = 1 AND account_id = '{account}'",
        ["hash"],
    ),
    (
        f"UPDATE programs_entry SET balance_after = balance_after + 1 WHERE {LAST} AND account_id = '{{account}}'",
        f"UPDATE programs_entry SET balance_after = balance_after - 1 WHERE {LAST} AND account_id = '{{account}}'",
        ["balance_after", "hash"],
    ),
    (
        f"UPDATE programs_entry SET number = number + 5 WHERE {LAST} AND account_id = '{{account}}'",
        f"UPDATE programs_entry SET number = number - 5 WHERE {LAST} AND account_id = '{{account}}'",
        ["entry_number", "hash"],
    ),
    (
        "UPDATE programs_lot SET remaining = remaining - 1 WHERE account_id = '{account}'",
        "UPDATE programs_lot SET remaining = remaining + 1 WHERE account_id = '{account}'",
        ["balance_in_lots", "lot_remaining"],
    ),
    (
        "UPDATE programs_lot SET available_at = expires_at WHERE account_id = '{account}'",
        "UPDATE programs_lot SET available_at = NULL WHERE account_id = '{account}'",
        ["balance_in_lots", "pending_in_lots"],
    ),
]


def codes(cafe):
    with tenancy.scope(cafe):
        return sorted(problem.code for problem in checking.check(chunk=1))


def test_every_change_by_hand_is_found_and_nothing_is_repaired(real_database):
    cafe = makers.merchant()
    program = makers.points_program(cafe, expiry={"kind": "after", "months": 12})
    jonas, ines = makers.member(cafe, "Jonas"), makers.member(cafe, "Ines")
    makers.purchase(cafe, ines, 500)
    makers.purchase(cafe, jonas, 10_000)
    with tenancy.scope(cafe):
        redeeming.redeem(
            member=jonas, reward=catalogue.create_reward(program=program, name="Krapfen", cost=40)
        )
        account = Account.objects.get(member=jonas)
    assert codes(cafe) == []
    with connections["owner"].cursor() as owner:
        for tamper, undo, found in TAMPERING:
            owner.execute(tamper.format(account=account.id))
            assert owner.rowcount == 1
            assert (tamper, codes(cafe)) == (tamper, found)
            assert codes(cafe) == found, "a check changes nothing"
            owner.execute(undo.format(account=account.id))
            assert codes(cafe) == []
        check_from_the_command_line(cafe, account, owner)


def check_from_the_command_line(cafe, account, owner):
    told = StringIO()
    call_command("check_ledger", stdout=told)
    assert told.getvalue() == "The books of 1 merchants balance.\n"
    owner.execute(TAMPERING[2][0].format(account=account.id))
    complaints = StringIO()
    with pytest.raises(CommandError, match="1 figures"):
        call_command("check_ledger", merchant=cafe.public_id, stderr=complaints)
    assert (
        complaints.getvalue() == f"Café Morgenrot: {account.public_id}: lifetime: found 101, expected 100\n"
    )
