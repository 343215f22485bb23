"""Tiers, plans and standing discounts in words: what is held, what it brings, how far it is to the next.

The card, the counter and the dashboard say it with these. In the active language.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.design import wording
from loyalty.design.wording import plain
from programs import tiers
from programs.because import unit


def is_one(standing) -> bool:
    """Whether a program is told by its level: tiers, or a plan that is paid for."""
    return standing.tier is not None or bool(standing.level)


def held(standing) -> str:
    """The name of the tier, or of the plan; "" for none."""
    return (standing.tier.name if standing.tier else "") or standing.level


def benefits(standing):
    """What the member's purchases have of this program (types.base.Benefits), with the tier or plan that is held."""
    live = standing.live
    return live.type.benefits(live.settings, held(standing))


def brings(standing) -> list[str]:
    """What is held, in short: "5 % off", "points times 1.5". Empty for programs that only collect."""
    return of_benefits(benefits(standing))


def of_benefits(found) -> list[str]:
    told = []
    if found.discount_percent:
        told.append(_("%(percent)s %% off") % {"percent": plain(float(found.discount_percent), _language())})
    if found.multiplier != 1:
        told.append(_("points times %(count)s") % {"count": plain(float(found.multiplier), _language())})
    return told


def in_short(standing) -> str:
    """ "Gold, 5 % off": the level with what it brings; of a discount card what it takes off. "" where there is none."""
    return ", ".join(filter(None, [held(standing), *brings(standing)]))


def next_step(standing) -> str:
    """ "260 € more to Platinum." At the top: that there is nothing above."""
    tier = standing.tier
    if tier.next is None:
        return _("There is nothing above it.") if tier.name else ""
    return _("%(missing)s more to %(tier)s.") % {"missing": amount(standing, tier.missing), "tier": tier.next}


def so_far(standing) -> str:
    """What counts towards the next tier, and what there is of it."""
    counted = amount(standing, standing.tier.counted)
    match standing.live.settings.window:
        case tiers.Rolling(months=months):
            text = ngettext(
                "The last %(count)s month counts, so far %(amount)s.",
                "The last %(count)s months count, so far %(amount)s.",
                months,
            )
            return text % {"count": wording.count_word(months, _language()), "amount": counted}
        case tiers.CalendarYear():
            return _("This year counts, so far %(amount)s.") % {"amount": counted}
    return _("So far %(amount)s.") % {"amount": counted}


def way(standing) -> tuple[int, int]:
    """How much of the way to the next tier is done, and how long it is; (0, 0) where nothing is above."""
    tier = standing.tier
    if tier is None or tier.next is None:
        return 0, 0
    above = next(one for one in standing.live.settings.tiers if one.name == tier.next)
    return max(0, tier.counted - tier.threshold), above.threshold - tier.threshold


def until(standing) -> str:
    """ "until 31 December 2027", or "" for what stays."""
    tier = standing.tier
    if tier is None or tier.until is None:
        return ""
    # A period that ends at 24:00 is written as the next day's 0:00; people say the day before.
    day = (tier.until - timedelta(seconds=1)).astimezone(ZoneInfo(tenancy.merchant().timezone)).date()
    return _("until %(day)s") % {"day": wording.long_day(day, _language())}


def amount(standing, figure) -> str:
    """A figure that counts towards a tier, in its unit."""
    return amount_of(standing.live, figure)


def amount_of(live, figure) -> str:
    language = _language()
    match live.settings.qualify_by:
        case "spend":
            return wording.amount(figure, tenancy.merchant().currency, language, short=True)
        case "points":
            name = live.program.unit_singular if figure == 1 else live.program.unit_plural
            return f"{plain(figure, language)} {unit(name)}"
    return ngettext("%(count)s visit", "%(count)s visits", figure) % {"count": plain(figure, language)}


def _language():
    return get_language() or "en"
