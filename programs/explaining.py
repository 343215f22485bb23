"""The rules of a program in plain sentences, as customers read them. In the active language."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty.design import wording
from programs import expiry
from programs.because import unit
from programs.subscriptions import sentences as club


def sentences(live, *, currency):
    """What the program gives, when it expires, what a return does. live: catalogue.Live."""
    if live.program.type == "paid_vip":
        return club.of(live, currency=currency)
    return [*_giving(live, currency), *(_rule(rule) for rule in live.rules), *_keeping(live)]


def _giving(live, currency):
    return (_points if live.program.type == "points" else _stamps)(live, currency)


def _points(live, currency):
    language, earn = get_language() or "en", live.settings.earn
    per = wording.amount(earn.per_minor, currency, language, short=True)
    yield _("%(points)s for every full %(per)s.") % {"points": _count(live, earn.points), "per": per}
    if earn.accumulate:
        yield _("What is left over is kept for the next purchase.")
    if earn.min_minor:
        minimum = wording.amount(earn.min_minor, currency, language, short=True)
        yield _("From a purchase of %(minimum)s.") % {"minimum": minimum}


def _stamps(live, currency):
    settings = live.settings
    if settings.stamp_per == "visit":
        yield _("One stamp per visit.")
    elif settings.stamp_per == "item":
        yield _("One stamp per item.")
    else:
        per = wording.amount(settings.per_minor, currency, get_language() or "en", short=True)
        yield _("One stamp for every full %(per)s.") % {"per": per}
    yield _("%(stamps)s fill the card.") % {"stamps": _count(live, settings.stamps_required)}
    if settings.welcome_stamps:
        yield _("%(stamps)s for joining.") % {"stamps": _count(live, settings.welcome_stamps)}
    if settings.cooldown_minutes:
        yield ngettext(
            "At most one in %(count)s minute.", "At most one in %(count)s minutes.", settings.cooldown_minutes
        ) % {"count": settings.cooldown_minutes}
    if settings.max_stamps_per_day:
        yield _("At most %(stamps)s per day.") % {"stamps": _count(live, settings.max_stamps_per_day)}


def _rule(rule):
    gives = rule.gives
    if gives.multiplier:
        return _("%(rule)s: times %(multiplier)s.") % {"rule": rule.name, "multiplier": gives.multiplier}
    return _("%(rule)s: %(amount)s on top.") % {
        "rule": rule.name,
        "amount": gives.amount or gives.per_item or gives.points,
    }


def _keeping(live):
    match live.settings.expiry:
        case expiry.Never():
            yield _("Nothing expires.")
        case expiry.After(months=months):
            yield ngettext(
                "They expire after %(count)s month.", "They expire after %(count)s months.", months
            ) % {"count": months}
        case expiry.Inactivity(months=months):
            yield ngettext(
                "They expire %(count)s month after the last visit.",
                "They expire %(count)s months after the last visit.",
                months,
            ) % {"count": months}
        case expiry.Yearly(month_day=month_day):
            yield _("They expire each year on %(day)s.") % {"day": month_day}
    if days := live.settings.pending_days:
        yield ngettext(
            "They can be used after %(count)s day.", "They can be used after %(count)s days.", days
        ) % {"count": days}
    yield _("What is returned is taken off again.")


def _count(live, count):
    name = live.program.unit_singular if count == 1 else live.program.unit_plural
    return f"{wording.plain(count, get_language() or 'en')} {unit(name)}"
