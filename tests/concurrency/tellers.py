"""Tellers of a small bank: processes of their own that buy, return and redeem, and tell what was acknowledged."""

import json
import os
import random
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection

from loyalty import tenancy
from loyalty.errors import Refused
from loyalty.merchants.models import Merchant
from members.models import Member
from programs.models import Purchase
from rewards import checkout, redeeming
from rewards.models import Redemption, Reward

LOST = (OperationalError, InterfaceError)
# So few receipts that every one of them is sent several times, by several tellers.
RECEIPTS = 160


@dataclass(frozen=True)
class Desk:
    """How a teller is reached: it writes what was acknowledged to `told`, and reads from `go` before it tries again."""

    number: int
    merchant_id: object
    told: int
    go: int
    operations: int = 40

    def tell(self, kind, **facts):
        # One write below PIPE_BUF is one piece, whoever else writes.
        os.write(self.told, json.dumps({"kind": kind, "teller": self.number, **facts}).encode() + b"\n")


def work(desk):
    """Do so many operations; a connection that breaks is told, and waited for."""
    try:
        merchant = Merchant.objects.get(id=desk.merchant_id)
        chance = random.Random(desk.number)
        for _ in range(desk.operations):
            operation = chance.choices([buy, give_back, redeem, cancel], [6, 2, 3, 1])[0]
            _until_known(desk, merchant, operation, random.Random(chance.random()))
        desk.tell("finished")
    except BaseException as error:
        desk.tell("broken", error=repr(error)[:500])
    finally:
        connection.close()


def _until_known(desk, merchant, operation, chance):
    state = chance.getstate()
    while True:
        chance.setstate(state)
        try:
            with tenancy.scope(merchant):
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
    receipt = chance.randrange(RECEIPTS)
    # What was bought hangs on the receipt alone, so that a repeat is the same sale.
    of_receipt = random.Random(receipt)
    member = of_receipt.choice([None, *Member.objects.order_by("id")])
    sale = checkout.Sale(member, of_receipt.randrange(5000), external_id=f"bon-{receipt}")
    recorded = checkout.ring_up(sale)
    return {"external_id": sale.external_id, "id": str(recorded.purchase.id), "repeat": recorded.is_repeat}


def give_back(chance):
    purchase = chance.choice(list(Purchase.objects.order_by("id")) or [None])
    if purchase is None:
        return {"refused": "nothing"}
    amount = chance.choice([None, chance.randrange(3000)])
    return {"id": str(checkout.give_back(purchase, amount_minor=amount).refund.id)}


def redeem(chance):
    member, reward = (
        chance.choice(Member.objects.order_by("id")),
        chance.choice(Reward.objects.order_by("id")),
    )
    return {"id": str(redeeming.redeem(member=member, reward=reward).id)}


def cancel(chance):
    redemption = chance.choice(list(Redemption.objects.order_by("id")) or [None])
    if redemption is None:
        return {"refused": "nothing"}
    return {"id": str(redeeming.cancel(redemption).id)}
