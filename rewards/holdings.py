"""What members hold, and what is on offer to them: read in one round trip, however many members there are."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from loyalty import clock, tenancy
from loyalty.tenancy import prepared
from programs.accounts import Account, Unlock
from rewards.models import Reward


@dataclass(slots=True)
class Holdings:
    """accounts: by (member id, program id). lots: what is left of those that end, [(amount, ends_at)], by account, what
    ends first comes first. on_offer: rewards that points can buy now, for
    somebody at least, cheapest first. of_cards: the rewards of the
    programs asked for, by public id. open, taken: Unlocks with their rewards, oldest first.
    """

    accounts: dict = field(default_factory=dict)
    lots: dict = field(default_factory=lambda: defaultdict(list))
    on_offer: list[Reward] = field(default_factory=list)
    of_cards: dict[str, Reward] = field(default_factory=dict)
    open: list[Unlock] = field(default_factory=list)
    taken: list[Unlock] = field(default_factory=list)


def of(member_ids, *, ends, cards) -> Holdings:
    """ends: {program id: the last day for spending} of programs that have one. cards: ids of programs with full cards.

    taken: of the rewards that were handed out unasked, those that were not cancelled.
    """
    merchant_id, now = tenancy.merchant_id(), clock.now()
    members = list(member_ids)
    accounts, lots, rewards, unlocks = prepared.several(
        (_accounts(), (merchant_id, members)),
        (LOTS, (merchant_id, merchant_id, members, list(ends))),
        (_rewards(), (now, now, now, now, merchant_id, list(cards))),
        (_unlocks(), (merchant_id, merchant_id, members)),
    )
    found = Holdings()
    for row in accounts:
        account = prepared.instance(Account, row)
        found.accounts[account.member_id, account.program_id] = account
    for account_id, program_id, remaining, expires_at in lots:
        last_day = ends.get(program_id)
        ends_at = min(one for one in (expires_at, last_day) if one is not None)
        found.lots[account_id].append((remaining, ends_at))
    for several in found.lots.values():
        several.sort(key=lambda one: one[1])
    for is_available, *values in rewards:
        reward = prepared.instance(Reward, values)
        if is_available:
            found.on_offer.append(reward)
        if reward.program_id in cards:
            found.of_cards[reward.public_id] = reward
    for row in unlocks:
        unlock = prepared.instance(Unlock, row[:_UNLOCK])
        unlock.reward = prepared.instance(Reward, row[_UNLOCK:])
        (found.open if unlock.status == Unlock.Status.OPEN else found.taken).append(unlock)
    return found


_UNLOCK = len(Unlock._meta.concrete_fields)
_THEIRS = "(SELECT id FROM programs_account WHERE merchant_id = %s AND member_id = ANY(%s::uuid[]))"
# Those that never end are many, and nobody asks for them; in a program that closes, all end.
LOTS = (
    "SELECT l.account_id, a.program_id, l.remaining, l.expires_at FROM programs_lot AS l"
    " JOIN programs_account AS a ON a.merchant_id = l.merchant_id AND a.id = l.account_id"
    " WHERE l.merchant_id = %s AND a.merchant_id = %s AND a.member_id = ANY(%s::uuid[]) AND l.remaining > 0"
    " AND (l.expires_at IS NOT NULL OR a.program_id = ANY(%s::uuid[])) ORDER BY l.id"
)


@cache
def _accounts():
    return (
        f"SELECT {prepared.columns_of(Account)} FROM programs_account WHERE merchant_id = %s"
        " AND member_id = ANY(%s::uuid[])"
    )


@cache
def _rewards():
    """As rewards.catalogue.available, with what some can have already, and those of some programs whether they are
    available or not."""
    available = (
        "archived_at IS NULL AND NOT unlocked_only AND program_id IS NOT NULL"
        " AND kind <> 'recognition' AND (starts_at IS NULL OR starts_at <= %s OR early_access IS NOT NULL"
        " AND starts_at <= %s::timestamptz + make_interval(hours => (early_access ->> 'hours')::int))"
        " AND (ends_at IS NULL OR ends_at > %s) AND (takes_place_at IS NULL OR takes_place_at > %s)"
        " AND (stock IS NULL OR taken < stock) AND (capacity IS NULL OR taken < capacity)"
    )
    columns = prepared.columns_of(Reward)
    return (
        f"SELECT * FROM (SELECT {available} AS available, {columns} FROM rewards_reward WHERE merchant_id = %s) AS r"
        " WHERE available OR program_id = ANY(%s::uuid[]) ORDER BY cost, id"
    )


@cache
def _unlocks():
    columns = f"{prepared.columns_of(Unlock, alias='u')}, {prepared.columns_of(Reward, alias='r')}"
    return (
        f"SELECT {columns} FROM programs_unlock AS u"
        " JOIN rewards_reward AS r ON r.merchant_id = u.merchant_id AND r.id = u.reward_id"
        f" WHERE u.merchant_id = %s AND u.account_id IN {_THEIRS}"
        " AND (u.status = 'open' OR u.status = 'taken' AND u.as_voucher) ORDER BY u.at, u.id"
    )
