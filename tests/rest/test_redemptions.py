"""Redemptions and vouchers over HTTP, and the lists that tell of what happened."""

import pytest

from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def reward(api, shop):
    program = makers.points_program(shop.merchant, rewards=[("Brot nach Wahl", 40)])
    return {"program": program.public_id, "id": api.get("/rewards").json()["data"][0]["id"]}


@pytest.fixture
def member(api, reward):
    member = api.post("/members", {"name": "Jonas Weidner"}).json()["id"]
    api.post("/purchases", {"member": member, "amount_minor": 10000})
    return member


def test_a_reward_is_paid_for_and_handed_over(api, shop, member, reward):
    body = {"member": member, "reward": reward["id"], "location": shop.location.public_id}
    response = api.post("/redemptions", body)
    assert response.status_code == 201
    redemption = response.json()
    assert (redemption["cost"], redemption["balance"], redemption["voucher"]) == (40, 60, None)
    assert (redemption["status"], redemption["use"]) == ("done", "now")
    assert redemption["member_state"]["accounts"][0]["balance"] == 60
    kept = api.get(f"/redemptions/{redemption['id']}").json()
    assert kept == {name: value for name, value in redemption.items() if name != "member_state"}
    assert api.get(f"/redemptions?member={member}").json()["data"] == [kept]


def test_a_cancelled_redemption_gives_the_points_back_once(api, member, reward):
    redemption = api.post("/redemptions", {"member": member, "reward": reward["id"]}).json()
    path = f"/redemptions/{redemption['id']}/cancellation"
    first, again = api.post(path).json(), api.post(path).json()
    assert (first["status"], first["balance"]) == ("cancelled", 100)
    assert (again["status"], again["balance"]) == ("cancelled", 100)


def test_what_is_used_later_is_a_voucher(api, member, reward):
    made = api.post("/redemptions", {"member": member, "reward": reward["id"], "use": "later"}).json()
    code = made["voucher"]
    voucher = api.get(f"/vouchers/{code}").json()
    assert (voucher["code"], voucher["status"], voucher["reward"], voucher["member"]) == (
        code,
        "open",
        reward["id"],
        member,
    )
    assert voucher["url"] == api.get(f"/members/{member}").json()["card"]["url"]
    assert api.get(f"/members/{member}/vouchers").json()["data"] == [voucher]
    assert api.get("/vouchers").json()["data"] == [voucher]
    used = api.post(f"/vouchers/{code}/redemption")
    assert (used.status_code, used.json()["status"], used.json()["discount_minor"]) == (200, "used", 0)
    again = api.post(f"/vouchers/{code}/redemption")
    assert (again.status_code, again.json()["code"]) == (422, "code_used")
    cancelled = api.post(f"/redemptions/{made['id']}/cancellation")
    assert (cancelled.status_code, cancelled.json()["code"]) == (422, "code_used")


def test_a_voucher_takes_off_what_it_says(api, shop, member, reward):
    percent = api.post(
        "/rewards",
        {"name": "10 %", "program": reward["program"], "cost": 10, "kind": "percent_off", "percent": "10"},
    ).json()["id"]
    code = api.post("/redemptions", {"member": member, "reward": percent, "use": "later"}).json()["voucher"]
    missing = api.post(f"/vouchers/{code}/redemption", {})
    assert list(missing.json()["field_errors"]) == ["amount_minor"]
    assert api.post(f"/vouchers/{code}/redemption", {"amount_minor": 2500}).json()["discount_minor"] == 250
    assert api.get(f"/vouchers/{code}").json()["status"] == "used"


def test_a_void_voucher_is_good_for_nothing(api, member, reward):
    code = api.post("/redemptions", {"member": member, "reward": reward["id"], "use": "later"}).json()[
        "voucher"
    ]
    assert api.post(f"/vouchers/{code}/void").json()["status"] == "void"
    refused = api.post(f"/vouchers/{code}/redemption")
    assert (refused.status_code, refused.json()["code"]) == (422, "code_void")


@pytest.mark.parametrize("path", ["", "/redemption", "/void"])
def test_an_unknown_code_is_not_found(api, shop, path):
    response = api.post(f"/vouchers/K7QM4WRTX{path}") if path else api.get("/vouchers/K7QM4WRTX")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_who_redeems_has_to_be_named(api, reward):
    response = api.post("/redemptions", {"reward": reward["id"]})
    assert (response.status_code, list(response.json()["field_errors"])) == (400, ["member"])


def test_events_tell_what_happened_newest_first(api, member, reward):
    api.post("/redemptions", {"member": member, "reward": reward["id"]})
    types = [row["type"] for row in api.get(f"/events?member={member}").json()["data"]]
    assert types == ["reward.redeemed", "purchase.recorded", "member.joined"]
    (event,) = api.get("/events?type=purchase.recorded").json()["data"]
    assert event["data"]["amount_minor"] == 10000
    assert api.get(f"/events/{event['id']}").json() == event


def test_locations_and_people_are_read(api, shop):
    (location,) = api.get("/locations").json()["data"]
    assert (location["id"], location["name"]) == (shop.location.public_id, "Café Morgenrot")
    assert api.get(f"/locations/{location['id']}").json() == location
    (person,) = api.get("/staff").json()["data"]
    assert (person["id"], person["role"]) == (shop.owner.public_id, "owner")
    assert api.get(f"/staff/{person['id']}").json() == person


def test_messages_are_an_empty_list_at_first(api, shop):
    assert api.get("/messages").json() == {"data": [], "next_cursor": None}
