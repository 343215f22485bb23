"""What a program promises, in the words of a poster. Call it in the guests' language."""

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import brands, tenancy
from loyalty.dashboard.paper.poster import Offer
from loyalty.design import wording
from loyalty.merchants.models import Merchant
from programs.catalogue import Live
from rewards import catalogue, promises, sentences
from rewards.models import Reward


def of(merchant: Merchant, live: Live | None, *, headline: str, address: str) -> Offer:
    """The words and colours of a poster. headline: the owner's own, or "" for ours. address: of the sign-up."""
    logo = bytes(merchant.logo) if merchant.logo and merchant.logo_type == "image/png" else None
    return Offer(
        shop=merchant.name,
        tagline=merchant.tagline,
        headline=headline or promise(live),
        stamp_word=_("free"),
        title=(_("Scan, and"), _("the card is there.")),
        steps=(
            _("Point the camera at the code"),
            _("Enter name and e-mail, done in 20 seconds"),
            welcome(live),
        ),
        foot=f"{_('No app, no password.')} {rule(live)}".strip(),
        address=address.removeprefix("https://").removeprefix("http://").rstrip("/"),
        link=address,
        motif=merchant.motif,
        colours=brands.palette(merchant),
        logo=logo,
    )


def promise(live: Live | None) -> str:
    """The headline: "Zehn Stempel, ein Kaffee aufs Haus."."""
    if live is None:
        return _("A card for our regulars.")
    if not _collects(live):
        return promises.of(live).headline
    reward = _reward(live)
    if hasattr(live.settings, "stamps_required"):
        count = live.settings.stamps_required
        words = {
            "count": sentences.capitalised(wording.count_word(count, _language())),
            "reward": _inside(reward),
        }
        if reward:
            sentence = ngettext(
                "%(count)s stamp, %(reward)s on the house.",
                "%(count)s stamps, %(reward)s on the house.",
                count,
            )
        else:
            sentence = ngettext("%(count)s stamp, one reward.", "%(count)s stamps, one reward.", count)
        return sentence % words
    if reward:
        return _("Collect points, %(reward)s on the house.") % {"reward": _inside(reward)}
    return _("Collect points at each purchase.")


def welcome(live: Live | None) -> str:
    """What joining brings, or when the first stamp comes."""
    given = getattr(live.settings, "welcome_stamps", 0) if live else 0
    if given:
        words = {"count": wording.count_word(given, _language())}
        return ngettext("The first stamp is on us", "The first %(count)s stamps are on us", given) % words
    return _("Show it at each purchase")


def rule(live: Live | None) -> str:
    """The rule in one short sentence."""
    if live is None:
        return ""
    if not _collects(live):
        return promises.of(live).rule
    if hasattr(live.settings, "earn"):
        earn = live.settings.earn
        money = wording.amount(earn.per_minor, _currency(), _language(), short=True)
        words = {"count": wording.plain(earn.points, _language()), "money": money}
        return (
            ngettext(
                "%(count)s point for each %(money)s.", "%(count)s points for each %(money)s.", earn.points
            )
            % words
        )
    per = live.settings.stamp_per
    if per == "amount":
        money = wording.amount(live.settings.per_minor, _currency(), _language(), short=True)
        return _("One stamp for each %(money)s.") % {"money": money}
    return _("One stamp per item.") if per == "item" else _("One stamp per visit.")


def sign_up_url(merchant: Merchant, base: str) -> str:
    """Where guests sign up. base: the address of this installation, without a slash at its end."""
    return f"{base}{reverse('join', args=[merchant.slug])}"


def _reward(live: Live | None) -> Reward | None:
    if live is None:
        return None
    if hasattr(live.settings, "stamps_required"):
        named = live.settings.reward
        return Reward.objects.by_public_id(Reward.prefix, named) if named else None
    return catalogue.available().filter(program=live.program).first()


def _collects(live: Live) -> bool:
    """Whether it is stamps or points that are collected for rewards; all else is told by what it promises."""
    return hasattr(live.settings, "stamps_required") or (
        hasattr(live.settings, "earn") and not live.type.has_tiers
    )


def _inside(reward: Reward | None) -> str:
    return sentences.inside(reward.name.strip().rstrip(".")) if reward else ""


def _language() -> str:
    return get_language() or "en"


def _currency() -> str:
    return tenancy.merchant().currency
