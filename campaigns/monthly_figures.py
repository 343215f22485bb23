"""The figures of the monthly summaries of many members: read set by set, in a fixed number of statements."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count

from campaigns import letters, standings
from loyalty import clock, tenancy
from members.models import Member
from rewards.models import Redemption
from rewards.standing import Standing

# What expires within this time is told, with what to do about it.
SOON = timedelta(days=62)
REWARDS_SHOWN = 3

# The four movements a summary tells, and the rest. Their sum is the change of the balance, exactly.
_MOVEMENTS = {
    "earn": "added",
    "activate": "added",
    "redeem": "redeemed",
    "restore": "redeemed",
    "refund": "taken_back",
    "expire": "expired",
}
_NAMES = ("added", "redeemed", "taken_back", "expired", "corrected")


def of_members(members: list[Member], since: datetime, until: datetime) -> dict[UUID, list[dict]]:
    """{member id: [figures of an account]}: the movements of [since, until), and what there is now."""
    found = standings.of_members(members)
    account_ids = [one.account_id for _id, one in found]
    moved, usual, had = (
        _movements(account_ids, since, until),
        standings.usual_amounts(account_ids),
        _had(found),
    )
    figures = defaultdict(list)
    for member_id, one in found:
        offered = [reward for reward in one.reachable if _may_have(member_id, reward, had)]
        figures[member_id].append(
            {
                "program": one.program.public_id,
                **letters.unit_of(one),
                "balance": one.spendable,
                **moved[one.account_id],
                "next": _next(one, usual.get(one.account_id)),
                "expiring": _expiring(one, offered, usual.get(one.account_id)),
                "unlocked": [reward.name for reward in one.unlocked],
                "within_reach": [_priced(reward) for reward in offered[-REWARDS_SHOWN:]],
            }
        )
    return figures


def _movements(account_ids, since, until):
    moved = defaultdict(lambda: dict.fromkeys(_NAMES, 0))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, kind, sum(amount) FROM programs_entry"
            " WHERE merchant_id = %s AND account_id = ANY(%s) AND at >= %s AND at < %s GROUP BY account_id, kind",
            [tenancy.merchant_id(), account_ids, since, until],
        )
        for account_id, kind, amount in cursor.fetchall():
            moved[account_id][_MOVEMENTS.get(kind, "corrected")] += int(amount)
    return moved


def _had(found):
    """How often each member had a reward that is limited per member: {(member id, reward id): count}."""
    limited = {reward.id for _id, one in found for reward in one.reachable if reward.per_member is not None}
    if not limited:
        return {}
    taken = Redemption.objects.filter(
        member__in={member_id for member_id, _one in found}, reward__in=limited, status=Redemption.Status.DONE
    )
    counted = taken.values_list("member_id", "reward_id").annotate(count=Count("id"))
    return {(member_id, reward_id): count for member_id, reward_id, count in counted}


def _may_have(member_id, reward, had):
    return reward.per_member is None or had.get((member_id, reward.id), 0) < reward.per_member


def _priced(reward):
    return {"reward": reward.name, "cost": reward.cost}


def _next(one: Standing, usual):
    goal = one.next_reward
    if goal is None:
        return None
    return {
        "reward": goal.reward.name,
        "at": goal.at,
        "missing": goal.missing,
        "visits": standings.visits(goal.missing, usual),
    }


def _expiring(one: Standing, offered, usual):
    """What expires next, if it does so soon: all that expires at that same moment."""
    moment = min((at for _amount, at in one.expiring), default=None)
    if moment is None or moment > clock.now() + SOON:
        return None
    amount = sum(amount for amount, at in one.expiring if at == moment)
    return {"amount": amount, "at": moment.isoformat(), "help": _help(one, amount, offered, usual)}


def _help(one: Standing, amount, offered, usual):
    """What can be done about points that expire: the best that helps, or None."""
    if enough := [reward for reward in offered if reward.cost <= amount]:
        return {"kind": "enough", "reward": enough[-1].name}
    if offered:
        return {"kind": "reached", "reward": offered[-1].name}
    goal = one.next_reward
    if goal is not None and standings.visits(goal.missing, usual) == 1:
        return {"kind": "next_purchase", "reward": goal.reward.name}
    if one.live.settings.expiry.kind == "inactivity":
        return {"kind": "keep_by_buying", "reward": ""}
    return None
