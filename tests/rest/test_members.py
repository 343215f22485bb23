"""Members over HTTP: made, found, changed, corrected, exported, erased."""

import pytest

from loyalty import tenancy
from members.models import Member
from tests import makers

pytestmark = pytest.mark.django_db

JONAS = {
    "name": "Jonas Weidner",
    "email": "Jonas@Weidner.example",
    "phone": "0151 23456789",
    "external_id": "k-17",
}


@pytest.fixture
def jonas(api):
    return api.post("/members", JONAS).json()


def test_a_new_member_has_a_number_a_card_and_an_account_in_each_program(api, shop):
    points = makers.points_program(shop.merchant, rewards=[("Brot nach Wahl", 50)])
    makers.punch_card(shop.merchant, welcome_stamps=2)
    response = api.post("/members", JONAS | {"birthday": "1990-02-28"})
    assert response.status_code == 201
    member = response.json()
    assert member["id"].startswith("mem_")
    assert len(member["number"]) == 8
    assert member["card"]["url"].endswith(f"/card/{member['card']['token']}/")
    assert (member["name"], member["email"], member["phone"]) == (
        "Jonas Weidner",
        "Jonas@weidner.example",
        "+4915123456789",
    )
    assert (member["birthday"], member["language"], member["status"]) == ("1990-02-28", "en", "active")
    assert member["created_at"] == "2026-03-12T13:00:00+01:00"
    brotpunkte, kaffeekarte = member["accounts"]
    assert brotpunkte == {
        "program": points.public_id,
        "type": "points",
        "unit": {"singular": "point", "plural": "points"},
        "balance": 0,
        "pending": 0,
        "lifetime": 0,
        "expiring": [],
        "next_reward": {"reward": brotpunkte["next_reward"]["reward"], "missing": 50},
        "unlocked": [],
        "stamps_required": None,
        "tier": None,
        "to_spend": [],
    }
    assert brotpunkte["next_reward"]["reward"]["name"] == "Brot nach Wahl"
    assert (kaffeekarte["balance"], kaffeekarte["lifetime"], kaffeekarte["stamps_required"]) == (2, 2, 10)
    assert kaffeekarte["next_reward"]["missing"] == 8


def test_a_member_is_read_back_as_it_was_made(api, jonas):
    assert api.get(f"/members/{jonas['id']}").json() == jonas


