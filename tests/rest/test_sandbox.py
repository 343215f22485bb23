"""The test clock: forward only, in the order of what is due, and only in a sandbox."""

from datetime import UTC, datetime

import pytest

from tests.rest.conftest import Api, registered

NOON = "2026-03-12T13:00:00+01:00"


def test_the_clock_stands_where_it_was_set(api):
    assert api.get("/test-clock").json() == {"now": NOON}


def test_a_live_merchant_has_no_test_clock(db):
    live = Api(registered("Echtbetrieb", sandbox=False).api_key)
    assert live.get("/test-clock").status_code == 404
    assert live.post("/test-clock", {"now": NOON}).status_code == 404


def test_the_clock_goes_forward_only(api):
    refused = api.post("/test-clock", {"now": "2026-03-12T12:59:59+01:00"})
    assert (refused.status_code, refused.json()["code"]) == (422, "clock_goes_forward")
    assert api.get("/test-clock").json() == {"now": NOON}


@pytest.mark.parametrize(
    "now", ["2026-03-13T12:00:00", "tomorrow", 5, None, "2057-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]
)
def test_a_clock_is_turned_to_a_moment_with_an_offset_within_reach(api, now):
    response = api.post("/test-clock", {"now": now})
    assert (response.status_code, list(response.json()["field_errors"])) == (400, ["now"])


def test_turning_lets_happen_what_is_due_and_counts_it(api):
    program = {
        "type": "points",
        "name": "Brotpunkte",
        "pending_days": 14,
        "expiry": {"kind": "after", "months": 1},
    }
    api.post("/programs", program)
    member = api.post("/members", {"name": "Jonas"}).json()["id"]
    api.post("/purchases", {"member": member, "amount_minor": 10000})

    def account():
        state = api.get(f"/members/{member}").json()["accounts"][0]
        return state["balance"], state["pending"], [one["at"] for one in state["expiring"]]

    # Pending until 26 March, 0:00; then a month, to the end of 26 April.
    assert account() == (0, 100, ["2026-04-27T00:00:00+02:00"])
    turned = api.post("/test-clock", {"now": "2026-03-25T23:59:59+01:00"}).json()
    assert (turned["now"], turned["ran"]["activations"]) == ("2026-03-25T23:59:59+01:00", 0)
    turned = api.post("/test-clock", {"now": "2026-03-26T00:00:00+01:00"}).json()
    assert (turned["ran"]["activations"], turned["ran"]["expiries"]) == (1, 0)
    assert account() == (100, 0, ["2026-04-27T00:00:00+02:00"])
    turned = api.post("/test-clock", {"now": "2026-04-27T00:00:00+02:00"}).json()
    assert turned["ran"]["expiries"] == 1
    assert account() == (0, 0, [])
    entries = api.get(f"/members/{member}/entries").json()["data"]
    assert [(row["kind"], row["amount"], row["at"]) for row in entries] == [
        ("expire", -100, "2026-04-27T00:00:00+02:00"),
        ("activate", 100, "2026-03-26T00:00:00+01:00"),
        ("earn", 0, NOON),
    ]


def test_turning_by_years_lets_everything_happen_in_one_go(api):
    program = {"type": "points", "name": "Brotpunkte", "expiry": {"kind": "after", "months": 12}}
    api.post("/programs", program)
    member = api.post("/members", {}).json()["id"]
    api.post("/purchases", {"member": member, "amount_minor": 10000})
    response = api.post(
        "/test-clock", {"now": "2028-03-12T13:00:00+01:00"}, **{"Idempotency-Key": "two-years"}
    )
    assert response.status_code == 200
    assert response.json()["ran"]["expiries"] == 1
    again = api.post("/test-clock", {"now": "2028-03-12T13:00:00+01:00"}, **{"Idempotency-Key": "two-years"})
    assert again.content == response.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert api.post("/purchases", {"amount_minor": 1}).json()["occurred_at"] == "2028-03-12T13:00:00+01:00"


def test_a_refused_turn_is_replayed_as_well(api):
    back = {"now": "2020-01-01T00:00:00Z"}
    first, again = (api.post("/test-clock", back, **{"Idempotency-Key": "back"}) for _ in range(2))
    assert (first.status_code, again.content) == (422, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_what_a_sandbox_says_is_read_in_its_outbox(api, shop):
    api.post(
        "/programs", {"type": "punch_card", "name": "Kaffeekarte", "reward": {"name": "Ein Kaffee nach Wahl"}}
    )
    consents = [{"purpose": "email_marketing", "given": True, "confirmed": True}]
    body = {"name": "Jonas Weidner", "email": "jonas@weidner.example", "consents": consents}
    member = api.post("/members", body).json()["id"]
    api.post("/test-clock", {"now": "2026-04-02T12:00:00+02:00"})
    rows = api.get(f"/messages?member={member}").json()["data"]
    assert rows
    assert {row["to"] for row in rows} == {"jonas@weidner.example"}
    assert {row["status"] for row in rows} == {"held"}
    assert all(row["subject"] and row["text"] for row in rows)
    assert api.get(f"/messages/{rows[0]['id']}").json() == rows[0]
    assert api.get(f"/messages?campaign={rows[0]['campaign']}").json()["data"]
    assert api.get("/messages?status=failed").json()["data"] == []


def test_the_clock_is_read_by_everything(api, shop):
    shop.merchant.refresh_from_db()
    assert shop.merchant.clock_at == datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
