"""Rewards of every kind and condition over HTTP: how they are written, what is refused, what the answers say."""

from datetime import timedelta

import pytest

from tests import makers
from tests.makers import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def program(shop):
    return makers.points_program(shop.merchant).public_id


@pytest.fixture
def member(api, program):
    return joined(api, "Jonas Weidner")


def joined(api, name, amount_minor=10_000):
    member = api.post("/members", {"name": name}).json()["id"]
    api.post("/purchases", {"member": member, "amount_minor": amount_minor})
    return member


@pytest.fixture
def make(api, program):
    def made(**columns):
        response = api.post("/rewards", {"name": "Etwas", "program": program, "cost": 10} | columns)
        assert response.status_code == 201, response.json()
        return response.json()

    return made


def redeem(api, member, reward, **more):
    return api.post("/redemptions", {"member": member, "reward": reward["id"]} | more)


def voucher(api, member, reward):
    return redeem(api, member, reward, use="later").json()["voucher"]


def refused(response, code, **facts):
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert {name: response.json().get(name) for name in facts} == facts
    return response.json()["detail"]


EVERYTHING = {
    "kind": "percent_off", "percent": "12.5", "categories": ["cake"], "brands": ["Lind"], "applies_to": "cheapest_item",
    "most_minor": 500, "exclusive": True, "transferable": True, "tiers": ["Gold"], "per_member": 2,
    "unlock": {"spend_minor": 5000, "within_days": 14},
    "early_access": {"tiers": ["Gold"], "segments": [], "hours": 48}, "starts_at": "2026-04-01T00:00:00+02:00",
}  # fmt: skip


def test_all_that_is_sent_is_read_back_and_can_be_changed(api, make):
    made = make(**EVERYTHING)
    assert {name: made[name] for name in EVERYTHING} == EVERYTHING
    assert api.get(f"/rewards/{made['id']}").json() == made
    changes = {
        "tiers": [],
        "unlock": None,
        "early_access": None,
        "applies_to": None,
        "exclusive": False,
        "most_minor": 100,
    }
    changed = api.patch(f"/rewards/{made['id']}", changes).json()
    assert changed == made | changes | {"applies_to": "items"}


def test_what_is_not_said_is_taken_off_the_items_that_are_named_or_else_the_purchase(make):
    off = {"kind": "percent_off", "percent": "5"}
    assert make(**off)["applies_to"] == "purchase"
    assert make(**off, skus=["brot"])["applies_to"] == "items"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "experience", "stock": 3}, "stock"),
        ({"capacity": 3}, "capacity"),
        ({"kind": "partner"}, "partner_name"),
        ({"cost": 0}, "per_member"),
        ({"segments": ["seg_01890000000070008000000000000000"]}, "segments"),
        ({"early_access": {"tiers": ["Gold"], "hours": 1}}, "early_access"),
        ({"unlock": {"spend_minor": 0, "within_days": 14}}, "unlock.spend_minor"),
        ({"program": None}, "program"),
    ],
)
def test_what_contradicts_itself_is_named(api, program, sent, field):
    response = api.post("/rewards", {"name": "Etwas", "program": program, "cost": 1} | sent)
    assert (response.status_code, list(response.json()["field_errors"])) == (400, [field])
    assert api.get("/rewards").json()["data"] == []


def test_free_shipping_is_read_by_its_code_and_takes_nothing_off(api, member, make):
    code = voucher(api, member, make(kind="free_shipping"))
    assert api.get(f"/vouchers/{code}").json()["kind"] == "free_shipping"
    bought = api.post("/purchases", {"member": member, "amount_minor": 4000, "vouchers": [code]}).json()
    assert (bought["discount_minor"], bought["net_minor"]) == (0, 4000)
    [row] = bought["discounts"]
    assert (row["order"], row["voucher"], row["amount_minor"], row["text"]) == (
        1,
        code,
        0,
        "The shipping is free.",
    )
    assert api.get(f"/vouchers/{code}").json()["status"] == "used"


