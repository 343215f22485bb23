"""The rules of a program in plain sentences, as customers read them. In the active language."""

from fractions import Fraction

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty.design import wording
from loyalty.money import half_up
from programs import expiry
from programs.because import unit


def sentences(live, *, currency):
    """What the program gives, when it expires, what a return does. live: catalogue.Live."""
    words = Words(live, currency)
    giving = live.type.sentences(live.settings, words)
    return [
        *giving,
        *(_rule(rule, words) for rule in live.rules),
        *(_keeping(live) if live.type.keeps_value(live.settings) else ()),
    ]


class Words:
    """Figures of a program written out, for the sentences of its type. In the active language."""

    def __init__(self, live, currency):
        self.live, self.currency, self.language = live, currency, get_language() or "en"

    def money(self, minor):
        return wording.amount(minor, self.currency, self.language, short=True)

    def count(self, count):
        """So many points, in the program's own unit."""
        return _count(self.live, count)

    def percent(self, text):
        return wording.plain(float(text), self.language)

    def earning(self, earn):
        """The sentences about a base rate."""
        yield _("%(points)s for every full %(per)s.") % {
            "points": self.count(earn.points),
            "per": self.money(earn.per_minor),
        }
        if earn.accumulate:
            yield _("What is left over is kept for the next purchase.")
        if earn.min_minor:
            yield _("From a purchase of %(minimum)s.") % {"minimum": self.money(earn.min_minor)}

    def redeeming(self, redeem):
        """The sentences about points as money."""
        if redeem is None:
            return
        hundred = half_up(100 * Fraction(redeem.point_value_minor))
        yield _("%(points)s are worth %(money)s at the till.") % {
            "points": self.count(100), "money": self.money(hundred),
        }  # fmt: skip
        if redeem.minimum:
            yield _("They can be used from %(points)s on.") % {"points": self.count(redeem.minimum)}
        if Fraction(redeem.max_percent) < 100:
            yield _("They pay up to %(percent)s %% of a purchase.") % {
                "percent": self.percent(redeem.max_percent)
            }


def _rule(rule, words):
    gives = rule.gives
    if gives.referrer:
        return _("%(rule)s: %(referrer)s for whoever brings a friend, %(referred)s for the friend.") % {
            "rule": rule.name, "referrer": gives.referrer, "referred": gives.referred,
        }  # fmt: skip
    if gives.multiplier:
        return _("%(rule)s: times %(multiplier)s.") % {
            "rule": rule.name, "multiplier": words.percent(gives.multiplier),
        }  # fmt: skip
    if gives.per_item:
        return _("%(rule)s: %(points)s for each item.") % {
            "rule": rule.name, "points": words.count(gives.per_item),
        }  # fmt: skip
    if gives.points:
        return _("%(rule)s: %(points)s for every full %(per)s.") % {
            "rule": rule.name, "points": words.count(gives.points), "per": words.money(gives.per_minor),
        }  # fmt: skip
    return _("%(rule)s: %(amount)s on top.") % {"rule": rule.name, "amount": words.count(gives.amount)}


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
