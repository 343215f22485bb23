"""Tellers of a small bank: processes of their own that buy, return and redeem, and tell what was acknowledged.

Some of them are a partner's: their purchases are booked with the partner acting, as the API does it.
"""

import json
import os
import random
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection

from loyalty import tenancy
from loyalty.errors import Refused
from loyalty.merchants.models import Merchant
from members.models import Member
from programs.models import Program, Purchase
from programs.purchases import Points
from rewards import checkout, redeeming
from rewards.gift_cards.models import GiftCard
from rewards.models import Redemption, Reward

LOST = (OperationalError, InterfaceError)
# So few receipts at each of the tills that they are sent several times, by several tellers.
RECEIPTS = 80


@dataclass(frozen=True)
class Desk:
    """How a teller is reached: it writes what was acknowledged to `told`, and reads from `go` before it tries again.

    partners: merchants at whose tills a part of the purchases happens.
    """

    number: int
    merchant_id: object
    told: int
    go: int
    partners: tuple = ()
    operations: int = 40

    def tell(self, kind, **facts):
        # One write below PIPE_BUF is one piece, whoever else writes.
        os.write(self.told, json.dumps({"kind": kind, "teller": self.number, **facts}).encode() + b"\n")


def work(desk):
    """Do so many operations; a connection that breaks is told, and waited for."""
    try:
        merchant = Merchant.objects.get(id=desk.merchant_id)
        partners = list(Merchant.objects.filter(id__in=desk.partners).order_by("id"))
        chance = random.Random(desk.number)
        for _ in range(desk.operations):
            operation = chance.choices([buy, give_back, redeem, cancel], [6, 2, 3, 1])[0]
            at = chance.choice([None, None, *partners])
            _until_known(desk, merchant, operation, at, random.Random(chance.random()))
        desk.tell("finished")
    except BaseException as error:
        desk.tell("broken", error=repr(error)[:500])
    finally:
        connection.close()


def _until_known(desk, merchant, operation, at, chance):
    state = chance.getstate()
    while True:
        chance.setstate(state)
        try:
            with tenancy.scope(merchant, acting=at):
                facts = operation(chance)
        except Refused as refusal:
            facts = {"refused": refusal.code}
        except LOST:
            connection.close()
            desk.tell("lost", operation=operation.__name__)
            os.read(desk.go, 1)
            if operation is buy:
                # It may have been recorded or not: sent again under its id, it is once.
                continue
            return
        desk.tell(operation.__name__, **facts)
        return


def buy(chance):
    receipt, partner = chance.randrange(RECEIPTS), tenancy.acting_id()
    # What was bought hangs on the receipt and the till alone, so that a repeat is the same sale.
    of_receipt = random.Random(f"{receipt} {partner}")
    member = of_receipt.choice([None, *Member.objects.order_by("id")])
    sale = checkout.Sale(
        member, of_receipt.randrange(5000), external_id=f"bon-{receipt}-{partner}", partner=partner,
        **_paid_by(member, partner, of_receipt),
    )  # fmt: skip
    recorded = checkout.ring_up(sale)
    return {"external_id": sale.external_id, "id": str(recorded.purchase.id), "repeat": recorded.is_repeat}


def _paid_by(member, partner, of_receipt):
    """With what a part of a sale is paid: points as money (at a partner's the shared ones), gift cards, or neither."""
    how = of_receipt.choice(["money", "money", "points", "gift cards"])
    if how == "points" and member:
        program = Program.objects.get(type="coalition" if partner else "points")
        return {"points": Points(program.id, of_receipt.randrange(1, 40))}
    if how == "gift cards" and not partner:
        codes = list(GiftCard.objects.order_by("id").values_list("code", flat=True))
        return {"gift_cards": tuple(of_receipt.sample(codes, 2))}
    return {}


def give_back(chance):
    # A partner sees what was bought at its till, and the operator everything.
    partner = tenancy.acting_id()
    rows = Purchase.objects.filter(partner_id=partner) if partner else Purchase.objects.all()
    purchase = chance.choice(list(rows.order_by("id")) or [None])
    if purchase is None:
        return {"refused": "nothing"}
    amount = chance.choice([None, chance.randrange(3000)])
    return {"id": str(checkout.give_back(purchase, amount_minor=amount).refund.id)}


def redeem(chance):
    shared = {"program__type": "coalition"} if tenancy.acting_id() else {}
    member, reward = (
        chance.choice(Member.objects.order_by("id")),
        chance.choice(Reward.objects.filter(**shared).order_by("id")),
    )
    return {"id": str(redeeming.redeem(member=member, reward=reward).id)}


def cancel(chance):
    redemption = chance.choice(list(Redemption.objects.order_by("id")) or [None])
    if redemption is None:
        return {"refused": "nothing"}
    return {"id": str(redeeming.cancel(redemption).id)}
