"""Tiers and plans on the card: what is held, until when, what is missing to the next, what it brings."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.design import wording
from loyalty.design.wording import plain
from programs import tiers
from programs.because import unit


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
        "tier": held.name or _("Welcome"), "until": _until(held), "next": next_step(standing), "note": _note(standing),
    }  # fmt: skip
    return shown | _bar(standing)


def other(standing):
    """The same as a further program on the card, in short."""
    if standing.tier is None:
        return {"title": standing.program.name, "aside": standing.level or "", "next": ""}
    bar = _bar(standing)
    return {
        "title": standing.program.name, "aside": standing.tier.name or "", "next": next_step(standing),
        "value": bar.get("value", 0), "max": bar.get("max", 0),
    }  # fmt: skip


def perks(standing):
    """What the level brings: title and rows for the card; {} where it brings nothing that could be told."""
    benefits = standing.live.type.benefits(standing.live.settings, standing.level or _name(standing))
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
    name = standing.level or _name(standing)
    return {"perks": rows, "perks_title": _("What %(tier)s brings") % {"tier": name}} if rows and name else {}


def next_step(standing):
    """ "260 € more to Platinum." At the top: that there is nothing above."""
    held = standing.tier
    if held.next is None:
        return _("There is nothing above it.") if held.name else ""
    return _("%(missing)s more to %(tier)s.") % {
        "missing": _amount(standing, held.missing),
        "tier": held.next,
    }


def _note(standing):
    window = standing.live.settings.window
    so_far = _amount(standing, standing.tier.counted)
    match window:
        case tiers.Rolling(months=months):
            text = ngettext(
                "The last %(count)s month counts, so far %(amount)s.",
                "The last %(count)s months count, so far %(amount)s.",
                months,
            )
            return text % {"count": wording.count_word(months, _language()), "amount": so_far}
        case tiers.CalendarYear():
            return _("This year counts, so far %(amount)s.") % {"amount": so_far}
    return _("So far %(amount)s.") % {"amount": so_far}


def _bar(standing):
    held, settings = standing.tier, standing.live.settings
    if held.next is None:
        return {}
    above = next(tier for tier in settings.tiers if tier.name == held.next)
    names = {"tier": held.name, "threshold": _amount(standing, held.threshold)}
    return {
        "value": max(0, held.counted - held.threshold), "max": above.threshold - held.threshold,
        "bar_from": _("%(tier)s from %(threshold)s") % names if held.name else _amount(standing, 0),
        "bar_to": _("%(tier)s from %(threshold)s") % {
            "tier": above.name, "threshold": _amount(standing, above.threshold),
        },
        "bar_text": next_step(standing),
    }  # fmt: skip


def _until(held):
    if held.until is None:
        return ""
    # A period that ends at 24:00 is written as the next day's 0:00; people say the day before.
    day = (held.until - timedelta(seconds=1)).astimezone(ZoneInfo(tenancy.merchant().timezone)).date()
    return _("until %(day)s") % {"day": wording.long_day(day, _language())}


def _amount(standing, figure):
    """A figure that counts towards a tier, in its unit."""
    language = _language()
    match standing.live.settings.qualify_by:
        case "spend":
            return wording.amount(figure, tenancy.merchant().currency, language, short=True)
        case "points":
            name = standing.program.unit_singular if figure == 1 else standing.program.unit_plural
            return f"{plain(figure, language)} {unit(name)}"
    return ngettext("%(count)s visit", "%(count)s visits", figure) % {"count": plain(figure, language)}


def _promised(standing):
    if standing.tier is not None:
        return standing.tier.perks
    return getattr(getattr(standing.live.settings, "benefits", None), "perks", ())


def _name(standing):
    return (standing.tier.name if standing.tier else "") or ""


def _perk(icon, title, text):
    return {"icon": icon, "title": title, "text": text}


def _language():
    return get_language() or "en"


def is_one(standing):
    """Whether a program is told by its level: tiers, or a plan that is paid for."""
    return standing.tier is not None or bool(standing.level)
