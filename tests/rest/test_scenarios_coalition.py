"""Coalitions, played by integrators: an operator and its partners, each with a key of its own."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def test_settled_on_redeem_who_gave_owes_only_when_the_points_are_taken(db):
    street = Coalition(settle_on="redeem")
    anna, bert = street.join("Anna"), street.join("Bert")
    street.buy(anna, 10_000)
    assert street.settled("2026-03")[0][anna.merchant]["owes_minor"] == 0
    redemption = street.redeem(bert, 40)
    partners, operator = street.settled("2026-03")
    assert (partners[anna.merchant]["net_minor"], partners[bert.merchant]["net_minor"]) == (-40, 40)
    assert operator == {"fee_minor": 0, "float_minor": 0}
    street.made(bert.api, f"/redemptions/{redemption['id']}/cancellation", status=200)
    partners, _operator = street.settled("2026-03")
    assert (partners[anna.merchant]["net_minor"], partners[bert.merchant]["net_minor"]) == (0, 0)
    assert partners[anna.merchant]["issued_points"] == 100


def test_a_fee_of_5_percent_of_1000_points_is_50_on_top_and_the_operators(db):
    street = Coalition(fee_percent="5")
    anna, bert = street.join("Anna"), street.join("Bert")
    street.buy(anna, 100_000)
    street.redeem(bert, 400)
    partners, operator = street.settled("2026-03")
    a = partners[anna.merchant]
    assert (a["owes_minor"], a["fee_minor"], a["net_minor"]) == (1000, 50, -1050)
    assert partners[bert.merchant]["net_minor"] == 400
    assert operator == {"fee_minor": 50, "float_minor": 600}


def test_the_operators_own_shop_is_a_partner_like_others(street, bert):
    body = {"card": street.card, "amount_minor": 2_000}
    street.made(street.operator, "/purchases", body)
    street.redeem(bert, 15)
    partners, operator = street.settled("2026-03")
    assert sorted(row["net_minor"] for row in partners.values()) == [-20, 15]
    assert operator == {"fee_minor": 0, "float_minor": 5}


def test_a_partner_names_the_member_by_card_or_number_and_is_told_what_the_counter_needs(street, anna):
    street.buy(anna, 1_000)
    for card in (street.card, street.number):
        found = anna.api.get(f"/members/lookup?card={card}").json()
        account = found["accounts"][0]
        assert (found["id"], found["status"], found["name"], account["balance"]) == (
            street.member, "active", None, 10,
        )  # fmt: skip
        assert "email" not in found
    told = street.made(anna.api, "/introductions", {"card": street.card, "name": "Jonas"})
    assert told["name"] == "Jonas"
    other = street.join("Bert")
    assert other.api.get(f"/members/lookup?card={street.card}").json()["name"] is None
    for path in (f"/members/{street.member}", "/members/lookup?email=j@weidner.example"):
        assert anna.api.get(path).status_code == 404
    body = {"member": street.member, "amount_minor": 100}
    assert anna.api.post("/purchases", body).status_code == 404


def test_a_partner_sees_its_own_purchases_and_no_others(street, anna, bert):
    mine, theirs = street.buy(anna, 1_000), street.buy(bert, 2_000)
    listed = anna.api.get(f"/purchases?program={street.program}").json()["data"]
    assert [row["id"] for row in listed] == [mine["id"]]
    assert anna.api.get(f"/purchases/{mine['id']}").json()["credits"][0]["amount"] == 10
    for path in (f"/purchases/{theirs['id']}", f"/purchases/{theirs['id']}/refunds"):
        assert anna.api.get(path).status_code == 404
    assert anna.api.post(f"/purchases/{theirs['id']}/refunds", {}).status_code == 404
    redemption = street.redeem(bert, 5)
    assert anna.api.get(f"/redemptions/{redemption['id']}").status_code == 404
    assert anna.api.post(f"/redemptions/{redemption['id']}/cancellation").status_code == 404
    assert bert.api.get(f"/redemptions/{redemption['id']}").status_code == 200
    own, operator = street.settled("2026-03", anna.api)
    assert (list(own), operator) == ([anna.merchant], None)
    everybody = street.operator.get(f"/purchases?program={street.program}").json()["data"]
    assert {row["id"] for row in everybody} == {mine["id"], theirs["id"]}


def test_who_is_no_partner_knows_neither_card_nor_program(street, anna):
    stranger = Api(registered("Fremd").api_key)
    assert stranger.post("/purchases", {"card": street.card, "amount_minor": 100}).status_code == 404
    for path in ("partners", "settlements", "directory", f"settlements/{anna.merchant}/statement.csv"):
        assert stranger.get(f"/programs/{street.program}/{path}").status_code == 404
    assert stranger.get("/invitations").json()["data"] == []
    assert stranger.get(f"/invitations/{anna.id}").status_code == 404


def test_the_same_idempotency_key_of_two_partners_is_two_requests_and_of_one_is_one(street, anna, bert):
    body, key = {"card": street.card, "amount_minor": 1_000}, {"Idempotency-Key": "bon-1"}
    first, again = (anna.api.post("/purchases", body, **key) for _ in range(2))
    other = bert.api.post("/purchases", body, **key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]


def test_a_batch_of_the_coalitions_cards_is_recorded_at_the_partners_till(street, anna):
    rows = [{"card": street.card, "amount_minor": 1_000, "external_id": f"bon-{n}"} for n in range(3)]
    rows.append({"card": "unbekannt", "amount_minor": 1})
    results = street.made(anna.api, "/purchases/batch", {"purchases": rows}, status=200)["results"]
    assert [one["status"] for one in results] == [201, 201, 201, 404]
    assert [one["purchase"]["credits"][0]["amount"] for one in results[:3]] == [10, 10, 10]
    assert street.settled("2026-03")[0][anna.merchant]["issued_points"] == 30
    again = street.made(anna.api, "/purchases/batch", {"purchases": rows[:3]}, status=200)["results"]
    assert [one["status"] for one in again] == [200, 200, 200]


def test_a_preview_stores_nothing_and_says_what_the_partner_would_give(street):
    anna = street.join("Anna", earn={"points": 3, "per_minor": 100})
    body = {"card": street.card, "amount_minor": 1_000}
    response = anna.api.post("/purchases/preview", body)
    assert (response.status_code, response.json()["credits"][0]["amount"]) == (200, 30)
    assert anna.api.get(f"/purchases?program={street.program}").json()["data"] == []


def test_invited_is_not_yet_a_partner_and_left_is_no_longer_one(street):
    shop = registered("Anna")
    api = Api(shop.api_key)
    body = {"merchant": shop.merchant.public_id, "earn": {"points": 2, "per_minor": 100}}
    invited = street.made(street.operator, f"/programs/{street.program}/partners", body)
    assert invited["id"].startswith("inv_") and invited["status"] == "invited"
    (seen,) = api.get("/invitations").json()["data"]
    assert (seen["id"], seen["operator_name"], seen["program"]) == (
        invited["id"], "Werbegemeinschaft", street.program,
    )  # fmt: skip
    purchase = {"card": street.card, "amount_minor": 1_000}
    assert api.post("/purchases", purchase).status_code == 404
    accepted = street.made(api, f"/invitations/{invited['id']}/acceptance", status=200)
    assert accepted["status"] == "active"
    assert street.made(api, "/purchases", purchase)["credits"][0]["amount"] == 20
    again = street.operator.post(f"/programs/{street.program}/partners", body)
    assert (again.status_code, again.json()["code"]) == (422, "partner_already")
    path = f"/programs/{street.program}/partners/{invited['id']}"
    assert street.operator.patch(path, {"redeems": False}).json()["redeems"] is False
    assert api.patch(path, {"redeems": True}).status_code == 404
    refusal = api.post("/redemptions", {"card": street.card, "reward": street.reward(5)})
    assert (refusal.status_code, refusal.json()["code"]) == (422, "not_a_partner")
    left = street.made(street.operator, f"{path}/departure", {}, status=200)
    assert left["status"] == "left"
    assert api.post("/purchases", purchase).status_code == 404


def test_the_directory_says_what_each_shop_gives_and_whether_it_takes_points(street):
    street.join("Anna", earn={"points": 2, "per_minor": 150}, redeems=False)
    shops = street.operator.get(f"/programs/{street.program}/directory").json()["data"]
    assert [(shop["name"], shop["gives"], shop["redeems"]) for shop in shops] == [
        ("Werbegemeinschaft", "1 point for every full €1", True), ("Anna", "2 points for every full €1.50", False),
    ]  # fmt: skip


def test_a_prepaid_block_of_50_gives_50_of_100_and_says_so(db):
    street = Coalition(billing="prepaid")
    anna = street.join("Anna")
    path = f"/programs/{street.program}/partners/{anna.id}/blocks"
    street.made(street.operator, path, {"points": 50, "price_minor": 45})
    credit = street.buy(anna, 10_000)["credits"][0]
    assert (credit["amount"], credit["because"][0]["code"]) == (50, "block_used_up")
    (block,) = anna.api.get(path).json()["data"]
    assert (block["used"], block["left"]) == (50, 0)
    assert anna.api.post(path, {"points": 50, "price_minor": 0}).status_code == 404


def test_a_partner_offers_a_reward_of_its_own_at_its_own_till(street, anna, bert):
    body = {"name": "Brezel", "program": street.program, "cost": 5}
    reward = street.made(anna.api, "/rewards", body)["id"]
    street.buy(bert, 1_000)
    wanted = {"card": street.card, "reward": reward}
    assert bert.api.post("/redemptions", wanted).status_code == 404
    assert street.made(anna.api, "/redemptions", wanted)["balance"] == 5
    seen = anna.api.get(f"/rewards?program={street.program}").json()["data"]
    assert [row["id"] for row in seen] == [reward]
    assert bert.api.get(f"/rewards?program={street.program}").json()["data"] == []


def test_statements_are_read_by_the_operator_and_by_the_partner_itself(street, anna, bert):
    street.buy(anna, 10_000)
    street.redeem(bert, 30)
    path = f"/programs/{street.program}/settlements/{bert.merchant}/statement"
    for api in (street.operator, bert.api):
        csv = api.get(f"{path}.csv?month=2026-03").content.decode()
        assert csv.splitlines()[1:] == ["2026-03-12,2026-03-12,redeem,0,30,30,EUR"]
        pdf = api.get(f"{path}.pdf?month=2026-03")
        assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert anna.api.get(f"{path}.csv?month=2026-03").status_code == 404
    wrong = street.operator.get(f"/programs/{street.program}/settlements?month=March")
    assert (wrong.status_code, list(wrong.json()["field_errors"])) == (400, ["month"])


def test_points_as_money_at_a_partners_till_are_paid_by_those_who_gave_them(db):
    street = Coalition(redeem={"point_value_minor": "1"})
    anna, bert = street.join("Anna"), street.join("Bert")
    street.buy(anna, 10_000)
    points = {"program": street.program, "amount": 60}
    paid = street.buy(bert, 1_000, points=points)
    assert (paid["discount_minor"], paid["net_minor"]) == (60, 940)
    partners, _operator = street.settled("2026-03")
    assert (partners[bert.merchant]["is_owed_minor"], partners[bert.merchant]["issued_points"]) == (60, 9)
    street.made(bert.api, f"/purchases/{paid['id']}/refunds", {})
    partners, _operator = street.settled("2026-03")
    assert (partners[bert.merchant]["net_minor"], partners[anna.merchant]["net_minor"]) == (0, -100)


def test_a_program_of_another_type_is_no_coalition(street, anna):
    other = street.made(street.operator, "/programs", {"type": "points", "name": "Eigene"})["id"]
    response = street.operator.post(f"/programs/{other}/partners", {"merchant": anna.merchant})
    assert response.status_code == 400
    credits = street.buy(anna, 1_000)["credits"]
    assert [credit["program"] for credit in credits] == [street.program]


def test_the_same_receipt_number_of_two_partners_is_two_purchases_and_of_one_is_one(street, anna, bert):
    body = {"card": street.card, "amount_minor": 1_000, "external_id": "bon-1"}
    first = street.made(anna.api, "/purchases", body)
    again = street.made(anna.api, "/purchases", body, status=200)
    other = street.made(bert.api, "/purchases", body)
    own = street.made(street.operator, "/purchases", body)
    assert first["id"] == again["id"] and len({first["id"], other["id"], own["id"]}) == 3
    assert {one["external_id"] for one in (first, again, other, own)} == {"bon-1"}
    path = f"/purchases?program={street.program}&external_id=bon-1"
    assert [row["id"] for row in bert.api.get(path).json()["data"]] == [other["id"]]


def test_a_partners_sandbox_follows_the_operators_clock(street, anna):
    street.turn_to(APRIL)
    assert anna.api.get("/test-clock").json() == {"now": APRIL}
    assert street.buy(anna, 100)["occurred_at"] == APRIL
    # Who comes later is brought to where the operator's clock stands.
    assert street.join("Bert").api.get("/test-clock").json() == {"now": APRIL}


def test_a_name_given_at_a_counter_is_told_to_its_owner_and_forgotten_with_the_member(street, anna):
    street.made(anna.api, "/introductions", {"card": street.card, "name": "Zacharias Quendel"})
    export = street.operator.get(f"/members/{street.member}/export").json()
    assert [(one["partner"], one["name"]) for one in export["introductions"]] == [
        (anna.merchant, "Zacharias Quendel")
    ]
    assert street.operator.post(f"/members/{street.member}/erasure", {}).status_code == 200
    export = street.operator.get(f"/members/{street.member}/export").json()
    assert export["introductions"] == []
    assert anna.api.get(f"/members/lookup?card={street.card}").status_code == 404


def test_a_card_of_the_shops_own_asks_nothing_of_coalitions(street):
    body = {"card": street.card, "amount_minor": 1_000}
    street.made(street.operator, "/purchases", body)
    with CaptureQueriesContext(connection) as seen:
        street.made(street.operator, "/purchases", body)
    asked = [query["sql"] for query in seen.captured_queries if "coalition_p" in query["sql"]]
    assert [sql for sql in asked if "INSERT" not in sql] == []
