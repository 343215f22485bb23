"""What a paid VIP program costs and brings, in plain sentences. In the active language."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty.design import wording


def of(settings, *, currency):
    """The sentences of a program as customers read them. settings: programs.types.paid_vip.Settings."""
    return [
        *(line for plan in settings.plans for line in _plan(plan, currency)),
        *_brings(settings.benefits),
        *_terms(settings),
    ]


def _plan(plan, currency):
    price = wording.amount(plan.price_minor, currency, get_language() or "en", short=True)
    by_month, by_year = _("%(plan)s: %(price)s a month."), _("%(plan)s: %(price)s a year.")
    yield (by_month if plan.interval == "month" else by_year) % {"plan": plan.name, "price": price}
    if plan.trial_days:
        yield ngettext("The first day is free.", "The first %(count)s days are free.", plan.trial_days) % {
            "count": plan.trial_days
        }


def _brings(benefits):
    language = get_language() or "en"
    if benefits.discount_percent is not None:
        yield _("%(percent)s %% off every purchase.") % {
            "percent": wording.plain(float(benefits.discount_percent), language)
        }
    if float(benefits.multiplier) != 1:
        yield _("Points in every program: times %(multiplier)s.") % {
            "multiplier": wording.plain(float(benefits.multiplier), language)
        }
    if count := len(benefits.free_rewards):
        yield ngettext(
            "With each fee comes a free reward.", "With each fee come %(count)s free rewards.", count
        ) % {"count": count}
    yield from benefits.perks


def _terms(settings):
    if settings.seats:
        yield ngettext(
            "One more person or pet is included.",
            "%(count)s more people or pets are included.",
            settings.seats,
        ) % {"count": settings.seats}
    if settings.grace_days:
        yield ngettext(
            "If a fee is late, benefits last for one more day.",
            "If a fee is late, benefits last for %(count)s more days.",
            settings.grace_days,
        ) % {"count": settings.grace_days}
    yield _("It can be cancelled at any time, to the end of what is paid.")
