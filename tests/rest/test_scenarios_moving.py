"""Worked cases of what moves between accounts, played by an integrator: only what the API answers is looked at."""

from datetime import datetime, timedelta

import pytest

from loyalty.merchants import keys
from tests.makers import NOON
from tests.rest.conftest import Api

MONTH = {"kind": "after", "months": 1}


def made(api, path, body):
    response = api.post(path, body)
    assert response.status_code == 201, response.json()
    return response.json()


@pytest.fixture
def jonas(api):
    return made(api, "/members", {"name": "Jonas Weidner"})["id"]


@pytest.fixture
def ines(api):
    return made(api, "/members", {"name": "Ines Kolb", "email": "ines@gmail.com"})["id"]


def program(api, **settings):
    return made(api, "/programs", {"type": "points", "name": "Brotpunkte"} | settings)["id"]


def buy(api, member, amount_minor, **sale):
    return made(api, "/purchases", {"member": member, "amount_minor": amount_minor} | sale)


def account(api, member):
    return api.get(f"/members/{member}").json()["accounts"][0]


def expiring(api, member):
    """[(amount, days until then, counted from now)]."""
    now = datetime.fromisoformat(api.get("/test-clock").json()["now"])
    return [
        (one["amount"], (datetime.fromisoformat(one["at"]).date() - now.date()).days)
        for one in account(api, member)["expiring"]
    ]


def test_27_130_from_lots_of_100_and_80_are_100_and_30_with_their_dates(api, jonas, ines):
    points = program(api, expiry=MONTH, starts_at="2026-01-01T00:00:00+01:00")
    # A month ago less five days, and less twenty: what they gave has 5 and 20 days left.
    buy(api, jonas, 10_000, occurred_at=(NOON - timedelta(days=24)).isoformat())
    buy(api, jonas, 8_000, occurred_at=(NOON - timedelta(days=9)).isoformat())
    before = expiring(api, jonas)
    assert [amount for amount, _days in before] == [100, 80]
    first, second = (days for _amount, days in before)
    done = made(api, f"/members/{jonas}/transfers", {"program": points, "to": ines, "amount": 130})
    assert (done["amount"], done["to"], [lot["amount"] for lot in done["lots"]]) == (130, ines, [100, 30])
    assert done["member_state"]["accounts"][0]["balance"] == 50
    assert expiring(api, ines) == [(100, first), (30, second)]
    assert expiring(api, jonas) == [(50, second)]
    assert (account(api, ines)["balance"], account(api, ines)["lifetime"]) == (130, 0)
    (given,) = api.get(f"/members/{jonas}/transfers").json()["data"]
    (received,) = api.get(f"/members/{ines}/transfers").json()["data"]
    assert (given["id"], given["kind"], given["amount"]) == (done["id"], "transfer_out", -130)
    assert (received["id"], received["kind"], received["amount"]) == (done["received"], "transfer_in", 130)


