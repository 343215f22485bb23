"""Coalitions, played by integrators: an operator and its partners, each with a key of its own."""

from types import SimpleNamespace

import pytest

from tests.rest.conftest import Api, registered

pytestmark = pytest.mark.django_db
APRIL = "2026-04-10T12:00:00+02:00"


class Coalition:
    """An operator's program and its partners. Money in cents; one point per 1.00, worth 0.01, unless said."""

    def __init__(self, **settings):
        self.operator = Api(registered("Werbegemeinschaft").api_key)
        body = {"type": "coalition", "name": "Straßenkarte", "point_value_minor": "1", **settings}
        self.program = self.made(self.operator, "/programs", body)["id"]
        member = self.made(self.operator, "/members", {"name": "Jonas Weidner", "email": "j@weidner.example"})
        self.member, self.card, self.number = member["id"], member["card"]["token"], member["number"]

    def made(self, api, path, body=None, status=201):
        response = api.post(path, body)
        assert response.status_code == status, response.json()
        return response.json()

    def join(self, name, **terms):
        shop = registered(name)
        api = Api(shop.api_key)
        body = {"merchant": shop.merchant.public_id, **terms}
        invited = self.made(self.operator, f"/programs/{self.program}/partners", body)
        self.made(api, f"/invitations/{invited['id']}/acceptance", status=200)
        return SimpleNamespace(api=api, id=invited["id"], merchant=shop.merchant.public_id, shop=shop)

    def buy(self, shop, amount_minor, **more):
        return self.made(shop.api, "/purchases", {"card": self.card, "amount_minor": amount_minor, **more})

    def reward(self, cost):
        body = {"name": "Gutschein", "program": self.program, "cost": cost}
        return self.made(self.operator, "/rewards", body)["id"]

    def redeem(self, shop, cost):
        return self.made(shop.api, "/redemptions", {"card": self.card, "reward": self.reward(cost)})

    def settled(self, month, api=None):
        """{merchant: row} and the operator's part; the sum is always zero."""
        told = (api or self.operator).get(f"/programs/{self.program}/settlements?month={month}").json()
        if told["operator"]:
            nets = sum(row["net_minor"] for row in told["partners"])
            assert nets + told["operator"]["fee_minor"] + told["operator"]["float_minor"] == 0
        return {row["merchant"]: row for row in told["partners"]}, told["operator"]

    def turn_to(self, moment):
        assert self.operator.post("/test-clock", {"now": moment}).status_code == 200


@pytest.fixture
def street(db):
    return Coalition()


@pytest.fixture
def anna(street):
    return street.join("Anna")


@pytest.fixture
def bert(street):
    return street.join("Bert")


def test_29_a_issues_100_b_redeems_100_and_next_month_the_purchase_is_returned(street, anna, bert):
    bought = street.buy(anna, 10_000)
    assert [credit["amount"] for credit in bought["credits"]] == [100]
    assert bought["member_state"]["accounts"][0]["balance"] == 100
    street.redeem(bert, 100)
    partners, operator = street.settled("2026-03")
    a, b = partners[anna.merchant], partners[bert.merchant]
    assert (a["issued_points"], a["owes_minor"], a["net_minor"]) == (100, 100, -100)
    assert (b["redeemed_points"], b["is_owed_minor"], b["net_minor"]) == (100, 100, 100)
    assert operator == {"fee_minor": 0, "float_minor": 0}
    street.turn_to(APRIL)
    refund = street.made(anna.api, f"/purchases/{bought['id']}/refunds", {})
    assert refund["debits"] == [{"program": street.program, "amount": -100}]
    assert refund["member_state"]["accounts"][0]["balance"] == -100
    partners, operator = street.settled("2026-04")
    assert partners[anna.merchant]["net_minor"] == 100
    assert partners[bert.merchant]["net_minor"] == 0
    assert operator == {"fee_minor": 0, "float_minor": -100}
    assert street.settled("2026-03")[0][anna.merchant]["net_minor"] == -100
