"""Purchases over HTTP: recorded, previewed, in batches, listed, given back."""

import pytest

from loyalty import tenancy
from loyalty.money import LARGEST_MINOR
from programs.models import Purchase

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(api):
    """1 point per 1.00, since the beginning of the year."""
    body = {"type": "points", "name": "Brotpunkte", "starts_at": "2026-01-01T00:00:00+01:00"}
    return api.post("/programs", body).json()


@pytest.fixture
def member(api, program):
    return api.post("/members", {"name": "Jonas Weidner"}).json()


def count(shop):
    with tenancy.scope(shop.merchant):
        return Purchase.objects.count()


def test_a_purchase_answers_with_everything_about_it(api, shop, program, member):
    items = [{"sku": "brot", "name": "Bauernbrot", "category": "Brot", "quantity": 2, "amount_minor": 1000}]
    response = api.post(
        "/purchases",
        {
            "member": member["id"], "amount_minor": 1999, "currency": "EUR", "items": items, "external_id": "bon-1",
            "occurred_at": "2026-03-12T10:00:00+01:00", "location": shop.location.public_id,
        },
    )  # fmt: skip
    assert response.status_code == 201
    bought = response.json()
    assert bought["id"].startswith("pur_")
    assert {name: bought[name] for name in ("member", "amount_minor", "discount_minor", "net_minor", "currency")} == {
        "member": member["id"], "amount_minor": 1999, "discount_minor": 0, "net_minor": 1999, "currency": "EUR",
    }  # fmt: skip
    assert bought["items"] == [items[0] | {"brand": "", "discount_minor": 0, "returned": 0}]
    assert bought["occurred_at"] == "2026-03-12T10:00:00+01:00"
    assert (bought["location"], bought["external_id"]) == (shop.location.public_id, "bon-1")
    assert bought["actor"] == "First key (API)"
    (credit,) = bought["credits"]
    assert (credit["program"], credit["amount"], credit["expires_at"]) == (program["id"], 19, None)
    assert credit["unit"] == {"singular": "point", "plural": "points"}
    assert credit["because"][0]["amount"] == 19
    assert bought["member_state"]["accounts"][0]["balance"] == 19
    assert api.get(f"/purchases/{bought['id']}").json() == bought