@pytest.mark.parametrize(
    ("to", "amount", "status", "code"),
    [
        ("ines", 51, 422, "insufficient_balance"), ("ines", 0, 400, "invalid"), ("ines", -5, 400, "invalid"),
        ("jonas", 10, 422, "same_member"), ("nobody", 10, 404, "not_found"),
    ],
)  # fmt: skip
def test_27_a_transfer_that_is_refused_moves_nothing(api, jonas, ines, to, amount, status, code):
    points = program(api)
    buy(api, jonas, 5000)
    named = {"jonas": jonas, "ines": ines, "nobody": "mem_0190000000007000800000000000000f"}
    body = {"program": points, "to": named[to], "amount": amount}
    response = api.post(f"/members/{jonas}/transfers", body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert account(api, jonas)["balance"] == 50


def test_27_a_till_may_transfer_and_may_not_merge(api, shop, jonas, ines):
    points = program(api)
    buy(api, jonas, 5000)
    till = Api(keys.issue(merchant=shop.merchant, name="Kasse", scopes=["counter"])[1])
    made(till, f"/members/{jonas}/transfers", {"program": points, "to": ines, "amount": 20})
    assert till.post(f"/members/{jonas}/merge", {"into": ines}).status_code == 403


def test_28_a_merge_brings_balance_lots_voucher_consents_and_the_old_id_answers(api, ines):
    points = program(api, expiry=MONTH)
    consents = [{"purpose": "email_marketing", "given": True, "confirmed": True}]
    old = made(api, "/members", {"name": "I. Kolb", "phone": "0151 23456789", "external_id": "K-7"})
    api.patch(f"/members/{ines}", {"consents": consents})
    buy(api, old["id"], 10_000)
    buy(api, ines, 2000)
    reward = {"name": "5 €", "program": points, "cost": 30, "kind": "amount_off", "value_minor": 500}
    reward = made(api, "/rewards", reward)["id"]
    code = made(api, "/redemptions", {"member": old["id"], "reward": reward, "use": "later"})["voucher"]
    date = account(api, old["id"])["expiring"][0]["at"]
    merged = api.post(f"/members/{old['id']}/merge", {"into": ines})
    assert merged.status_code == 200
    survivor = merged.json()
    assert (survivor["id"], survivor["name"], survivor["phone"]) == (ines, "Ines Kolb", "+4915123456789")
    held = survivor["accounts"][0]
    assert (held["balance"], held["lifetime"]) == (90, 120)
    assert sorted((one["amount"], one["at"]) for one in held["expiring"]) == [(20, date), (70, date)]
    assert api.get(f"/vouchers/{code}").json()["member"] == ines
    assert [(one["purpose"], one["given"]) for one in survivor["consents"]] == [("email_marketing", False)]
    for query in (
        f"card={old['card']['token']}",
        f"card={old['number']}",
        "external_id=K-7",
        "phone=015123456789",
    ):
        assert api.get(f"/members/lookup?{query}").json()["id"] == ines
    assert api.get(f"/members/{old['id']}").json()["id"] == ines
    assert [one["id"] for one in api.get("/members").json()["data"]] == [ines]
    entries = api.get(f"/members/{ines}/entries").json()["data"]
    assert sum(one["amount"] for one in entries) == 90
    assert [(one["kind"], one["amount"]) for one in entries[:2]] == [("merge", 70), ("merge", -70)]
    assert entries[0]["lots"] == [{"amount": 70, "expires_at": date}]


def test_28_a_refund_of_the_merged_members_purchase_works_against_the_survivor(api, jonas, ines):
    program(api)
    bought = buy(api, jonas, 5000)
    assert api.post(f"/members/{jonas}/merge", {"into": ines}).status_code == 200
    refund = made(api, f"/purchases/{bought['id']}/refunds", {})
    assert refund["debits"][0]["amount"] == -50
    assert account(api, ines)["balance"] == 0
    assert api.get(f"/purchases/{bought['id']}").json()["member"] == ines


def test_28_merges_that_are_refused(api, jonas, ines):
    def code(member, into):
        response = api.post(f"/members/{member}/merge", {"into": into})
        return response.status_code, response.json()["code"]

    assert code(jonas, jonas) == (422, "same_member")
    assert api.post(f"/members/{jonas}/merge", {"into": ines}).status_code == 200
    assert code(jonas, ines) == (422, "already_merged")
    assert code(ines, jonas) == (422, "same_member"), "the old id answers with the survivor"
    gone = made(api, "/members", {"name": "Jo"})["id"]
    api.post(f"/members/{gone}/erasure", {})
    assert code(gone, ines) == code(ines, gone) == (422, "not_eligible")


def test_a_correction_above_the_limit_waits_for_another_key(api, shop, jonas):
    points = program(api, adjustment_limit=100)
    path = f"/members/{jonas}/adjustments"
    body = {"program": points, "amount": 100, "reason": "Kulanz"}
    assert made(api, path, body)["kind"] == "adjust"
    response = api.post(path, body | {"amount": 101})
    waiting = response.json()
    assert (response.status_code, waiting["status"], waiting["amount"]) == (202, "waiting", 101)
    assert account(api, jonas)["balance"] == 100
    assert api.get("/adjustments?status=waiting").json()["data"] == [waiting]
    assert api.get(f"/adjustments/{waiting['id']}").json() == waiting
    refused = api.post(f"/adjustments/{waiting['id']}/approval", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "needs_second_person")
    second = Api(keys.issue(merchant=shop.merchant, name="Buchhaltung", scopes=["admin"])[1])
    approved = second.post(f"/adjustments/{waiting['id']}/approval", {}).json()
    assert (approved["status"], approved["decided_by"]) == ("approved", "Buchhaltung (API)")
    (entry, _first) = api.get(f"/members/{jonas}/entries").json()["data"]
    assert (entry["id"], entry["amount"]) == (approved["entry"], 101)
    assert account(api, jonas)["balance"] == 201
    again = second.post(f"/adjustments/{waiting['id']}/refusal", {})
    assert (again.status_code, again.json()["code"]) == (422, "already_decided")
    assert api.get("/adjustments?status=lost").status_code == 400
