"""Why something was taken off a purchase, in one sentence for each row of its discounts. In the active language."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.design import wording
from rewards import discounts


def told(rows, currency) -> list[dict]:
    """The rows of a purchase's discounts, in the order in which they were taken off: each with its place and a text."""
    return [row | {"order": place, "text": sentence(row, currency)} for place, row in enumerate(rows, 1)]


def sentence(row, currency) -> str:
    """ "10 % off the purchase. At most 5 €." Empty for a row that says nothing of why."""
    language = get_language() or "en"
    if "points" in row:
        return _("Paid with %(points)s points.") % {"points": wording.plain(row["points"], language)}
    if "program" in row:
        off = _percent(row["percent"], language)
        return (
            _("%(off)s off with %(level)s.") % {"off": off, "level": row["level"]}
            if row.get("level")
            else off
        )
    if row.get("kind") == "free_shipping":
        return _("The shipping is free.")
    if "kind" not in row:
        return ""
    if "percent" in row:
        off = _percent(row["percent"], language)
    else:
        off = wording.amount(row["value_minor"], currency, language, short=True)
    return " ".join(filter(None, [_off(row) % {"off": off}, _limit(row, currency, language)]))


def _off(row):
    return {
        discounts.ITEMS: _("%(off)s off what it is for."),
        discounts.CHEAPEST_ITEM: _("%(off)s off the cheapest item."),
    }.get(row["applies_to"]) or _("%(off)s off the purchase.")


def _limit(row, currency, language):
    match row["why"]:
        case discounts.MOST:
            most = wording.amount(row["most_minor"], currency, language, short=True)
            return _("At most %(amount)s.") % {"amount": most}
        case discounts.LEFT:
            return _("More was not left to be paid.")
    return ""


def _percent(text, language):
    return _("%(percent)s %%") % {"percent": wording.plain(float(text), language)}
