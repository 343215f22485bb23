"""What `rewards.standing` does not say, and campaigns ask: usual purchases, and which round of saving this is."""

from datetime import timedelta
from fractions import Fraction
from math import ceil
from uuid import UUID

from django.db import connection

from loyalty import clock, tenancy
from rewards import standing
from rewards.standing import Standing

# A usual purchase is the average of the last ten that gave something, within half a year.
PURCHASES = 10
LOOKS_BACK = timedelta(days=183)


def of_members(members) -> list[tuple[UUID, Standing]]:
    """(member id, standing) for each account of the members in programs that run now. A fixed number of statements."""
    by_member = standing.of_many(list(members))
    return [(member_id, one) for member_id, found in by_member.items() for one in found if one.account_id]


def usual_amounts(account_ids: list) -> dict[object, Fraction]:
    """What a usual purchase gives, by account id; accounts without one are missing. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, sum(amount - taken_back), count(*) FROM ("
            "  SELECT account_id, amount, taken_back,"
            "    row_number() OVER (PARTITION BY account_id ORDER BY occurred_at DESC, id DESC) AS place"
            "  FROM programs_credit"
            "  WHERE merchant_id = %s AND account_id = ANY(%s) AND occurred_at > %s AND amount > taken_back"
            ") AS recent WHERE place <= %s GROUP BY account_id",
            [tenancy.merchant_id(), account_ids, clock.now() - LOOKS_BACK, PURCHASES],
        )
        return {account: Fraction(int(total), count) for account, total, count in cursor.fetchall()}


def visits(missing: int, usual: Fraction | None) -> int | None:
    """About how many usual purchases give what is missing; None where nothing is known of them."""
    return ceil(missing / usual) if usual else None


def rounds(account_costs: list[tuple[UUID, int]], *, reached: bool) -> list[int]:
    """For accounts with a cost each: the number of the last entry that left the balance at the cost or above.

    reached=False: that left it below. 0 if there was none. While a balance stays on one side of a cost this
    number stays the same, so that it names the round: what is said on the way there is said once. One statement.
    """
    if not account_costs:
        return []
    account_ids, costs = zip(*account_costs, strict=True)
    side = ">=" if reached else "<"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT number FROM programs_entry AS entry"
            "   WHERE entry.merchant_id = %s AND entry.account_id = asked.account_id"
            f"  AND entry.balance_after {side} asked.cost ORDER BY number DESC LIMIT 1), 0)"
            " FROM unnest(%s::uuid[], %s::bigint[]) WITH ORDINALITY AS asked(account_id, cost, place) ORDER BY place",
            [tenancy.merchant_id(), list(account_ids), list(costs)],
        )
        return [row[0] for row in cursor.fetchall()]
