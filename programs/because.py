"""The sentence of each reason: why a purchase gave what it gave, or gave nothing. In the active language.

Codes and their facts are made by `programs/earning.py`, `programs/rules.py` and the program types.
"""

from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from loyalty.design import wording


def sentence(row, *, program, currency):
    """What a customer reads for one row of `because`. program: for the name of its unit. currency: for amounts."""
    tell = _SENTENCES.get(row["code"], _unknown)
    return tell(_Words(row, program, currency))


class _Words:
    """The facts of a row, written out."""

    def __init__(self, row, program, currency):
        self.row, self.program, self.currency = row, program, currency
        self.language = get_language() or "en"

    def __getitem__(self, name):
        return self.row[name]

    def get(self, name, default=None):
        return self.row.get(name, default)

    def money(self, name):
        return wording.amount(self.row[name], self.currency, self.language, short=True)

    def units(self, count):
        name = self.program.unit_singular if count == 1 else self.program.unit_plural
        return f"{wording.plain(count, self.language)} {unit(name)}"

    @property
    def amount(self):
        return self.units(self.row["amount"])


def unit(name):
    """The name of a unit in the active language: the usual ones are translated, a merchant's own stays as it is."""
    usual = {"point": _("point"), "points": _("points"), "stamp": _("stamp"), "stamps": _("stamps")}
    return usual.get(name, name)


def _earned(words):
    text = _("%(points)s for every full %(per)s.") % {
        "points": words.units(words["points"]),
        "per": words.money("per_minor"),
    }
    if words.get("carried_minor"):
        text += " " + _("%(rest)s is kept for next time.") % {"rest": words.money("carried_minor")}
    if words.get("excluded_minor"):
        text += " " + _("%(rest)s of it does not earn.") % {"rest": words.money("excluded_minor")}
    return text


def _carried(words):
    return _("Not yet %(unit)s. %(rest)s is kept for next time.") % {
        "unit": words.units(1), "rest": words.money("carried_minor"),
    }  # fmt: skip


def _too_little(words):
    if "per_minor" in words.row:
        return _("%(points)s is given for every full %(per)s.") % {
            "points": words.units(words.get("points", 1)), "per": words.money("per_minor"),
        }  # fmt: skip
    return _("This was too little for %(unit)s.") % {"unit": words.units(1)}


def _stamped(words):
    match words.get("stamp_per"):
        case "visit":
            return _("One stamp per visit.")
        case "item":
            return _("One stamp per item.")
    return _("One stamp for every full %(per)s.") % {"per": words.money("per_minor")}


def _cooldown(words):
    left = words["minutes_left"]
    return ngettext(
        "The last stamp was only just given. The next one is possible in %(count)s minute.",
        "The last stamp was only just given. The next one is possible in %(count)s minutes.",
        left,
    ) % {"count": left}


def _limited(words):
    per = {
        "purchase": _("per purchase"), "day": _("per day"), "month": _("per month"), "ever": _("per guest"),
        "total": _("for everybody together"),
    }[words["period"]]  # fmt: skip
    return _("At most %(limit)s %(per)s.") % {"limit": words.units(words["limit"]), "per": per}


def _collected(words):
    return _("%(spent)s counts towards the next %(per)s.") % {
        "spent": words.money("amount"), "per": words.money("per_minor"),
    }  # fmt: skip


def _counted(words):
    if words["qualify_by"] == "visits":
        return _("This visit counts towards your tier.")
    return _("This purchase counts towards your tier.")


def _standing_discount(words):
    return _("%(name)s: %(percent)s %% off, %(amount)s.") % {
        "name": words["name"], "percent": wording.plain(float(words["percent"]), words.language),
        "amount": words.money("amount_minor"),
    }  # fmt: skip


def _discount_card(words):
    percent = wording.plain(float(words["percent"]), words.language)
    return _("This card gives %(percent)s %% off; it collects nothing.") % {"percent": percent}


def _challenge_open(words):
    open_ = ngettext(
        "%(rule)s: %(done)s of %(visits)s visits within %(count)s day.",
        "%(rule)s: %(done)s of %(visits)s visits within %(count)s days.",
        words["within_days"],
    )
    return open_ % {
        "rule": words["name"], "done": words["done"], "visits": words["visits"], "count": words["within_days"],
    }  # fmt: skip


def _other_tier(words):
    return _("%(rule)s: for %(tiers)s.") % {"rule": words["name"], "tiers": ", ".join(words["tiers"])}


def _multiplied(words):
    text = _("%(rule)s: times %(multiplier)s.") % {
        "rule": words["name"], "multiplier": wording.plain(float(words["multiplier"]), words.language),
    }  # fmt: skip
    return f"{text} {_limited(words)}" if "limit" in words.row else text


def _below_minimum(words):
    return _("Only from %(minimum)s.") % {"minimum": words.money("min_minor")}


def _plain(text):
    return lambda words: _(text)


def _of_rule(text):
    return lambda words: f"{words.get('name') or ''}: {_(text)}".removeprefix(": ")


def _unknown(words):
    return _("No reason is known for this.")


_SENTENCES = {
    "earned": _earned,
    "carried": _carried,
    "too_little": _too_little,
    "excluded": _plain(gettext_noop("These items do not earn.")),
    "below_minimum": _below_minimum,
    "limited": _limited,
    "stamped": _stamped,
    "no_stamped_items": _plain(gettext_noop("Nothing in this purchase is stamped.")),
    "cooldown": _cooldown,
    "card_full": _plain(gettext_noop("The card is full. Redeem the reward first.")),
    "partner_limit": lambda words: _("This shop has given all that it may give this month."),
    "block_used_up": lambda words: _("This shop has no points left to give at the moment."),
    "vip": lambda words: _("%(plan)s: benefits hold.") % {"plan": words["name"]},
    "no_subscription": _plain(gettext_noop("No subscription is running.")),
    "returned": _plain(gettext_noop("The purchase was returned.")),
    "rule": lambda words: f"{words['name']}: {words.amount}.",
    "product_code": lambda words: (
        _("Code %(name)s: %(amount)s.") % {"name": words["name"], "amount": words.amount}
    ),
    "given_before": _of_rule(gettext_noop("was asked before, and gave nothing.")),
    "multiplied": _multiplied,
    "another_was_better": _of_rule(gettext_noop("another rule gave more.")),
    "other_weekday": _of_rule(gettext_noop("on other days of the week.")),
    "other_time": _of_rule(gettext_noop("at another time of the day.")),
    "other_period": _of_rule(gettext_noop("not in these days.")),
    "other_location": _of_rule(gettext_noop("at another location.")),
    "other_items": _of_rule(gettext_noop("for other items.")),
    "collected": _collected,
    "counted": _counted,
    "standing_discount": _standing_discount,
    "discount_card": _discount_card,
    "challenge_open": _challenge_open,
    "other_tier": _other_tier,
    "other_segment": _of_rule(gettext_noop("for other guests.")),
    "not_referred": _of_rule(gettext_noop("for guests whom a friend has brought.")),
    "not_first_purchase": _of_rule(gettext_noop("for the first purchase only.")),
}
