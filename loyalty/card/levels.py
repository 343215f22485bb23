"""Tiers and plans on the card: what is held, until when, what is missing to the next, what it brings."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.design.wording import plain
from rewards import levels


def leaf(standing):
    """The upper leaf of a tiered program, or of a plan that is paid for."""
    if standing.tier is None:
        return {
            "kind": "tier",
            "title": _("Your plan"),
            "tier": standing.level,
            "next": standing.program.name,
        }
    held = standing.tier
    shown = {
        "kind": "tier", "title": _("Your tier") if held.name else standing.program.name,
        "tier": held.name or _("Welcome"), "until": levels.until(standing),
        "next": levels.next_step(standing), "note": levels.so_far(standing),
    }  # fmt: skip
    return shown | _bar(standing)


def other(standing):
    """The same as a further program on the card, in short."""
    if standing.tier is None:
        return {"title": standing.program.name, "aside": standing.level or "", "next": ""}
    bar = _bar(standing)
    return {
        "title": standing.program.name, "aside": standing.tier.name or "", "next": levels.next_step(standing),
        "value": bar.get("value", 0), "max": bar.get("max", 0),
    }  # fmt: skip


def perks(standing):
    """What the level brings: title and rows for the card; {} where it brings nothing that could be told."""
    benefits = levels.benefits(standing)
    rows = []
    if benefits.discount_percent:
        percent = plain(float(benefits.discount_percent), _language())
        rows.append(_perk("percent", _("%(percent)s %% off") % {"percent": percent},
                          _("Taken off at the counter by itself.")))  # fmt: skip
    if benefits.multiplier != 1:
        times = plain(float(benefits.multiplier), _language())
        rows.append(
            _perk("sparkles", _("Points times %(count)s") % {"count": times}, _("With every purchase."))
        )
    rows += [_perk("star", perk, "") for perk in _promised(standing)]
    name = levels.held(standing)
    return {"perks": rows, "perks_title": _("What %(tier)s brings") % {"tier": name}} if rows and name else {}


def _bar(standing):
    held, settings = standing.tier, standing.live.settings
    if held.next is None:
        return {}
    above = next(tier for tier in settings.tiers if tier.name == held.next)
    names = {"tier": held.name, "threshold": levels.amount(standing, held.threshold)}
    return {
        "value": max(0, held.counted - held.threshold), "max": above.threshold - held.threshold,
        "bar_from": _("%(tier)s from %(threshold)s") % names if held.name else levels.amount(standing, 0),
        "bar_to": _("%(tier)s from %(threshold)s") % {
            "tier": above.name, "threshold": levels.amount(standing, above.threshold),
        },
        "bar_text": levels.next_step(standing),
    }  # fmt: skip


def _promised(standing):
    if standing.tier is not None:
        return standing.tier.perks
    return getattr(getattr(standing.live.settings, "benefits", None), "perks", ())


def _perk(icon, title, text):
    return {"icon": icon, "title": title, "text": text}


def _language():
    return get_language() or "en"
