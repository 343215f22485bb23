"""What comes next, in one sentence: on the card, at the counter, in mails. In the active language."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty.design import wording
from programs.because import unit
from rewards.standing import Standing

# Names of rewards that begin with one of these go on in small letters inside a sentence: "dann ist ein Kaffee …".
_ARTICLES = {"a", "an", "the", "one", "two", "ein", "eine", "einen", "der", "die", "das", "zwei", "drei"}


def next_step(standing: Standing) -> str:
    """ "Three more stamps, then a coffee is free." Empty where there is nothing to save for."""
    if standing.unlocked:
        return _("%(reward)s is waiting for you.") % {"reward": standing.unlocked[0].name}
    if standing.next_reward is None:
        if standing.reachable:
            return _("Enough for %(reward)s.") % {"reward": inside(standing.reachable[-1].name)}
        return ""
    return to_go(standing.next_reward.missing, standing.next_reward.reward.name, standing)


def to_go(missing: int, reward: str, standing: Standing) -> str:
    """How far it still is to a reward."""
    language = get_language() or "en"
    facts = {"count": wording.count_word(missing, language), "reward": inside(reward)}
    if standing.stamps_required:
        text = ngettext(
            "%(count)s more stamp, then %(reward)s is free.",
            "%(count)s more stamps, then %(reward)s is free.",
            missing,
        )
        return capitalised(text % facts)
    name = standing.program.unit_singular if missing == 1 else standing.program.unit_plural
    facts = {"count": wording.plain(missing, language), "unit": unit(name), "reward": reward}
    return _("%(count)s more %(unit)s to “%(reward)s”.") % facts


def inside(name: str) -> str:
    """The name of a reward as it stands inside a sentence."""
    first, space, rest = name.partition(" ")
    return f"{first.lower()}{space}{rest}" if first.lower() in _ARTICLES else name


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
