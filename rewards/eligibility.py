"""Who may have a reward, and when: times, tiers, segments, what has to be spent before, how often.

Read for many members at once; then it is asked without another statement. Locks nothing.
Rule: docs/rules/rewards.md, "Who may have it".
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from loyalty import tenancy
from loyalty.errors import Refused
from members.segments import asking, choosing
from programs.accounts import Account
from programs.models import Purchase
from rewards import refusals
from rewards.models import Redemption, Reward


@dataclass(slots=True)
class Known:
    """What conditions look at, of one member. levels: names of the tiers and plans that are held, in all programs.
    segments: public ids. spent: minor units, less refunds, by the number of days. had: how often, by reward.
    """

    levels: set[str] = field(default_factory=set)
    segments: set[str] = field(default_factory=set)
    spent: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    had: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))


def of_members(rewards: Iterable[Reward], member_ids: Collection[UUID]) -> dict[UUID, Known]:
    """What the conditions of these rewards look at, of each member.

    At most five statements, however many members and rewards; none for what no reward asks.
    """
    rewards = list(rewards)
    found = {member_id: Known() for member_id in member_ids}
    _read_levels(found, rewards)
    segments = {one for reward in rewards for one in (*reward.segments, *_early(reward, "segments"))}
    if segments:
        for member_id, held in choosing.among(segments, found).items():
            found[member_id].segments = held
    _read_spend(found, {reward.unlock["within_days"] for reward in rewards if reward.unlock})
    _read_had(found, [reward.id for reward in rewards if reward.per_member is not None])
    return found


def refusal(reward: Reward, known: Known, now: datetime) -> Refused | None:
    """Why a member cannot have a reward at a moment, or None. Pure."""
    if reward.archived_at is not None or is_over(reward, now):
        return refusals.Ended(reward=reward.public_id)
    begins_at = begins_for(reward, known)
    if begins_at and begins_at > now:
        return refusals.NotStarted(reward=reward.public_id, starts_at=begins_at.isoformat())
    if reward.tiers and not known.levels & set(reward.tiers):
        return refusals.NeedsTier(reward=reward.public_id, reason="tier", tiers=list(reward.tiers))
    if reward.segments and not known.segments & set(reward.segments):
        return refusals.NeedsSegment(
            reward=reward.public_id, reason="segment", segments=list(reward.segments)
        )
    if missing := spend_missing(reward, known):
        return refusals.NeedsSpend(
            reward=reward.public_id, reason="spend", missing_minor=missing,
            currency=tenancy.merchant().currency, **reward.unlock or {},
        )  # fmt: skip
    if reward.per_member is not None and known.had[reward.id] >= reward.per_member:
        return refusals.LimitReached(reward=reward.public_id, limit=reward.per_member)
    return None


def is_over(reward: Reward, now: datetime) -> bool:
    """Whether its time is over: exactly at its end, or when it takes place."""
    return any(end is not None and end <= now for end in (reward.ends_at, reward.takes_place_at))


def begins_for(reward: Reward, known: Known) -> datetime | None:
    """From when on a member may have it: so many hours earlier for those with early access."""
    if reward.starts_at is None or reward.early_access is None:
        return reward.starts_at
    is_early = known.levels & set(_early(reward, "tiers")) or known.segments & set(_early(reward, "segments"))
    return reward.starts_at - timedelta(hours=reward.early_access["hours"]) if is_early else reward.starts_at


def spend_missing(reward: Reward, known: Known) -> int:
    """What still has to be spent before it can be had, in minor units; 0 where nothing is missing."""
    if reward.unlock is None:
        return 0
    return max(0, reward.unlock["spend_minor"] - known.spent[reward.unlock["within_days"]])


def may_have(reward: Reward, known: Known, now: datetime) -> bool:
    """Whether it is one for this member, now or once more is spent."""
    found = refusal(reward, known, now)
    return found is None or isinstance(found, refusals.NeedsSpend)


def _early(reward, name):
    return (reward.early_access or {}).get(name) or ()


def _read_levels(found, rewards):
    if not any(reward.tiers or _early(reward, "tiers") for reward in rewards):
        return
    rows = Account.objects.filter(member_id__in=list(found)).exclude(level="")
    for member_id, level in rows.values_list("member_id", "level"):
        found[member_id].levels.add(level)


def _read_spend(found, spans):
    """What was paid on so many days, today and those before; what was given back does not count."""
    if not spans:
        return
    asked, paid = asking.now(), F("net_minor") - F("refunded_minor")
    sums = {
        f"days_{days}": Sum(paid, default=0, filter=Q(occurred_at__gte=asked.days_ago(days)))
        for days in spans
    }
    rows = Purchase.objects.filter(member_id__in=list(found), occurred_at__gte=asked.days_ago(max(spans)))
    for row in rows.values("member_id").annotate(**sums):
        found[row["member_id"]].spent |= {days: int(row[f"days_{days}"]) for days in spans}


def _read_had(found, limited):
    if not limited:
        return
    rows = Redemption.objects.filter(
        member_id__in=list(found), reward_id__in=limited, status=Redemption.Status.DONE
    )
    for row in rows.values("member_id", "reward_id").annotate(count=Count("id")):
        found[row["member_id"]].had[row["reward_id"]] = row["count"]
