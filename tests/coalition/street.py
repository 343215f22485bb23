"""A high street: an operator, a coalition, and partners that give and take its points. Everything by the real verbs."""

from loyalty import tenancy
from loyalty.merchants.models import Merchant
from programs import checking, purchases
from programs.coalition import inviting, settlement
from programs.coalition.models import Partner
from programs.models import Program
from programs.purchases import NewPurchase
from rewards import catalogue, checkout, redeeming
from tests import makers


class Street:
    """operator, program; partners by name: `street.join("Anna")`. One point per 1.00, worth 0.01, unless said."""

    def __init__(self, **settings):
        self.operator = makers.merchant("Werbegemeinschaft")
        with tenancy.scope(self.operator):
            self.program = catalogue.create_program(type="coalition", name="Straßenkarte", settings=settings)
        self.jonas = makers.member(self.operator, "Jonas Weidner")

    def join(self, name, **terms):
        shop = makers.merchant(name)
        with tenancy.scope(self.operator):
            partner = inviting.invite(self.program, shop.public_id, **terms)
            inviting.accept(partner)
        return shop

    def partner(self, shop):
        with tenancy.scope(self.operator):
            return Partner.objects.get(partner_id=shop.id)

    def at(self, shop):
        """The operator's scope, at a partner's till."""
        self.operator.refresh_from_db()
        return tenancy.scope(self.operator, acting=None if shop is self.operator else shop)

    def buy(self, shop, amount_minor, member=None, **sale):
        with self.at(shop):
            partner = None if shop is self.operator else shop.id
            return purchases.record(NewPurchase(member or self.jonas, amount_minor, partner=partner, **sale))

    def credit(self, shop, amount_minor, **sale):
        return self.buy(shop, amount_minor, **sale).credits[0].amount

    def refund(self, shop, bought, **what):
        with self.at(shop):
            return checkout.give_back(bought.purchase, **what)

    def reward(self, cost, name="Gutschein", **columns):
        with tenancy.scope(self.operator):
            return catalogue.create_reward(program=self.program, name=name, cost=cost, **columns)

    def redeem(self, shop, cost, member=None):
        reward = self.reward(cost)
        with self.at(shop):
            return redeeming.redeem(member=member or self.jonas, reward=reward)

    def cancel(self, shop, redemption):
        with self.at(shop):
            return redeeming.cancel(redemption)

    def turn_to(self, moment):
        makers.turn_to(self.operator, moment)

    def month(self, month="2026-03"):
        """The settlement of a month; the books are checked on the way."""
        with tenancy.scope(self.operator):
            program = Program.objects.get(id=self.program.id)
            assert checking.check() == []
            settled = settlement.of_month(program, settlement.read_month(month))
        nets = sum(one.net_minor for one in settled.partners)
        assert nets + settled.fee_minor + settled.float_minor == 0
        return settled

    def nets(self, month="2026-03"):
        """{name: net} and the float, of a month."""
        settled = self.month(month)
        names = dict(Merchant.objects.values_list("id", "name"))
        return {names[one.partner_id]: one.net_minor for one in settled.partners}, settled.float_minor
