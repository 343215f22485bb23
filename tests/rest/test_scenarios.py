"""Worked cases, played by an integrator: only what the API answers is looked at."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from tests import makers
from tests.makers import NOON
from tests.rest.conftest import Api, registered


@pytest.fixture
def till(api, shop):
    return Till(api, shop.merchant)


class Till:
    """One member in the programs that a test makes, and the handful of requests that cases are made of."""

    def __init__(self, api: Api, merchant):
        self.api, self.merchant = api, merchant
        self.member = self.made("/members", {"name": "Jonas Weidner"})["id"]

    def made(self, path, body):
        response = self.api.post(path, body)
        assert response.status_code == 201, response.json()
        return response.json()

    def points(self, **settings):
        return self.made("/programs", {"type": "points", "name": "Brotpunkte", **settings})["id"]

    def punch_card(self, **settings):
        return self.made(
            "/programs",
            {
                "type": "punch_card",
                "name": "Kaffeekarte",
                "reward": {"name": "Ein Kaffee nach Wahl"},
                **settings,
            },
        )["id"]

    def reward(self, program, cost, **columns):
        return self.made("/rewards", {"name": "Gutschein", "program": program, "cost": cost, **columns})["id"]

    def buy(self, amount_minor, **more):
        return self.made("/purchases", {"member": self.member, "amount_minor": amount_minor, **more})

    def credit(self, amount_minor, **more):
        """What a purchase gave in the only program."""
        credits = self.buy(amount_minor, **more)["credits"]
        assert len(credits) == 1
        return credits[0]["amount"]

    def refund(self, purchase, **body):
        return self.made(f"/purchases/{purchase['id']}/refunds", body)

    def refunded(self, purchase, **body):
        return self.refund(purchase, **body)["debits"][0]["amount"]

    def redeem(self, reward, **more):
        return self.made("/redemptions", {"member": self.member, "reward": reward, **more})

    def account(self):
        return self.api.get(f"/members/{self.member}").json()["accounts"][0]

    def balance(self):
        return self.account()["balance"]

    def entries(self):
        """(kind, amount) of each entry, oldest first."""
        rows = self.api.get(f"/members/{self.member}/entries").json()["data"]
        return [(row["kind"], row["amount"]) for row in reversed(rows)]

    def at(self, moment):
        makers.turn_to(self.merchant, moment)


@pytest.mark.parametrize(
    ("earn", "amount_minor", "points"),
    [
        ({"points": 1, "per_minor": 100}, 1999, 19),
        ({"points": 3, "per_minor": 100}, 4000, 120),
        ({"points": 1, "per_minor": 1000}, 10500, 10),
    ],
)
def test_01_points_per_amount(till, earn, amount_minor, points):
    till.points(earn=earn)
    assert till.credit(amount_minor) == points


@pytest.mark.parametrize(
    ("rounding", "multiplier", "amount_minor", "points"),
    [
        ("down", "1.5", 1900, 28),
        ("half_up", "1.5", 1900, 29),
        ("up", "1.5", 1900, 29),
        ("down", "2", 1900, 38),
        ("down", "1.5", 238, 3),
    ],
)
def test_02_the_multiplier_comes_before_the_rounding(till, rounding, multiplier, amount_minor, points):
    program = till.points(earn={"rounding": rounding})
    rule = {"name": "Treuebonus", "when": {"event": "purchase"}, "gives": {"multiplier": multiplier}}
    till.made(f"/programs/{program}/rules", rule)
    assert till.credit(amount_minor) == points


def test_03_what_does_not_fill_a_stamp_is_kept_with_accumulate(till):
    till.punch_card(stamp_per="amount", per_minor=5000, accumulate=True)
    assert (till.credit(3000), till.credit(2000)) == (0, 1)


def test_03_without_accumulate_it_is_not_and_because_says_so(till):
    till.punch_card(stamp_per="amount", per_minor=5000)
    first, second = till.buy(3000)["credits"][0], till.buy(2000)["credits"][0]
    assert (first["amount"], second["amount"]) == (0, 0)
    why = first["because"][0]
    assert (why["rule"], why["code"], why["amount"]) == ("earn", "too_little", 0)
    assert why["text"]


def test_06_the_same_external_id_is_one_purchase_and_one_credit(till):
    till.points()
    body = {"member": till.member, "amount_minor": 1999, "external_id": "bon-4711"}
    first, again = till.api.post("/purchases", body), till.api.post("/purchases", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert till.balance() == 19


def test_06_without_a_member_there_is_no_credit_but_a_purchase(till):
    till.points()
    bought = till.made("/purchases", {"amount_minor": 1999, "member": None})
    assert (bought["member"], bought["credits"], bought["member_state"]) == (None, [], None)
    assert till.api.get(f"/purchases/{bought['id']}").json()["net_minor"] == 1999


def test_07_the_tenth_stamp_unlocks_and_the_eleventh_is_the_first_of_the_next_card(till):
    till.punch_card()
    bought = [till.buy(350) for _ in range(11)]
    assert [one["unlocked"] for one in bought[:9]] == [[]] * 9
    (unlocked,) = bought[9]["unlocked"]
    assert (unlocked["reward"]["name"], unlocked["voucher"]) == ("Ein Kaffee nach Wahl", None)
    assert bought[9]["member_state"]["accounts"][0]["balance"] == 0
    state = bought[10]["member_state"]["accounts"][0]
    assert (state["balance"], state["stamps_required"]) == (1, 10)
    assert state["unlocked"] == [unlocked]
    taken = till.redeem(unlocked["reward"]["id"])
    assert taken["cost"] == 0
    assert taken["member_state"]["accounts"][0]["unlocked"] == []
    again = till.api.post("/redemptions", {"member": till.member, "reward": unlocked["reward"]["id"]})
    assert (again.status_code, again.json()["code"]) == (422, "not_eligible")


@pytest.mark.parametrize(("required", "cards", "over"), [(4, 18, 3), (3, 25, 0)])
def test_08_many_items_in_one_purchase_fill_many_cards(till, required, cards, over):
    till.punch_card(stamps_required=required, stamp_per="item")
    bought = till.buy(7500, items=[{"sku": "brezel", "quantity": 75, "amount_minor": 7500}])
    assert bought["credits"][0]["amount"] == 75
    assert len(bought["unlocked"]) == cards
    assert till.balance() == over


def test_09_under_a_cooldown_a_visit_is_recorded_and_gives_none(till):
    till.punch_card(cooldown_minutes=60)
    assert till.credit(350) == 1
    till.at(NOON + timedelta(minutes=59))
    early = till.buy(350)["credits"][0]
    assert early["amount"] == 0
    assert (early["because"][0]["code"], early["because"][0]["minutes_left"]) == ("cooldown", 1)
    till.at(NOON + timedelta(minutes=60))
    assert till.credit(350) == 1
    assert len(till.api.get("/purchases").json()["data"]) == 3


@pytest.mark.parametrize(("refund", "taken_back"), [(100, 0), (500, -1), (1000, -1), (2000, -2)])
def test_10_what_is_left_is_computed_again(till, refund, taken_back):
    till.points(earn={"per_minor": 1000})
    bought = till.buy(2190)
    assert bought["credits"][0]["amount"] == 2
    assert till.refunded(bought, amount_minor=refund) == taken_back


def test_10_two_refunds_take_back_what_one_of_both_would(till):
    till.points(earn={"per_minor": 1000})
    bought = till.buy(2190)
    assert till.refunded(bought, amount_minor=500) + till.refunded(bought, amount_minor=500) == -1


def test_11_partly_and_wholly_returned(till):
    till.points()
    first = till.buy(10000)
    assert till.refunded(first, amount_minor=7500) == -75
    assert till.balance() == 25
    second = till.buy(4995)
    assert till.refunded(second) == -49
    nothing = till.api.post(f"/purchases/{second['id']}/refunds", {})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_left")


@pytest.mark.parametrize(("debt", "after", "then"), [("allow", -50, 10), ("forgive", 0, 60)])
def test_12_spent_points_become_a_debt_or_are_forgiven(till, debt, after, then):
    program = till.points(debt=debt)
    bought = till.buy(5000)
    till.redeem(till.reward(program, 50))
    till.refund(bought)
    assert till.balance() == after
    till.buy(6000)
    assert till.balance() == then


@pytest.mark.parametrize("change", [{"earn": {"points": 2}}, {"status": "closed"}])
def test_13_a_refund_goes_by_the_rules_of_the_purchase(till, change):
    program = till.points()
    bought = till.buy(5000)
    assert till.api.patch(f"/programs/{program}", change).status_code == 200
    assert till.refunded(bought) == -50


def test_14_points_spent_on_a_voucher_return_with_the_last_cent(till):
    program = till.points(expiry={"kind": "after", "months": 12})
    till.made(
        f"/members/{till.member}/adjustments", {"program": program, "amount": 300, "reason": "Übernommen"}
    )
    before = till.account()["expiring"]
    voucher = till.reward(program, 300, kind="amount_off", value_minor=1500)
    code = till.redeem(voucher, use="later")["voucher"]
    bought = till.buy(10000, vouchers=[code])
    assert (bought["discount_minor"], bought["net_minor"], bought["credits"][0]["amount"]) == (1500, 8500, 85)
    assert till.api.get(f"/vouchers/{code}").json()["status"] == "used"
    part = till.refund(bought, amount_minor=7500)
    assert part["returned"] == []
    rest = till.refund(bought)
    assert [(one["program"], one["amount"]) for one in rest["returned"]] == [(program, 300)]
    assert till.balance() == 300
    assert till.account()["expiring"] == before


def test_15_what_expires_first_is_used_first(till):
    program = till.points(expiry={"kind": "after", "months": 6}, starts_at="2025-01-01T00:00:00+01:00")
    till.at(NOON - timedelta(days=60))
    till.buy(10000)
    early = till.account()["expiring"][0]["at"]
    till.at(NOON)
    till.buy(10000)
    till.redeem(till.reward(program, 100))
    (left,) = till.account()["expiring"]
    assert left["amount"] == 100
    assert left["at"] > early
    redeemed = till.api.get(f"/members/{till.member}/entries").json()["data"][0]
    assert (redeemed["kind"], redeemed["lots"]) == ("redeem", [{"amount": 100, "expires_at": early}])


def test_15_two_lots_of_50_and_70_spent_leave_30_in_the_later(till):
    program = till.points(expiry={"kind": "after", "months": 6}, starts_at="2025-01-01T00:00:00+01:00")
    till.at(NOON - timedelta(days=60))
    till.buy(5000)
    till.at(NOON)
    till.buy(5000)
    till.redeem(till.reward(program, 70))
    assert [one["amount"] for one in till.account()["expiring"]] == [30]


def test_16_what_is_left_of_a_lot_expires(till):
    program = till.points(expiry={"kind": "after", "months": 1})
    till.buy(15000)
    till.redeem(till.reward(program, 50))
    till.at(NOON + timedelta(days=40))
    # Whatever touches the account first lets happen what was due.
    till.buy(0)
    assert till.entries() == [("earn", 150), ("redeem", -50), ("expire", -100)]
    assert till.balance() == 0


def test_16_what_returns_to_an_expired_lot_expires_at_once_and_both_are_seen(till):
    program = till.points(expiry={"kind": "after", "months": 1})
    till.buy(15000)
    redemption = till.redeem(till.reward(program, 50))
    till.at(NOON + timedelta(days=40))
    response = till.api.post(f"/redemptions/{redemption['id']}/cancellation")
    assert response.status_code == 200
    assert till.entries() == [
        ("earn", 150),
        ("redeem", -50),
        ("expire", -100),
        ("restore", 50),
        ("expire", -50),
    ]
    assert till.balance() == 0


def test_23_too_little_is_refused_with_the_figures(till):
    program = till.points()
    till.buy(300)
    till.buy(100)
    reward = till.reward(program, 5)
    refused = till.api.post("/redemptions", {"member": till.member, "reward": reward})
    assert refused.status_code == 422
    document = refused.json()
    assert document["code"] == "insufficient_balance"
    assert (document["balance"], document["cost"], document["missing"]) == (4, 5, 1)
    assert till.balance() == 4
    assert till.api.get("/redemptions").json()["data"] == []


def test_23_of_twenty_redemptions_at_the_same_moment_exactly_one_is_paid(real_database):
    shop = registered()
    till = Till(Api(shop.api_key), shop.merchant)
    program = till.points()
    reward = till.reward(program, 100)
    till.buy(10000)
    answers, barrier = [], threading.Barrier(20)

    def redeem():
        api = Api(shop.api_key)
        barrier.wait()
        answers.append(api.post("/redemptions", {"member": till.member, "reward": reward}))
        connection.close()

    threads = [threading.Thread(target=redeem) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 19
    refused = [answer.json() for answer in answers if answer.status_code == 422]
    assert {(one["code"], one["balance"], one["missing"]) for one in refused} == {
        ("insufficient_balance", 0, 100)
    }
    assert till.balance() == 0
    assert till.entries() == [("earn", 100), ("redeem", -100)]
