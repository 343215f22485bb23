"""Small builders for the pure parts of programs: baskets, rules, settings. No database."""

from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from programs import earning, rules, types

BERLIN = ZoneInfo("Europe/Berlin")
# A Thursday.
NOON = datetime(2026, 3, 12, 12, 0, tzinfo=BERLIN)


def line(net_minor, sku="", *, category="", brand="", quantity=1):
    return earning.Line(sku, category, brand, Fraction(quantity), Fraction(net_minor))


def basket(net_minor, *lines, at=NOON, is_visit=True, location=None):
    return earning.Basket(Fraction(net_minor), lines, at, is_visit, location)


def rule(gives, *, event="purchase", name="Regel", limit=None, stacking="sum", **conditions):
    definition = {
        "name": name,
        "when": {"event": event},
        "if": conditions,
        "gives": gives,
        "stacking": stacking,
    }
    return rules.Rule.read(definition | ({"limit": limit} if limit else {}))


def deserved(bought, *, type="points", rules=(), facts=None, carry=Fraction(0), **settings):
    """What a basket deserves in a program of a type with these settings."""
    kind = types.get(type)
    return kind.deserve(kind.Settings.read(settings), rules, bought, facts or earning.Facts(), carry)


def points(net_minor, *lines, rules=(), facts=None, carry=Fraction(0), **earn):
    return deserved(basket(net_minor, *lines), rules=rules, facts=facts, carry=carry, earn=earn).amount


def had(rule="earn", *, day=0, month=0, ever=0):
    """Facts of an account that a rule has given something before."""
    return earning.Facts(had={rule: {"day": day, "month": max(day, month), "ever": max(day, month, ever)}})
