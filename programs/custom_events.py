"""What is not a purchase and deserves something all the same: a review, a visit to the stand. Told by a till or shop.

Rule: docs/rules/occasions.md, "Custom events"
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from loyalty import clock, ids, tenancy
from loyalty.errors import Refused
from loyalty.events import recording
from members import locking
from members.models import Member
from programs import catalogue, giving
from programs.giving import Given
from programs.purchases import MemberGone


@dataclass(frozen=True, slots=True)
class Happened:
    """A custom event as it was credited. given: one for each program that the member takes part in."""

    name: str
    external_id: str | None
    given: list[Given]
    is_repeat: bool


def record(*, member, name, external_id=None) -> Happened:
    """Give what the rules for this event give, in every program that runs; once for each external id of a member.

    A repeat is answered with what was given then. Locks the member, then the accounts. Raises MemberGone.
    """
    locking.lock([member.id])
    if member.status == Member.Status.ERASED:
        raise _gone(member)
    now = clock.now()
    local = now.astimezone(ZoneInfo(tenancy.merchant().timezone))
    key = f"custom:{external_id if external_id is not None else ids.new().hex}"
    programs = [live for live in catalogue.live(now) if giving.taking_part([member.id], live)]
    occasions = [giving.Occasion(member.id, live, key, _rules(live, name), local) for live in programs]
    given = iter(giving.give([one for one in occasions if one.rules]))
    told = [next(given) if one.rules else Given(one, 0, []) for one in occasions]
    is_repeat = any(one.is_repeat for one in told)
    if not is_repeat:
        recording.record(
            "custom.recorded", member_id=member.id, member=member.public_id, name=name, external_id=external_id,
            credits=[{"program": one.occasion.live.program.public_id, "amount": one.amount} for one in told],
        )  # fmt: skip
    return Happened(name, external_id, told, is_repeat)


def _rules(live, name):
    return tuple(rule for rule in giving.rules_for(live, "custom") if rule.when.name == name)


def _gone(member) -> Refused:
    return MemberGone(member=member.public_id)
