"""Whether a message whose time has come is still wanted. Pure. Rule: docs/operating.md, "Messages and workers"."""

from dataclasses import dataclass
from datetime import datetime

from campaigns import cap, quiet_hours
from campaigns.campaign import Campaign


@dataclass(frozen=True, slots=True)
class Verdict:
    """Send it (neither is set), leave it out for a reason, or look again at a later moment."""

    skip: str = ""
    later: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the member now. recent: when promotional messages went out in the last days."""

    reachable: bool
    consents: bool
    timezone: str
    outdated: str
    recent: tuple[datetime, ...]


SEND = Verdict()


def judge(campaign: Campaign, situation: Situation, now: datetime) -> Verdict:
    """What to do with a due message now: the member first, then the truth of it, the hour, the cap."""
    if not situation.reachable:
        return Verdict(skip="no address any more")
    if campaign.is_promotional and not situation.consents:
        return Verdict(skip="consent was withdrawn")
    if situation.outdated:
        return Verdict(skip=situation.outdated)
    if not campaign.at_once:
        opening = quiet_hours.next_good_moment(now, situation.timezone, campaign.earliest)
        if opening > now:
            return Verdict(later=opening)
    if campaign.is_promotional:
        return _by_cap(campaign, situation, now)
    return SEND


def _by_cap(campaign, situation, now):
    allowed = cap.next_allowed(situation.recent, now)
    if allowed <= now:
        return SEND
    if not campaign.waits_for_room:
        return Verdict(skip=f"{cap.MESSAGES} messages in {cap.DAYS.days} days already")
    return Verdict(later=quiet_hours.next_good_moment(allowed, situation.timezone, campaign.earliest))
