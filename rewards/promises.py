"""What a program of any type promises, in a headline and a sentence: tiers, a club, cash-back, a discount.

The words of punch cards and points are in `rewards/offers.py` and on the poster. In the active language.
"""

from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.design import wording
from programs.catalogue import Live
from programs.explaining import Words
from rewards import levels
from rewards.models import Reward
from rewards.sentences import capitalised

# More tiers than that do not fit on a poster.
TIERS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Promise:
    """headline: "Gold ab 750 €: 5 % Rabatt." rule: what else is to be known, or ""."""

    headline: str
    rule: str = ""


def of(live: Live) -> Promise:
    settings = live.settings
    if live.type.has_tiers:
        return _tiers(live)
    if plans := getattr(settings, "plans", ()):
        return _club(live, plans)
    if live.type.counts_money:
        return _cash_back(live)
    first, *rest = [*live.type.sentences(settings, Words(live, tenancy.merchant().currency)), ""]
    return Promise(first, rest[0] if rest else "")


def _tiers(live):
    """The first tiers that bring anything, each with what it brings."""
    told = [(tier, _tier_brings(live, tier)) for tier in live.settings.tiers]
    lines = [
        _("%(tier)s from %(threshold)s: %(brings)s.") % {
            "tier": tier.name, "threshold": levels.amount_of(live, tier.threshold), "brings": ", ".join(brings),
        }
        for tier, brings in told if brings
    ][:TIERS_TOLD]  # fmt: skip
    if not lines:
        names = ", ".join(tier.name for tier in live.settings.tiers)
        return Promise(_("Collect, and rise: %(tiers)s.") % {"tiers": names})
    return Promise(capitalised(lines[0]), " ".join(lines[1:]))


def _tier_brings(live, tier):
    found = levels.of_benefits(live.type.benefits(live.settings, tier.name))
    reward = Reward.objects.by_public_id(Reward.prefix, tier.entry_reward) if tier.entry_reward else None
    return [*found, *([reward.name] if reward else []), *tier.perks[:1]]


def _club(live, plans):
    cheapest = min(plans, key=lambda plan: plan.price_minor * (12 if plan.interval == "month" else 1))
    facts = {"club": live.program.name, "price": _money(cheapest.price_minor)}
    by_month, by_year = _("%(club)s for %(price)s a month"), _("%(club)s for %(price)s a year")
    offered = (by_month if cheapest.interval == "month" else by_year) % facts
    benefits = live.settings.benefits
    brings = [*levels.of_benefits(live.type.benefits(live.settings, cheapest.name)), *benefits.perks[:2]]
    trial = ""
    if days := cheapest.trial_days:
        trial = ngettext("The first day is free.", "The first %(count)s days are free.", days) % {
            "count": days
        }
    headline = _("%(offered)s: %(brings)s.") if brings else _("%(offered)s.")
    return Promise(headline % {"offered": offered, "brings": ", ".join(brings)}, trial)


def _cash_back(live):
    settings = live.settings
    reward = Reward.objects.by_public_id(Reward.prefix, settings.reward) if settings.reward else None
    facts = {"per": _money(settings.per_minor)}
    if reward and reward.kind == Reward.Kind.GIFT_CARD:
        facts["value"] = _money(reward.value_minor)
        headline = _("For every %(per)s a gift card of %(value)s.") % facts
    elif reward:
        headline = _("For every %(per)s: %(reward)s.") % (facts | {"reward": reward.name})
    else:
        headline = _("For every %(per)s spent there is a reward.") % facts
    return Promise(headline, _("What is left over is kept for the next purchase."))


def _money(minor):
    return wording.amount(minor, tenancy.merchant().currency, get_language() or "en", short=True)
