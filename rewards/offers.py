"""What a merchant offers, in a headline and a sentence: on the poster, at sign-up, in the launch kit.

In the active language.
"""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.design import wording
from programs import catalogue
from programs.catalogue import Live
from rewards import promises
from rewards.models import Reward
from rewards.sentences import capitalised, inside


@dataclass(frozen=True, slots=True)
class Offer:
    """headline: "Zehn Stempel, ein Kaffee aufs Haus." text: how it works. stamps, welcome: of a punch card, else 0."""

    headline: str
    text: str
    stamps: int = 0
    welcome: int = 0
    reward: str = ""


def of_merchant() -> Offer:
    """The offer of the merchant in scope: of its first running program, or a plain welcome without one."""
    programs = catalogue.live()
    if not programs:
        merchant = tenancy.merchant()
        return Offer(_("The card of %(shop)s.") % {"shop": merchant.name}, _("No app, no password."))
    return of_program(programs[0])


def of_program(live: Live) -> Offer:
    if hasattr(live.settings, "stamps_required"):
        return _punch_card(live)
    if hasattr(live.settings, "earn") and not live.type.has_tiers:
        return _points(live)
    promise = promises.of(live)
    return Offer(promise.headline, " ".join(filter(None, [promise.rule, _("No app, no password.")])))


def _punch_card(live):
    settings, language = live.settings, get_language() or "en"
    reward = Reward.objects.by_public_id("rwd", settings.reward).name if settings.reward else _("a reward")
    headline = _("%(count)s stamps, %(reward)s on the house.") % {
        "count": wording.count_word(settings.stamps_required, language), "reward": inside(reward),
    }  # fmt: skip
    how = {"visit": _("One stamp per visit"), "item": _("One stamp per item")}.get(settings.stamp_per) or _(
        "One stamp for every %(amount)s"
    ) % {"amount": wording.amount(settings.per_minor, tenancy.merchant().currency, language, short=True)}
    first = {0: "", 1: _("the first one is on it already")}.get(
        settings.welcome_stamps, _("the first %(count)s are on it already") % {
            "count": wording.count_word(settings.welcome_stamps, language)
        },
    )  # fmt: skip
    how = f"{how}, {first}." if first else f"{how}."
    text = f"{how} {_('No app, no password.')}"
    return Offer(capitalised(headline), text, settings.stamps_required, settings.welcome_stamps, reward)


def _points(live):
    earn, language = live.settings.earn, get_language() or "en"
    per = wording.amount(earn.per_minor, tenancy.merchant().currency, language, short=True)
    count = wording.count_word(earn.points, language)
    rate = (
        _("One point for every %(per)s") if earn.points == 1 else _("%(count)s points for every %(per)s")
    ) % {"per": per, "count": count}
    cheapest = (
        Reward.objects.filter(program=live.program, archived_at=None, unlocked_only=False)
        .order_by("cost")
        .first()
    )
    shared = _("The points count at all shops that take part.") if live.type.is_shared else ""
    text = " ".join(filter(None, [shared, _("No app, no password.")]))
    if cheapest is None:
        return Offer(capitalised(f"{rate}."), text)
    headline = _("%(rate)s, from %(cost)s points %(reward)s.") % {
        "rate": rate, "cost": wording.plain(cheapest.cost, language), "reward": inside(cheapest.name),
    }  # fmt: skip
    return Offer(capitalised(headline), text, reward=cheapest.name)
