"""Closing with notice, and opening again, over HTTP."""

import pytest

POINTS = {"type": "points", "name": "Brotpunkte"}


@pytest.fixture
def program(api):
    return api.post("/programs", POINTS).json()["id"]


@pytest.fixture
def member(api):
    return api.post("/members", {"name": "Eda Yıldız", "email": "eda@example.org"}).json()["id"]


def buy(api, member, amount_minor=1000):
    return api.post("/purchases", {"member": member, "amount_minor": amount_minor}).json()


def turn(api, now):
    assert api.post("/test-clock", {"now": now}).status_code == 200


def test_a_notice_period_over_http(api, program, member):
    buy(api, member)
    dates = {"ends_at": "2026-04-01T00:00:00+02:00", "redeem_until": "2026-05-01T00:00:00+02:00"}
    answer = api.post(f"/programs/{program}/closure", dates)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("status", *dates)} == {"status": "active", **dates}
    turn(api, "2026-04-02T00:00:00+02:00")
    assert api.get(f"/programs/{program}").json()["status"] == "closed"
    assert buy(api, member)["credits"] == []
    account = api.get(f"/members/{member}").json()["accounts"][0]
    assert (account["balance"], account["expiring"]) == (
        10, [{"amount": 10, "at": "2026-05-01T00:00:00+02:00"}]
    )  # fmt: skip
    turn(api, "2026-05-01T00:00:00+02:00")
    assert api.get(f"/members/{member}").json()["accounts"] == []
    kinds = [entry["kind"] for entry in api.get(f"/members/{member}/entries").json()["data"]]
    assert sorted(kinds) == ["earn", "expire"]
    refused = api.post(f"/programs/{program}/reopening", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "notice_over")


def test_opened_again_it_earns_again(api, program, member):
    api.post(f"/programs/{program}/closure", {"redeem_until": "2026-05-01T00:00:00+02:00"})
    assert buy(api, member)["credits"] == []
    opened = api.post(f"/programs/{program}/reopening", {}).json()
    assert (opened["status"], opened["ends_at"], opened["redeem_until"]) == ("active", None, None)
    assert buy(api, member)["credits"][0]["amount"] == 10


def test_closed_by_a_patch_nothing_is_earned_and_points_stay(api, program, member):
    buy(api, member)
    closed = api.patch(f"/programs/{program}", {"status": "closed"}).json()
    assert (closed["status"], closed["redeem_until"]) == ("closed", None)
    assert buy(api, member)["credits"] == []
    assert api.get(f"/members/{member}").json()["accounts"][0]["balance"] == 10
    assert api.patch(f"/programs/{program}", {"status": "active"}).json()["status"] == "active"
    assert buy(api, member)["credits"][0]["amount"] == 10


def test_a_draft_earns_nothing_until_it_is_started(api, member):
    program = api.post("/programs", POINTS | {"status": "draft"}).json()
    assert program["status"] == "draft"
    assert buy(api, member)["credits"] == []
    assert api.get(f"/members/{member}").json()["accounts"] == []
    assert api.patch(f"/programs/{program['id']}", {"status": "active"}).json()["status"] == "active"
    assert buy(api, member)["credits"][0]["amount"] == 10


def test_wrong_dates_are_named(api, program):
    wrong = {"ends_at": "2026-04-01T00:00:00+02:00", "redeem_until": "2026-03-20T00:00:00+01:00"}
    answer = api.post(f"/programs/{program}/closure", wrong)
    assert (answer.status_code, list(answer.json()["field_errors"])) == (400, ["redeem_until"])
    assert api.get(f"/programs/{program}").json()["ends_at"] is None


def test_a_change_is_foreseen_and_not_made(api, member):
    reward = {"name": "Kaffee", "kind": "product"}
    card = api.post(
        "/programs", {"type": "punch_card", "name": "Karte", "stamps_required": 3, "reward": reward}
    ).json()["id"]
    buy(api, member)
    buy(api, member)
    answer = api.post(
        f"/programs/{card}/preview", {"stamps_required": 2, "reward": {"name": "Tee", "kind": "product"}}
    )
    assert answer.status_code == 200
    told = answer.json()
    assert (told["members"], told["next_reward"]) == (1, {"nearer": 0, "farther": 0, "reached": 1, "same": 0})
    assert (told["tiers"], told["outstanding"]["amount"], told["replay"]["before"]) == (None, 2, 2)
    assert api.get(f"/programs/{card}").json()["stamps_required"] == 3
    assert [row["name"] for row in api.get("/rewards").json()["data"]] == ["Kaffee"]


def test_a_wrong_change_is_named(api, program):
    answer = api.post(f"/programs/{program}/preview", {"pending_days": 91})
    assert (answer.status_code, list(answer.json()["field_errors"])) == (400, ["pending_days"])


@pytest.mark.parametrize("ends_at", ["2026-06-01T00:00:00+02:00", None])
def test_the_end_is_not_moved_beyond_the_last_day(api, program, ends_at):
    dates = {"ends_at": "2026-04-01T00:00:00+02:00", "redeem_until": "2026-05-01T00:00:00+02:00"}
    api.post(f"/programs/{program}/closure", dates)
    answer = api.patch(f"/programs/{program}", {"ends_at": ends_at})
    assert (answer.status_code, list(answer.json()["field_errors"])) == (400, ["ends_at"])
    assert api.get(f"/programs/{program}").json()["ends_at"] == dates["ends_at"]


def test_a_closed_program_has_its_end_until_it_is_opened_again(api, program):
    api.patch(f"/programs/{program}", {"status": "closed"})
    answer = api.patch(f"/programs/{program}", {"ends_at": "2026-06-01T00:00:00+02:00"})
    assert (answer.status_code, list(answer.json()["field_errors"])) == (400, ["ends_at"])
    again = {"status": "active", "ends_at": "2026-06-01T00:00:00+02:00"}
    told = api.patch(f"/programs/{program}", again).json()
    assert {name: told[name] for name in again} == again


def test_a_patch_may_close_at_a_later_moment(api, program, member):
    told = api.patch(
        f"/programs/{program}", {"status": "closed", "ends_at": "2026-04-01T00:00:00+02:00"}
    ).json()
    assert (told["status"], told["ends_at"]) == ("active", "2026-04-01T00:00:00+02:00")
    turn(api, "2026-04-01T00:00:00+02:00")
    assert api.get(f"/programs/{program}").json()["status"] == "closed"
    assert buy(api, member)["credits"] == []
