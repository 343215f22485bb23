"""One shop that runs every type of program at once, with two partners. By the real verbs."""

from functools import cache

from django.apps import apps
from django.db import connection

from loyalty import tenancy
from loyalty.tenancy.models import TenantModel
from programs import catalogue as programs
from programs import checking
from programs.coalition import inviting
from programs.codes import making
from rewards import catalogue
from rewards.gift_cards import checking as gift_card_checking
from rewards.gift_cards import issuing
from tests import makers
from tests.programs import by_hand

MONEY_OFF = {"name": "3 € weniger", "kind": "amount_off", "value_minor": 300}
AS_MONEY = {"step": by_hand.STEP, "minimum": by_hand.MINIMUM, "max_percent": str(by_hand.AT_MOST)}
TIERS = [
    {"name": "Bronze", "threshold": 0},
    {"name": "Silber", "threshold": 5_000, "multiplier": "1.25",
     "entry_reward": {"name": "Willkommen in Silber", "kind": "amount_off", "value_minor": 500}},
    {"name": "Gold", "threshold": 12_000, "multiplier": "2", "discount_percent": "5",
     "entry_reward": {"name": "Willkommen in Gold"}},
]  # fmt: skip
SETTINGS = {
    "Punkte": ("points", {"redeem": AS_MONEY, "expiry": {"kind": "after", "months": 2}, "pending_days": 3}),
    "Karte": ("punch_card", {"stamps_required": 5, "reward": {"name": "Kaffee"},
                             "interim": [{"at": 3, "reward": {"name": "Keks"}}]}),
    "Stufen": ("tiered", {"earn": {}, "tiers": TIERS, "window": {"kind": "rolling", "months": 2}}),
    "Club": ("paid_vip", {"plans": [{"name": "Monat", "price_minor": 990},
                                    {"name": "Probe", "price_minor": 990, "trial_days": 14}], "seats": 1}),
    "Bonus": ("cash_back", {"per_minor": 4_000,
                            "reward": {"name": "Gutschein", "kind": "gift_card", "value_minor": 200}}),
    "Brotkarte": ("discount_card", {"discount_percent": str(by_hand.BREAD_OFF), "categories": ["Brot"]}),
    "Straße": ("coalition", {"redeem": AS_MONEY}),
}  # fmt: skip
BENEFITS = {"multiplier": "1.5", "discount_percent": str(by_hand.CLUB_OFF)}
OFFERS = {
    "Punkte": [MONEY_OFF | {"cost": 12}, {"name": "10 %", "kind": "percent_off", "percent": 10, "cost": 25},
               {"name": "Karte zu 4 €", "kind": "gift_card", "value_minor": 400, "cost": 30}],
    "Stufen": [{"name": "Buch", "cost": 20}],
    "Straße": [MONEY_OFF | {"cost": 15}, {"name": "Blumen", "cost": 8}],
}  # fmt: skip
RULES = [
    {"name": "Kuchen", "when": {"event": "item"}, "if": {"skus": ["Kuchen"]}, "gives": {"per_item": by_hand.PER_CAKE}},
    {"name": "Freunde", "when": {"event": "referral"},
     "gives": {"referrer": by_hand.WHO_BROUGHT, "referred": by_hand.WHO_WAS_BROUGHT}},
]  # fmt: skip


class Shop:
    """operator; programs and partners by name; codes on packs, worth 15 points each. Two gift cards were sold.

    more: settings beside those above, by program.
    """

    def __init__(self, **more):
        self.operator = makers.merchant("Haus am Markt")
        # Debts that were paid by bringing two cards together.
        self.float_bears = 0
        self.settles_on = more.get("Straße", {}).get("settle_on", "earn")
        with tenancy.scope(self.operator):
            cup = catalogue.create_reward(name="Clubtasse", unlocked_only=True).public_id
            more["Club"] = {"benefits": BENEFITS | {"free_rewards": [cup]}}
            self.programs = {
                name: catalogue.create_program(type=type, name=name, settings=settings | more.get(name, {}))
                for name, (type, settings) in SETTINGS.items()
            }
            for name, rewards in OFFERS.items():
                for columns in rewards:
                    catalogue.create_reward(program=self.programs[name], **columns)
            for definition in RULES:
                programs.add_rule(self.programs["Punkte"], definition=definition)
            self.codes = making.make(program=self.programs["Punkte"], count=4, amount=15)[1]
            for balance in (2_000, 700):
                issuing.issue(balance_minor=balance)
        self.partners = {
            "Anna": self._partner("Anna", by_hand.AT_ANNAS),
            "Bert": self._partner("Bert", by_hand.AT_BERTS, points_per_month=by_hand.CAP),
        }

    def at(self, where=""):
        """The operator's scope; at a partner's till the partner acts in it, as for the API."""
        return tenancy.scope(self.operator, acting=self.partners[where] if where else None)

    def _partner(self, name, rate, **terms):
        shop, (points, per) = makers.merchant(name), rate
        earn = {"points": points, "per_minor": per}
        with tenancy.scope(self.operator):
            inviting.accept(inviting.invite(self.programs["Straße"], shop.public_id, earn=earn, **terms))
        return shop


def problems():
    """What the shop's own checks of the books report."""
    return [str(problem) for problem in (*checking.check(), *gift_card_checking.check())]


def fingerprint():
    """Of everything that stands in any table of the merchant in scope: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_statement())
        return cursor.fetchall()


@cache
def _statement():
    tables = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel))
    return " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t"
        for table in tables
    )