def test_free_shipping_needs_no_amount_unless_it_has_a_minimum(api, member, make):
    free, large = make(kind="free_shipping"), make(kind="free_shipping", min_purchase_minor=5000)
    used = api.post(f"/vouchers/{voucher(api, member, free)}/redemption").json()
    assert (used["status"], used["discount_minor"]) == ("used", 0)
    code = voucher(api, member, large)
    assert list(api.post(f"/vouchers/{code}/redemption").json()["field_errors"]) == ["amount_minor"]
    refused(api.post(f"/vouchers/{code}/redemption", {"amount_minor": 4999}), "below_minimum")
    assert api.post(f"/vouchers/{code}/redemption", {"amount_minor": 5000}).json()["status"] == "used"


def test_discounts_say_in_which_order_and_why(api, member, make):
    codes = [
        voucher(api, member, make(kind="percent_off", percent="20", most_minor=100)),
        voucher(api, member, make(kind="percent_off", percent="100", applies_to="cheapest_item")),
        voucher(api, member, make(kind="amount_off", value_minor=500, categories=["bread"])),
    ]
    items = [
        {"sku": "torte", "category": "cake", "quantity": 2, "amount_minor": 900},
        {"sku": "brot", "category": "bread", "quantity": 1, "amount_minor": 300},
    ]
    sale = {"member": member, "amount_minor": 1200, "items": items, "vouchers": codes}
    seen, bought = api.post("/purchases/preview", sale).json(), api.post("/purchases", sale).json()
    assert [(row["order"], row["amount_minor"], row["text"]) for row in bought["discounts"]] == [
        (1, 300, "€5 off what it is for. More was not left to be paid."),
        (2, 450, "100 % off the cheapest item."),
        (3, 90, "20 % off the purchase."),
    ]
    assert seen["discounts"] == bought["discounts"]
    assert (bought["discount_minor"], bought["net_minor"]) == (840, 360)
    assert sum(item["discount_minor"] for item in bought["items"]) == 840


def test_an_exclusive_voucher_is_refused_beside_others(api, member, make):
    alone = voucher(api, member, make(kind="amount_off", value_minor=100, exclusive=True))
    other = voucher(api, member, make(kind="amount_off", value_minor=100))
    sale = {"member": member, "amount_minor": 1000, "vouchers": [other, alone]}
    sentence = refused(api.post("/purchases", sale), "not_combinable", voucher=alone)
    assert sentence == f"The voucher {alone} cannot be used together with others."
    assert api.get(f"/vouchers/{other}").json()["status"] == "open"


def test_what_is_missing_is_said(api, member, make):
    gold = make(tiers=["Gold"])
    assert refused(redeem(api, member, gold), "not_eligible", reason="tier", tiers=["Gold"]) == (
        "This reward is for guests with Gold."
    )
    spend = make(unlock={"spend_minor": 15_000, "within_days": 14})
    facts = {
        "reason": "spend",
        "missing_minor": 5000,
        "spend_minor": 15_000,
        "within_days": 14,
        "currency": "EUR",
    }
    assert refused(redeem(api, member, spend), "not_eligible", **facts) == (
        "€50 more has to be spent for this reward; today and the 14 days before count."
    )
    refused(redeem(api, member, make(starts_at=(NOON + DAY).isoformat())), "not_started")
    refused(redeem(api, member, make(ends_at=NOON.isoformat())), "ended")
    refused(redeem(api, member, make(stock=0)), "out_of_stock")


def test_only_who_is_in_the_segment(api, member, make):
    rule = {"all": [{"field": "visits", "is": "at_least", "value": 2}]}
    segment = api.post("/segments", {"name": "Stammgäste", "rule": rule}).json()["id"]
    reward = make(segments=[segment])
    refused(redeem(api, member, reward), "not_eligible", reason="segment", segments=[segment])
    api.post("/purchases", {"member": member, "amount_minor": 100})
    assert redeem(api, member, reward).status_code == 201