def test_everything_about_a_member_is_optional(api):
    assert api.post("/members", {}).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "jonas"}, "email"), ({"phone": "12"}, "phone"), ({"birthday": "1990-2-28"}, "birthday"),
        ({"birthday": "2030-01-01"}, "birthday"), ({"language": "fr"}, "language"), ({"naem": "Jonas"}, "naem"),
        ({"consents": [{"purpose": "news", "given": True}]}, "consents.0.purpose"),
        ({"consents": [{"purpose": "profiling"}]}, "consents.0.given"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nobody_joins(api, shop, wrong, field):
    response = api.post("/members", {"name": "Jonas"} | wrong)
    assert (response.status_code, list(response.json()["field_errors"])) == (400, [field])
    with tenancy.scope(shop.merchant):
        assert Member.objects.count() == 0


@pytest.mark.parametrize("field", ["email", "phone", "external_id"])
def test_a_value_that_is_anothers_is_refused_without_telling_whose(api, jonas, field):
    response = api.post("/members", {"name": "Somebody", field: JONAS[field]})
    document = response.json()
    assert (response.status_code, document["code"], document["field"]) == (422, "already_member", field)
    assert "Jonas" not in response.content.decode()


def test_consents_are_kept_with_what_is_confirmed(api):
    said = [
        {"purpose": "email_marketing", "given": True}, {"purpose": "profiling", "given": True},
        {"purpose": "sms_marketing", "given": False},
    ]  # fmt: skip
    member = api.post("/members", {"name": "Jonas", "consents": said}).json()
    told = {one["purpose"]: (one["given"], one["confirmed"]) for one in member["consents"]}
    assert told == {
        "email_marketing": (True, False),
        "profiling": (True, True),
        "sms_marketing": (False, True),
    }
    again = api.patch(
        f"/members/{member['id']}",
        {
            "consents": [
                {"purpose": "email_marketing", "given": True, "confirmed": True},
                {"purpose": "profiling", "given": False},
            ]
        },
    ).json()
    told = {one["purpose"]: (one["given"], one["confirmed"]) for one in again["consents"]}
    assert told == {
        "email_marketing": (True, True),
        "profiling": (False, True),
        "sms_marketing": (False, True),
    }


@pytest.mark.parametrize(
    "query",
    [
        "phone=%2B4915123456789",
        "phone=0151%2F234%20567%2089",
        "email=jonas@weidner.EXAMPLE",
        "external_id=k-17",
    ],
)
def test_a_member_is_looked_up(api, jonas, query):
    assert api.get(f"/members/lookup?{query}").json()["id"] == jonas["id"]


def test_a_card_is_looked_up_by_its_code_its_address_and_its_number(api, jonas):
    number = f"{jonas['number'][:4]}%20{jonas['number'][4:]}"
    for card in (jonas["card"]["token"], jonas["card"]["url"], number):
        assert api.get(f"/members/lookup?card={card}").json()["id"] == jonas["id"]


@pytest.mark.parametrize("query", ["", "?email=a@b.example&external_id=1"])
def test_a_lookup_asks_one_thing(api, query):
    assert api.get(f"/members/lookup{query}").status_code == 400


@pytest.mark.parametrize("query", ["email=x@y.example", "card=00000000", "phone=12", "external_id=k-18"])
def test_who_is_not_known_is_not_found(api, jonas, query):
    response = api.get(f"/members/lookup?{query}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_only_what_is_sent_is_changed(api, jonas):
    changed = api.patch(f"/members/{jonas['id']}", {"name": "Jonas Winter", "phone": None}).json()
    assert (changed["name"], changed["phone"], changed["email"]) == (
        "Jonas Winter",
        None,
        "Jonas@weidner.example",
    )


def test_a_batch_keeps_good_rows_and_tells_of_the_others(api, shop):
    makers.punch_card(shop.merchant, welcome_stamps=2)
    rows = [
        {"name": "Anna", "external_id": "1"}, {"name": 7}, {"name": "Anna again", "external_id": "1"},
        {"name": "Ben", "email": "ben@example.com"}, {"name": "Ben again", "email": "BEN@example.com"},
        {"phone": "12"}, {"nmae": "x"},
    ]  # fmt: skip
    response = api.post("/members/batch", {"members": rows})
    assert response.status_code == 200
    results = response.json()["results"]
    assert [one["status"] for one in results] == [201, 400, 200, 201, 422, 400, 400]
    assert results[0]["member"]["id"] == results[2]["member"]["id"]
    assert results[0]["member"]["accounts"][0]["balance"] == 2
    assert results[1]["problem"]["field_errors"] == {"name": ["Write a text, in quotes."]}
    assert results[4]["problem"]["code"] == "already_member"
    assert list(results[5]["problem"]["field_errors"]) == ["phone"]
    assert results[6]["problem"]["field_errors"] == {"nmae": ["There is no such field here."]}
    again = api.post("/members/batch", {"members": rows[:1]}).json()["results"][0]
    assert (again["status"], again["member"]["id"]) == (200, results[0]["member"]["id"])


def test_a_batch_has_at_most_10000_rows(api):
    response = api.post("/members/batch", {"members": [{}] * 10_001})
    assert response.json()["field_errors"] == {"members": ["Send at most 10000 rows."]}
    assert api.post("/members/batch", {"members": {}}).status_code == 400
    assert api.post("/members/batch", {}).json()["field_errors"] == {"members": ["This field is required."]}
    assert api.post("/members/batch", {"members": []}).json() == {"results": []}


def test_members_are_listed_by_program(api, shop, jonas):
    program = makers.points_program(shop.merchant)
    assert [row["id"] for row in api.get("/members").json()["data"]] == [jonas["id"]]
    assert api.get(f"/members?program={program.public_id}").json()["data"] == []
    api.post("/purchases", {"member": jonas["id"], "amount_minor": 500})
    (row,) = api.get(f"/members?program={program.public_id}").json()["data"]
    assert (row["id"], row["accounts"][0]["balance"]) == (jonas["id"], 5)


def test_an_adjustment_needs_a_reason_and_shows_who_made_it(api, shop, jonas):
    program = makers.points_program(shop.merchant).public_id
    path = f"/members/{jonas['id']}/adjustments"
    made = api.post(path, {"program": program, "amount": 30, "reason": "Kulanz"})
    assert made.status_code == 201
    entry = made.json()
    assert (entry["kind"], entry["amount"], entry["balance_after"]) == ("adjust", 30, 30)
    assert entry["actor"] == "First key (API)"
    assert entry["lots"] == [{"amount": 30, "expires_at": None}]
    assert [row["text"] for row in entry["because"]] == ["Kulanz"]
    assert api.post(path, {"program": program, "amount": 30}).status_code == 400
    assert list(api.post(path, {"program": program, "amount": 0, "reason": "x"}).json()["field_errors"]) == [
        "amount"
    ]
    refused = api.post(path, {"program": program, "amount": -31, "reason": "Irrtum"}).json()
    assert (refused["code"], refused["missing"]) == ("insufficient_balance", 1)
    assert api.get(f"/members/{jonas['id']}/entries").json()["data"] == [entry]


def test_an_entry_says_what_caused_it_and_why(api, shop, jonas):
    program = makers.points_program(shop.merchant)
    bought = api.post("/purchases", {"member": jonas["id"], "amount_minor": 1999}).json()
    (entry,) = api.get(f"/members/{jonas['id']}/entries?program={program.public_id}").json()["data"]
    assert (entry["kind"], entry["amount"], entry["purchase"]) == ("earn", 19, bought["id"])
    assert entry["because"] == bought["credits"][0]["because"]
    assert entry["because"][0]["rule"] == "earn"
    assert entry["lots"] == [{"amount": 19, "expires_at": None}]


def test_the_export_holds_everything(api, shop, jonas):
    program = makers.points_program(shop.merchant, rewards=[("Brot", 10)])
    reward = api.get("/rewards").json()["data"][0]["id"]
    bought = api.post("/purchases", {"member": jonas["id"], "amount_minor": 1999}).json()
    redeemed = api.post("/redemptions", {"member": jonas["id"], "reward": reward, "use": "later"}).json()
    api.patch(f"/members/{jonas['id']}", {"consents": [{"purpose": "profiling", "given": True}]})
    response = api.get(f"/members/{jonas['id']}/export")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{jonas["id"]}.json"'
    export = response.json()
    assert export["member"]["accounts"][0]["program"] == program.public_id
    assert [row["id"] for row in export["purchases"]] == [bought["id"]]
    assert [row["id"] for row in export["redemptions"]] == [redeemed["id"]]
    assert [row["code"] for row in export["vouchers"]] == [redeemed["voucher"]]
    assert [row["kind"] for row in export["entries"]] == ["earn", "redeem"]
    assert [row["purpose"] for row in export["consents"]] == ["profiling"]
    assert [row["type"] for row in export["events"]] == [
        "member.joined",
        "purchase.recorded",
        "reward.redeemed",
    ]


def test_after_an_erasure_the_books_are_there_and_the_person_is_not(api, shop, jonas):
    makers.points_program(shop.merchant)
    api.post("/purchases", {"member": jonas["id"], "amount_minor": 1999})
    response = api.post(f"/members/{jonas['id']}/erasure")
    assert response.status_code == 200
    erased = response.json()
    assert (erased["status"], erased["name"], erased["email"], erased["phone"], erased["card"]) == (
        "erased",
        "",
        None,
        None,
        None,
    )
    assert erased["accounts"][0]["balance"] == 19
    assert len(api.get(f"/members/{jonas['id']}/entries").json()["data"]) == 1
    assert api.get("/members/lookup?external_id=k-17").status_code == 404
    assert api.post("/purchases", {"member": jonas["id"], "amount_minor": 100}).status_code == 404
    assert "Jonas" not in api.get(f"/members/{jonas['id']}/export").content.decode()
