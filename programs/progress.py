"""Where members stand in tiered programs: what they hold, until when, and what is missing to the next tier.

Rule: docs/rules/tiers.md, "Tiers".
"""

from dataclasses import dataclass
from datetime import datetime

from loyalty import clock, tenancy
from programs import reviewing, tiers


@dataclass(frozen=True, slots=True)
class Progress:
    """name: of the tier held, None below the lowest. until: the end of the period, or of the grace once it runs; None
    where it stays. next, missing: the tier above and what it wants, in minor units, points or visits; None at the top.
    """

    name: str | None
    until: datetime | None
    next: str | None
    missing: int | None
    perks: tuple[str, ...] = ()
    threshold: int = 0
    counted: int = 0


def of(standings) -> dict:
    """Progress by (member id, program id), of [(member id, live, account or None)]; none but tiered programs have any.

    One statement, and none where no program has tiers.
    """
    tiered = [one for one in standings if one[1].type.has_tiers]
    if not tiered:
        return {}
    counted = reviewing.counted_of([account.id for _member, _live, account in tiered if account])
    return {
        (member_id, live.program.id): _progress(live, account, counted[account.id] if account else [])
        for member_id, live, account in tiered
    }


def _progress(live, account, counted):
    scheme = live.type.scheme(live.settings, tenancy.merchant().timezone)
    now = clock.now()
    dated = [(scheme.counts_until(at), n) for at, n in counted]
    dated = [(until, n) for until, n in dated if until is None or until > now]
    value = sum(n for _until, n in dated)
    place = live.type.place(live.settings, account.level if account else "")
    if place == tiers.NONE:
        place = tiers.reached(scheme.thresholds, value)
    all_tiers = live.settings.tiers
    held = all_tiers[place] if place != tiers.NONE else None
    above = all_tiers[place + 1] if place + 1 < len(all_tiers) else None
    until = (account.level_until_at if account else None) or scheme.lasts_until(place, dated)
    return Progress(
        held.name if held else None, until, above.name if above else None,
        max(0, above.threshold - value) if above else None, held.perks if held else (),
        held.threshold if held else 0, value,
    )  # fmt: skip