def test_the_next_reward_is_one_that_the_member_could_have(api, member, make):
    make(cost=101, tiers=["Gold"])
    wanted = make(cost=102)
    [account] = api.get(f"/members/{member}").json()["accounts"]
    assert (account["next_reward"]["reward"]["id"], account["next_reward"]["missing"]) == (wanted["id"], 2)


def test_what_has_to_be_spent_before_stands_in_the_account(api, member, make):
    wanted = make(unlock={"spend_minor": 15_000, "within_days": 14})
    [account] = api.get(f"/members/{member}").json()["accounts"]
    [row] = account["to_spend"]
    assert (row["reward"]["id"], row["missing_minor"], row["within_days"]) == (wanted["id"], 5000, 14)
    bought = api.post("/purchases", {"member": member, "amount_minor": 5000}).json()
    assert bought["member_state"]["accounts"][0]["to_spend"] == []
    assert redeem(api, member, wanted).status_code == 201


def test_places_are_booked_waited_for_and_passed_on(api, member, make):
    reward = make(kind="experience", capacity=1, takes_place_at=(NOON + 7 * DAY).isoformat())
    ines = joined(api, "Ines")
    booked = redeem(api, member, reward).json()
    assert (booked["status"], booked["balance"]) == ("done", 90)
    refused(redeem(api, ines, reward), "fully_booked")
    waits = redeem(api, ines, reward, wait=True)
    assert (waits.status_code, waits.json()["status"], waits.json()["voucher"]) == (201, "waiting", None)
    assert api.post(f"/redemptions/{booked['id']}/cancellation").json()["status"] == "cancelled"
    now = api.get(f"/redemptions/{waits.json()['id']}").json()
    assert (now["status"], now["balance"]) == ("done", 90)
    assert api.get(f"/vouchers/{now['voucher']}").json()["kind"] == "experience"
    types = [row["type"] for row in api.get(f"/events?member={ines}").json()["data"]]
    assert types[:3] == ["reward.place_given", "reward.redeemed", "reward.waiting"]


def test_recognition_is_proposed_and_given(api, shop, member):
    sent = {"name": "Gast des Monats", "kind": "recognition"}
    reward = api.post("/rewards", sent).json()
    assert (reward["program"], reward["cost"]) == (None, 0)
    found = api.get(f"/rewards/{reward['id']}/proposals?month=2026-03").json()
    assert [(row["by"], row["member"], row["visits"], row["spend_minor"]) for row in found["data"]] == [
        (by, member, 1, 10_000) for by in ("visits", "spend", "faithful")
    ]
    assert api.get(f"/rewards/{reward['id']}/proposals").json() == {"month": "2026-02", "data": []}
    wrong = api.get(f"/rewards/{reward['id']}/proposals?month=March")
    assert (wrong.status_code, list(wrong.json()["field_errors"])) == (400, ["month"])
    refused(redeem(api, member, reward), "not_eligible", reason="given")
    given = api.post(
        f"/rewards/{reward['id']}/awards", {"member": member, "text": "Im März am häufigsten da"}
    )
    assert (given.status_code, given.json()["cost"], given.json()["text"]) == (
        201,
        0,
        "Im März am häufigsten da",
    )
    assert api.get(f"/redemptions?member={member}").json()["data"][0]["id"] == given.json()["id"]
    again = api.get(f"/rewards/{reward['id']}/proposals?month=2026-03").json()["data"]
    assert [row["awarded"] for row in again] == [1, 1, 1]


def test_what_a_partner_gives_names_it_and_its_price(api, member, make):
    reward = make(kind="partner", partner_name="Buchhandlung Lind", partner_price_minor=450)
    assert (reward["partner_name"], reward["partner_price_minor"]) == ("Buchhandlung Lind", 450)
    code = redeem(api, member, reward).json()["voucher"]
    assert api.post(f"/vouchers/{code}/redemption").json()["status"] == "used"