def test_a_card_names_the_member_as_well(api, member):
    bought = api.post("/purchases", {"card": member["card"]["url"], "amount_minor": 100}).json()
    assert bought["member"] == member["id"]
    both = api.post("/purchases", {"card": member["number"], "member": member["id"], "amount_minor": 100})
    assert (both.status_code, list(both.json()["field_errors"])) == (400, ["card"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount_minor": "1999"}, "amount_minor"), ({"amount_minor": 19.99}, "amount_minor"),
        ({"amount_minor": True}, "amount_minor"), ({"amount_minor": -1}, "amount_minor"),
        ({"amount_minor": LARGEST_MINOR + 1}, "amount_minor"), ({"currency": "USD"}, "currency"),
        ({"currency": "eur"}, "currency"), ({"occurred_at": "2026-03-12T10:00:00"}, "occurred_at"),
        ({"occurred_at": "2026-03-12T12:05:01Z"}, "occurred_at"), ({"occurred_at": 1773316800}, "occurred_at"),
        ({"items": [{"sku": "a", "amount_minor": 2000}]}, "items"),
        ({"items": [{"sku": 1, "amount_minor": 1}]}, "items.0.sku"),
        ({"items": [{"amount_minor": 1, "quantity": 0}]}, "items.0.quantity"),
        ({"itmes": []}, "itmes"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_recorded(api, shop, member, wrong, field):
    response = api.post("/purchases", {"member": member["id"], "amount_minor": 1999} | wrong)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert list(response.json()["field_errors"]) == [field]
    assert count(shop) == 0


def test_the_largest_amount_and_the_smallest_are_purchases(api, shop, member):
    assert api.post("/purchases", {"member": member["id"], "amount_minor": LARGEST_MINOR}).status_code == 201
    assert api.post("/purchases", {"member": member["id"], "amount_minor": 0}).status_code == 201
    assert (
        api.post("/purchases", {"amount_minor": 0, "occurred_at": "2026-03-12T12:05:00Z"}).status_code == 201
    )
    assert count(shop) == 3


@pytest.mark.parametrize("name", ["member", "location", "card"])
def test_an_unknown_id_in_a_body_is_not_found(api, shop, program, name):
    unknown = {"member": "mem_" + "0" * 32, "location": "loc_" + "0" * 32, "card": "00000000"}[name]
    response = api.post("/purchases", {"amount_minor": 100, name: unknown})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert count(shop) == 0


def test_a_preview_says_the_same_and_stores_nothing(api, shop, member):
    body = {"member": member["id"], "amount_minor": 1999}
    response = api.post("/purchases/preview", body)
    assert response.status_code == 200
    preview = response.json()
    assert (preview["id"], preview["credits"][0]["amount"]) == (None, 19)
    assert preview["member_state"]["accounts"][0]["balance"] == 19, "as it would be after it"
    assert count(shop) == 0
    assert api.get(f"/members/{member['id']}").json()["accounts"][0]["balance"] == 0
    bought = api.post("/purchases", body).json()
    assert preview == bought | {"id": None}


def test_a_preview_of_a_tier_with_an_entry_reward_names_it_without_a_code(api, shop, member):
    gold = {"name": "Gold", "threshold": 100, "entry_reward": {"name": "Ein Abend für zwei"}}
    api.post("/programs", {"type": "tiered", "name": "Stammkunden", "tiers": [gold]})
    body = {"member": member["id"], "amount_minor": 100}
    preview = api.post("/purchases/preview", body).json()
    assert [(one["reward"]["name"], one["voucher"]) for one in preview["unlocked"]] == [
        ("Ein Abend für zwei", None)
    ]
    assert preview["member_state"]["accounts"][-1]["unlocked"] == preview["unlocked"]
    assert api.get(f"/members/{member['id']}/vouchers").json()["data"] == []


def test_a_batch_answers_row_by_row_in_order(api, shop, member):
    rows = [
        {"member": member["id"], "amount_minor": 1000, "external_id": "1"},
        {"member": member["id"], "amount_minor": -5},
        {"member": member["id"], "amount_minor": 1000, "external_id": "1"},
        {"member": "mem_" + "0" * 32, "amount_minor": 1000},
        {"card": member["number"], "amount_minor": 500, "occurred_at": "2026-03-12T09:00:00+01:00"},
        {"amount_minor": 700},
        {"amount_minor": 700, "currency": "CHF"},
        {"amount_minor": 700, "vouchers": ["UNBEKANNT"]},
        7,
    ]
    response = api.post("/purchases/batch", {"purchases": rows})
    assert response.status_code == 200
    results = response.json()["results"]
    assert [one["status"] for one in results] == [201, 400, 200, 404, 201, 201, 400, 404, 400]
    assert results[2]["purchase"]["id"] == results[0]["purchase"]["id"]
    assert results[1]["problem"]["field_errors"] == {"amount_minor": ["Write 0 or more."]}
    assert results[8]["problem"]["field_errors"] == {"body": ["Write a JSON object here: {…}."]}
    assert [one["purchase"]["credits"][0]["amount"] for one in results[4:5]] == [5]
    assert results[5]["purchase"]["credits"] == []
    assert count(shop) == 3
    assert api.get(f"/members/{member['id']}").json()["accounts"][0]["balance"] == 15


def test_a_batch_costs_the_same_number_of_statements_however_long(api, member, django_assert_max_num_queries):
    rows = [{"member": member["id"], "amount_minor": 100, "external_id": str(n)} for n in range(300)]
    with django_assert_max_num_queries(40):
        response = api.post("/purchases/batch", {"purchases": rows})
    assert {one["status"] for one in response.json()["results"]} == {201}
    assert api.get(f"/members/{member['id']}").json()["accounts"][0]["balance"] == 300


def test_purchases_are_listed_with_what_they_gave(api, member):
    first = api.post("/purchases", {"member": member["id"], "amount_minor": 100, "external_id": "a"}).json()
    other = api.post("/purchases", {"amount_minor": 300}).json()
    assert [row["id"] for row in api.get("/purchases").json()["data"]] == [other["id"], first["id"]]
    (row,) = api.get(f"/purchases?member={member['id']}").json()["data"]
    assert row == first | {"member_state": None}
    assert [row["id"] for row in api.get("/purchases?external_id=a").json()["data"]] == [first["id"]]


def test_items_are_given_back_by_sku(api, member):
    items = [{"sku": "brot", "quantity": 2, "amount_minor": 1000}, {"sku": "kuchen", "amount_minor": 900}]
    bought = api.post("/purchases", {"member": member["id"], "amount_minor": 1900, "items": items}).json()
    path = f"/purchases/{bought['id']}/refunds"
    refund = api.post(path, {"items": [{"sku": "brot", "quantity": 1}]}).json()
    assert (refund["amount_minor"], [one["amount"] for one in refund["debits"]]) == (500, [-5])
    assert refund["member_state"]["accounts"][0]["balance"] == 14
    assert api.post(path, {"items": [{"sku": "brot", "quantity": 2}]}).status_code == 400
    assert api.post(path, {"amount_minor": 1, "items": [{"sku": "brot"}]}).status_code == 400
    assert api.get(f"/purchases/{bought['id']}").json()["refunded_minor"] == 500
    (row,) = api.get(path).json()["data"]
    assert row == {name: refund[name] for name in ("id", "purchase", "amount_minor", "at", "debits")}
    assert api.get(f"{path}/{refund['id']}").json() == row


def test_more_than_is_left_is_refused(api, member):
    bought = api.post("/purchases", {"member": member["id"], "amount_minor": 1000}).json()
    response = api.post(f"/purchases/{bought['id']}/refunds", {"amount_minor": 1001})
    assert (response.status_code, response.json()["code"], response.json()["left_minor"]) == (
        422,
        "nothing_left",
        1000,
    )
    assert api.get(f"/purchases/{bought['id']}").json()["refunded_minor"] == 0
