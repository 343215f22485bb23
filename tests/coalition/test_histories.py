"""Any history: whatever happens in whatever order, each month sums to zero and the books can be computed again."""

import random
from datetime import timedelta

import pytest
from django.db.models import Sum

from loyalty import tenancy
from loyalty.errors import Refused
from programs import adjusting, transferring
from programs.coalition.models import Posting
from tests import makers
from tests.coalition.street import Street
from tests.makers import NOON

pytestmark = pytest.mark.django_db
SETTINGS = [
    {"settle_on": "earn"},
    {"settle_on": "redeem"},
    {"settle_on": "earn", "point_value_minor": "0.33333333", "fee_percent": "12.5"},
    {"settle_on": "redeem", "point_value_minor": "0.5", "fee_percent": "3"},
    {"settle_on": "earn", "debt": "forgive", "expiry": {"kind": "after", "months": 1}},
    {"settle_on": "redeem", "pending_days": 5, "expiry": {"kind": "inactivity", "months": 1}},
]


class History:
    """Random things that happen on a street, one after the other, in three months."""

    def __init__(self, settings, seed):
        self.random = random.Random(seed)
        self.street = Street(**settings)
        self.shops = [self.street.operator, self.street.join("Anna"), self.street.join("Bert")]
        self.members = [self.street.jonas, makers.member(self.street.operator, "Ines")]
        self.bought, self.taken = [], []
        self.now = NOON

    def step(self):
        self.now += timedelta(hours=self.random.randint(1, 60))
        self.street.turn_to(self.now)
        happens = self.random.choice([self.buy, self.buy, self.buy, self.redeem, self.redeem, self.refund,
                                      self.cancel, self.correct, self.hand_over])  # fmt: skip
        # A refusal is a part of life: nothing is written then.
        try:
            happens(self.random.choice(self.shops), self.random.choice(self.members))
        except Refused:
            return

    def buy(self, shop, member):
        self.bought.append((shop, self.street.buy(shop, self.random.randint(0, 5_000), member)))

    def redeem(self, shop, member):
        self.taken.append((shop, self.street.redeem(shop, self.random.randint(1, 40), member)))

    def refund(self, _shop, _member):
        if self.bought:
            shop, bought = self.random.choice(self.bought)
            amount = self.random.choice([None, self.random.randint(1, 2_000)])
            self.street.refund(shop, bought, amount_minor=amount)

    def cancel(self, _shop, _member):
        if self.taken:
            self.street.cancel(*self.taken.pop(self.random.randrange(len(self.taken))))

    def correct(self, _shop, member):
        with self.street.at(self.street.operator):
            adjusting.adjust(member=member, program=self.street.program, amount=self.random.choice([-7, 9]),
                             reason="Kulanz", actor="")  # fmt: skip

    def hand_over(self, _shop, member):
        to = next(one for one in self.members if one.id != member.id)
        with self.street.at(self.street.operator):
            transferring.transfer(
                member=member, to=to, program=self.street.program, amount=self.random.randint(1, 9)
            )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_month_sums_to_zero_and_the_postings_are_what_the_books_deserve(settings, seed):
    history = History(settings, seed)
    for _ in range(30):
        history.step()
    # Each look checks the books, and that the month sums to zero.
    for month in ("2026-03", "2026-04", "2026-05"):
        history.street.month(month)


@pytest.mark.parametrize("settle_on", ["earn", "redeem"])
def test_what_was_taken_back_altogether_owes_nothing(settle_on):
    street = Street(settle_on=settle_on, point_value_minor="0.37", fee_percent="7")
    anna, bert = street.join("Anna"), street.join("Bert")
    bought = [street.buy(anna, amount) for amount in (1_700, 900, 4_300)]
    taken = [street.redeem(bert, cost) for cost in (11, 25)]
    assert street.nets()[0] != {"Anna": 0, "Bert": 0}
    for redemption in taken:
        street.cancel(bert, redemption)
    for one in bought:
        street.refund(anna, one)
    month = street.month()
    assert [(one.issued_points, one.redeemed_points, one.owes_minor, one.is_owed_minor, one.fee_minor)
            for one in month.partners] == [(0, 0, 0, 0, 0)] * 2  # fmt: skip
    with tenancy.scope(street.operator):
        moved = Posting.objects.values("lot", "kind", "is_reversal").annotate(Sum("amount_minor"))
        assert moved.count() > 0


def test_the_parts_of_a_lot_add_up_to_the_whole():
    street = Street(settle_on="earn", point_value_minor="0.33333333")
    anna, bert = street.join("Anna"), street.join("Bert")
    street.buy(anna, 10_000)
    for _ in range(100):
        street.redeem(bert, 1)
    # 100 points at a third of a cent: 33 cents, not a hundred times nothing.
    assert street.nets() == ({"Anna": -33, "Bert": 33}, 0)
