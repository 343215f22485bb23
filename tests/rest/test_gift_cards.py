"""Gift cards over HTTP: what is answered, who may, and what is refused."""

import pytest

from loyalty import exporting, tenancy
from loyalty.merchants import keys
from members.models import Member
from tests import makers
from tests.rest.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(api, shop):
    return api.post("/members", {"name": "Jonas Weidner"}).json()["id"]


@pytest.fixture
def card(api, member):
    return api.post("/gift-cards", {"balance_minor": 5000, "member": member}).json()


def refusal(response):
    return response.status_code, response.json()["code"]


def test_a_gift_card_is_issued_read_and_listed(api, member):
    body = {
        "balance_minor": 5000,
        "currency": "EUR",
        "expires_at": "2029-12-31T23:00:00Z",
        "member": member,
    }
    response = api.post("/gift-cards", body)
    assert response.status_code == 201
    card = response.json()
    assert {name: card[name] for name in ("balance_minor", "initial_minor", "currency", "status", "member")} == {
        "balance_minor": 5000, "initial_minor": 5000, "currency": "EUR", "status": "active", "member": member,
    }  # fmt: skip
    assert card["expires_at"] == "2030-01-01T00:00:00+01:00", "a period's end at 24:00 is the next day's 0:00"
    assert (card["id"][:4], card["reward"], card["redemption"]) == ("gft_", None, None)
    other = api.post("/gift-cards", {"balance_minor": 1}).json()
    assert (other["currency"], other["expires_at"], other["member"]) == ("EUR", None, None)
    assert api.get(f"/gift-cards/{card['code']}").json() == card
    assert api.get(f"/gift-cards/{card['code'][:4].lower()}-{card['code'][4:]}").json() == card
    assert api.get("/gift-cards").json()["data"] == [other, card]
    assert api.get(f"/gift-cards?member={member}").json()["data"] == [card]
    assert api.get(f"/members/{member}/gift-cards").json() == {"data": [card], "next_cursor": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "balance_minor"),
        ({"balance_minor": 0}, "balance_minor"),
        ({"balance_minor": "5000"}, "balance_minor"),
        ({"balance_minor": 10**12 + 1}, "balance_minor"),
        ({"balance_minor": 1, "currency": "CHF"}, "currency"),
        ({"balance_minor": 1, "expires_at": "2026-01-01T00:00:00+01:00"}, "expires_at"),
        ({"balance_minor": 1, "code": "MEINS"}, "code"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_issued(api, shop, body, field):
    response = api.post("/gift-cards", body)
    assert (response.status_code, list(response.json()["field_errors"])) == (400, [field])
    assert api.get("/gift-cards").json()["data"] == []


def test_what_happened_on_a_gift_card_can_be_read(api, card):
    path = f"/gift-cards/{card['code']}"
    steps = [("charges", 320), ("top-ups", 1000), ("charges", 100), ("refunds", 20)]
    answers = [api.post(f"{path}/{noun}", {"amount_minor": amount}) for noun, amount in steps]
    assert [one.status_code for one in answers] == [201] * 4
    assert [one.json()["balance_minor"] for one in answers] == [4680, 5680, 5580, 5600]
    entries = api.get(f"{path}/entries").json()["data"]
    assert [(one["kind"], one["amount_minor"], one["balance_after_minor"]) for one in entries] == [
        ("refund", 20, 5600), ("charge", -100, 5580), ("top_up", 1000, 5680), ("charge", -320, 4680),
        ("issue", 5000, 5000),
    ]  # fmt: skip
    assert [one.json()["entry"] for one in reversed(answers)] == entries[:4]
    assert {one["actor"] for one in entries} == {"First key (API)"}
    assert api.post(f"{path}/refunds").json()["balance_minor"] == 6000, "without an amount: all that was paid"
    assert refusal(api.post(f"{path}/refunds")) == (422, "nothing_left")


def test_more_than_was_paid_does_not_come_back(api, card):
    path = f"/gift-cards/{card['code']}"
    api.post(f"{path}/charges", {"amount_minor": 320})
    response = api.post(f"{path}/refunds", {"amount_minor": 321})
    assert (refusal(response), response.json()["left_minor"]) == ((422, "nothing_left"), 320)
    assert api.get(path).json()["balance_minor"] == 4680


def test_a_charge_sent_twice_under_one_key_is_charged_once(api, card):
    path, key = f"/gift-cards/{card['code']}/charges", {"Idempotency-Key": "bon-1"}
    first, again = (api.post(path, {"amount_minor": 320}, **key) for _ in range(2))
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", first.json())
    assert api.get(f"/gift-cards/{card['code']}").json()["balance_minor"] == 4680


def test_a_void_gift_card_is_good_for_nothing(api, card):
    path = f"/gift-cards/{card['code']}"
    voided = api.post(f"{path}/void")
    assert (voided.status_code, voided.json()["status"], voided.json()["balance_minor"]) == (200, "void", 0)
    assert api.post(f"{path}/void").json() == voided.json()
    for noun in ("charges", "top-ups", "refunds"):
        assert refusal(api.post(f"{path}/{noun}", {"amount_minor": 1})) == (422, "code_void")
    response = api.post("/purchases", {"amount_minor": 1000, "gift_cards": [card["code"]]})
    assert (refusal(response), response.json()["gift_card"]) == ((422, "code_void"), card["code"])
    assert api.get("/purchases").json()["data"] == []


def test_an_expired_gift_card_is_refused_and_can_be_prolonged(api, shop):
    card = api.post("/gift-cards", {"balance_minor": 5000, "expires_at": "2026-04-01T00:00:00+02:00"}).json()
    path = f"/gift-cards/{card['code']}"
    api.post("/test-clock", {"now": "2026-04-01T00:00:00+02:00"})
    assert api.get(path).json()["status"] == "expired"
    assert refusal(api.post(f"{path}/charges", {"amount_minor": 1})) == (422, "code_expired")
    body = {"amount_minor": 1000, "gift_cards": [card["code"]]}
    assert refusal(api.post("/purchases", body)) == (422, "code_expired")
    prolonged = api.patch(path, {"expires_at": "2027-01-01T00:00:00+01:00"})
    assert (prolonged.status_code, prolonged.json()["status"]) == (200, "active")
    assert api.post("/purchases", body).json()["gift_cards"][0]["balance_minor"] == 4000
    assert api.patch(path, {"expires_at": None}).json()["expires_at"] is None
    assert api.patch(path, {}).json()["field_errors"].keys() == {"expires_at"}


@pytest.mark.parametrize(
    ("scope", "statuses"),
    [("read", [403, 403, 403, 403, 403, 403]), ("counter", [403, 201, 201, 403, 403, 403])],
)
def test_who_may_charge_may_not_make_money(shop, card, scope, statuses):
    till = Api(keys.issue(merchant=shop.merchant, name="Till", scopes=[scope])[1])
    path = f"/gift-cards/{card['code']}"
    answers = [
        till.post("/gift-cards", {"balance_minor": 1}),
        till.post(f"{path}/charges", {"amount_minor": 2}),
        till.post(f"{path}/refunds", {"amount_minor": 1}),
        till.post(f"{path}/top-ups", {"amount_minor": 1}),
        till.post(f"{path}/void"),
        till.patch(path, {"expires_at": None}),
    ]
    assert [one.status_code for one in answers] == statuses
    assert till.get(path).status_code == till.get(f"{path}/entries").status_code == 200


# On purchases


def test_a_purchase_says_what_gift_cards_paid_whenever_it_is_read(api, member, card):
    body = {"member": member, "amount_minor": 3000, "gift_cards": [card["code"]], "external_id": "bon-1"}
    told = [{"code": card["code"], "amount_minor": 3000, "balance_minor": 2000}]
    preview = api.post("/purchases/preview", body).json()
    assert (preview["id"], preview["gift_cards"]) == (None, told)
    first, again = api.post("/purchases", body), api.post("/purchases", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["gift_cards"], again.json()) == (told, first.json())
    assert api.post("/purchases/preview", body).json()["gift_cards"] == told
    api.post(f"/gift-cards/{card['code']}/charges", {"amount_minor": 1})
    assert api.get(f"/purchases/{first.json()['id']}").json()["gift_cards"] == told
    assert api.get("/purchases").json()["data"][0]["gift_cards"] == told
    assert api.get(f"/gift-cards/{card['code']}").json()["balance_minor"] == 1999


def test_in_a_batch_each_row_says_what_gift_cards_paid_of_it(api, card):
    rows = [
        {"amount_minor": 1000},
        {"amount_minor": 4000, "gift_cards": [card["code"]]},
        {"amount_minor": 4000, "gift_cards": ["UNBEKANNT"]},
        {"amount_minor": 4000, "gift_cards": [card["code"]]},
    ]
    results = api.post("/purchases/batch", {"purchases": rows}).json()["results"]
    assert [one["status"] for one in results] == [201, 201, 404, 201]
    paid = [[x["amount_minor"] for x in results[place]["purchase"]["gift_cards"]] for place in (0, 1, 3)]
    assert paid == [[], [4000], [1000]]


def test_a_full_refund_gives_back_to_the_gift_card_and_a_partial_one_does_not(api, member, card):
    bought = api.post(
        "/purchases", {"member": member, "amount_minor": 10_000, "gift_cards": [card["code"]]}
    ).json()
    path = f"/purchases/{bought['id']}/refunds"
    assert api.post(path, {"amount_minor": 4000}).json()["gift_cards"] == []
    refund = api.post(path).json()
    assert refund["gift_cards"] == [{"code": card["code"], "amount_minor": 5000, "balance_minor": 5000}]
    newest = api.get(f"/gift-cards/{card['code']}/entries").json()["data"][0]
    assert (newest["kind"], newest["purchase"], newest["refund"]) == ("refund", bought["id"], refund["id"])


def test_the_export_of_a_member_holds_their_gift_cards(api, shop, member, card):
    api.post("/gift-cards", {"balance_minor": 1})
    assert api.get(f"/members/{member}/export").json()["gift_cards"] == [card]
    with tenancy.scope(shop.merchant):
        held = exporting.of_member(Member.objects.get())["gift_cards"]
    assert held == [{"code": card["code"], "balance_minor": 5000, "currency": "EUR", "status": "active",
                     "expires_at": None}]  # fmt: skip


# As a reward


def test_a_redemption_of_a_gift_card_names_its_code(api, shop, member):
    program = makers.points_program(shop.merchant).public_id
    api.post("/purchases", {"member": member, "amount_minor": 10_000})
    body = {"name": "5 €", "program": program, "cost": 60, "kind": "gift_card", "value_minor": 500}
    reward = api.post("/rewards", body).json()
    assert (reward["kind"], reward["value_minor"]) == ("gift_card", 500)
    made = api.post("/redemptions", {"member": member, "reward": reward["id"]}).json()
    assert (made["voucher"], made["balance"]) == (None, 40)
    card = api.get(f"/gift-cards/{made['gift_card']}").json()
    assert (card["balance_minor"], card["member"]) == (500, member)
    assert (card["reward"], card["redemption"]) == (reward["id"], made["id"])
    assert api.get(f"/redemptions/{made['id']}").json()["gift_card"] == made["gift_card"]
    api.post(f"/gift-cards/{made['gift_card']}/charges", {"amount_minor": 1})
    path = f"/redemptions/{made['id']}/cancellation"
    assert refusal(api.post(path)) == (422, "code_used")
    other = api.post("/gift-cards", {"balance_minor": 1}).json()
    assert other["redemption"] is None


def test_a_cancelled_redemption_voids_its_gift_card(api, shop, member):
    program = makers.points_program(shop.merchant).public_id
    api.post("/purchases", {"member": member, "amount_minor": 10_000})
    body = {"name": "5 €", "program": program, "cost": 60, "kind": "gift_card", "value_minor": 500}
    reward = api.post("/rewards", body).json()["id"]
    made = api.post("/redemptions", {"member": member, "reward": reward}).json()
    cancelled = api.post(f"/redemptions/{made['id']}/cancellation").json()
    assert (cancelled["status"], cancelled["balance"]) == ("cancelled", 100)
    assert api.get(f"/gift-cards/{made['gift_card']}").json()["status"] == "void"
