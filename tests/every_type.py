"""A program of each type, with settings that a shop might have."""

from loyalty import tenancy
from rewards import catalogue

TIERS = [
    {"name": "Silber", "threshold": 0},
    {"name": "Gold", "threshold": 75000, "discount_percent": "5", "multiplier": "1.5",
     "perks": ["Änderungen ohne Aufpreis"]},
    {"name": "Platin", "threshold": 150000},
]  # fmt: skip
PLANS = [{"name": "Monat", "price_minor": 990, "interval": "month"}]
GIFT = {"name": "Gutschein über 5 €", "kind": "gift_card", "value_minor": 500}
SETTINGS: dict = {
    "points": {},
    "punch_card": {"reward": {"name": "Ein Kaffee nach Wahl"}},
    "tiered": {"tiers": TIERS},
    "paid_vip": {"plans": PLANS, "benefits": {"discount_percent": "10"}},
    "coalition": {"point_value_minor": "1"},
    "discount_card": {"discount_percent": "5"},
    "cash_back": {"per_minor": 10000, "reward": GIFT},
}


def run(shop, *names):
    """Make a program of each of these types; they are called "Programm points" and so on. Returns the last."""
    with tenancy.scope(shop):
        for name in names:
            program = catalogue.create_program(type=name, name=f"Programm {name}", settings=SETTINGS[name])
        return program
