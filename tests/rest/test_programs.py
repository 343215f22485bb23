"""Programs, rules and rewards over HTTP: made, changed, explained, redeemed."""

import pytest

from tests import makers

pytestmark = pytest.mark.django_db

POINTS = {"type": "points", "name": "Brotpunkte"}
CARD = {"type": "punch_card", "name": "Kaffeekarte", "reward": {"name": "Ein Kaffee nach Wahl"}}
HAPPY = {
    "name": "Morgens doppelt",
    "when": {"event": "purchase"},
    "if": {"weekdays": [4], "from": "07:00", "to": "13:30"},
    "gives": {"multiplier": "2"},
}


def test_a_program_starts_at_once_and_tells_all_its_settings(api):
    made = api.post(
        "/programs",
        POINTS | {"earn": {"points": 3, "rounding": "up"}, "expiry": {"kind": "after", "months": 12}},
    )
    assert made.status_code == 201
    program = made.json()
    assert (program["status"], program["version"], program["auto_enrol"]) == ("active", 1, True)
    assert program["starts_at"] == "2026-03-12T13:00:00+01:00"
    assert program["unit"] == {"singular": "point", "plural": "points"}
    assert program["earn"] == {
        "points": 3, "per_minor": 100, "rounding": "up", "accumulate": False, "min_minor": 0,
        "exclude": {"skus": [], "categories": [], "brands": []},
        "limit": {"per_purchase": None, "per_day": None, "per_month": None},
    }  # fmt: skip
    assert program["expiry"] == {"kind": "after", "months": 12, "round_to": "day"}
    assert (program["pending_days"], program["debt"]) == (0, "allow")
    assert api.get(f"/programs/{program['id']}").json() == program
    assert api.get("/programs").json() == {"data": [program], "next_cursor": None}


def test_a_punch_card_makes_the_reward_it_gives(api):
    card = api.post("/programs", CARD | {"interim": [{"at": 5, "reward": {"name": "Ein Espresso"}}]}).json()
    reward = api.get(f"/rewards/{card['reward']}").json()
    assert (reward["name"], reward["cost"], reward["program"]) == ("Ein Kaffee nach Wahl", 0, card["id"])
    (step,) = card["interim"]
    assert api.get(f"/rewards/{step['reward']}").json()["name"] == "Ein Espresso"


def test_a_card_gives_a_reward_that_there_is_or_none(api):
    unknown = api.post("/programs", CARD | {"reward": "rwd_" + "0" * 32})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert api.get("/programs").json()["data"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "lottery"}, "type"), ({"name": ""}, "name"), ({"earn": {"per_minor": 0}}, "earn.per_minor"),
        ({"earn": {"rate": 1}}, "earn.rate"), ({"expiry": {"kind": "after"}}, "expiry.months"),
        ({"expiry": {"kind": "someday"}}, "expiry.kind"), ({"expiry": {}}, "expiry.kind"),
        ({"pending_days": 91}, "pending_days"),
        ({"unit": {"singular": "Punkt"}}, "unit.plural"), ({"stamps_required": 10}, "stamps_required"),
        ({"starts_at": "2026-04-01"}, "starts_at"), ({"ends_at": "2026-03-12T12:00:00Z"}, "ends_at"),
        ({"status": "closed"}, "status"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_by_its_path(api, wrong, field):
    response = api.post("/programs", POINTS | wrong)
    assert (response.status_code, list(response.json()["field_errors"])) == (400, [field])
    assert api.get("/programs").json()["data"] == []


def test_a_change_of_settings_is_a_new_version_and_keeps_the_rest(api):
    program = api.post("/programs", POINTS | {"pending_days": 14}).json()
    changed = api.patch(f"/programs/{program['id']}", {"earn": {"points": 2}, "name": "Brottaler"}).json()
    assert (changed["version"], changed["earn"]["points"], changed["pending_days"]) == (2, 2, 14)
    assert changed["name"] == "Brottaler"
    renamed = api.patch(
        f"/programs/{program['id']}", {"unit": {"singular": "Taler", "plural": "Taler"}}
    ).json()
    assert (renamed["version"], renamed["unit"]["plural"]) == (2, "Taler")
    assert api.patch(f"/programs/{program['id']}", {"status": "closed"}).json()["status"] == "closed"
    wrong = api.patch(f"/programs/{program['id']}", {"stamps_required": 5})
    assert wrong.json()["field_errors"] == {"stamps_required": ["There is no such field here."]}


@pytest.mark.parametrize(
    "needed",
    [
        {"type": "tiered", "tiers": [{"name": "Bronze", "threshold": 0}]},
        {"type": "paid_vip", "plans": [{"name": "Klub", "price_minor": 990}]},
        {"type": "discount_card", "discount_percent": "5"}, {"type": "cash_back", "per_minor": 10000},
    ],
)  # fmt: skip
def test_what_a_type_cannot_do_without_is_not_needed_again_to_change_something_else(api, needed):
    made = api.post("/programs", {"name": "Stammkunden"} | needed).json()
    changed = api.patch(f"/programs/{made['id']}", {"name": "Treue", "warn_days": [7]}).json()
    assert changed == made | {"name": "Treue", "warn_days": [7], "version": 2}
    field = list(needed)[-1]
    nothing = api.patch(f"/programs/{made['id']}", {field: None})
    assert (nothing.status_code, list(nothing.json()["field_errors"])) == (400, [field])


def test_a_draft_gives_nothing_until_it_is_active(api):
    program = api.post("/programs", POINTS | {"status": "draft"}).json()
    member = api.post("/members", {}).json()["id"]
    assert api.post("/purchases", {"member": member, "amount_minor": 100}).json()["credits"] == []
    api.patch(f"/programs/{program['id']}", {"status": "active"})
    assert api.post("/purchases", {"member": member, "amount_minor": 100}).json()["credits"][0]["amount"] == 1


def test_the_rules_are_explained_in_both_languages(api):
    program = api.post("/programs", POINTS | {"expiry": {"kind": "after", "months": 12}}).json()["id"]
    english = api.get(f"/programs/{program}/explanation?language=en").json()
    assert english["language"] == "en"
    assert english["sentences"][0] == "1 point for every full €1."
    assert api.get(f"/programs/{program}/explanation?language=de").json()["language"] == "de"
    assert api.get(f"/programs/{program}/explanation").json() == english
    assert api.get(f"/programs/{program}/explanation?language=fr").status_code == 400


@pytest.mark.parametrize(
    ("gives", "told"),
    [
        ({"amount": 50}, "Samstag: 50 points on top."), ({"multiplier": "1.5"}, "Samstag: times 1.5."),
        ({"per_item": 5}, "Samstag: 5 points for each item."),
        ({"points": 1, "per_minor": 200}, "Samstag: 1 point for every full €2."),
    ],
)  # fmt: skip
def test_a_rule_is_explained_by_what_it_gives(api, gives, told):
    program = api.post("/programs", POINTS).json()["id"]
    rule = {"name": "Samstag", "when": {"event": "purchase"}, "gives": gives}
    assert api.post(f"/programs/{program}/rules", rule).status_code == 201
    assert told in api.get(f"/programs/{program}/explanation?language=en").json()["sentences"]


@pytest.mark.parametrize("condition", [{"locations": ["loc_0"]}, {"segments": ["seg_0"]}])
def test_a_rule_for_what_nobody_knows_here_is_not_found(api, condition):
    path = f"/programs/{api.post('/programs', POINTS).json()['id']}/rules"
    rule = {"name": "Für einige", "when": {"event": "purchase"}, "gives": {"amount": 5}}
    assert api.post(path, rule | {"if": condition}).status_code == 404
    assert api.get(path).json()["data"] == []


def test_a_rule_is_added_changed_and_taken_out(api):
    program = api.post("/programs", POINTS).json()["id"]
    member = api.post("/members", {}).json()["id"]
    made = api.post(f"/programs/{program}/rules", HAPPY)
    assert made.status_code == 201
    rule = made.json()
    assert rule["if"]["weekdays"] == [4]
    assert (rule["if"]["from"], rule["if"]["to"], rule["active"]) == ("07:00", "13:30", True)
    assert api.get(f"/programs/{program}").json()["version"] == 2

    def credit():
        return api.post("/purchases", {"member": member, "amount_minor": 1000}).json()["credits"][0]["amount"]

    # The clock stands at Thursday, 13:00 in Berlin.
    assert credit() == 20
    path = f"/programs/{program}/rules/{rule['id']}"
    assert api.patch(path, {"gives": {"multiplier": "3"}}).json()["if"] == rule["if"]
    assert credit() == 30
    assert api.patch(path, {"active": False}).json()["active"] is False
    assert credit() == 10
    assert [row["id"] for row in api.get(f"/programs/{program}/rules").json()["data"]] == [rule["id"]]
    assert api.get(path).json()["gives"]["multiplier"] == "3"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"when": {"event": "full_moon"}}, "when.event"), ({"if": {"weekdays": [8]}}, "if.weekdays.0"),
        ({"if": {"from": "7:00"}}, "if.from"), ({"gives": {}}, "gives"),
        ({"gives": {"amount": 1, "multiplier": "2"}}, "gives"), ({"limit": {"per_year": 1}}, "limit.per_year"),
        ({"stacking": "most"}, "stacking"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_named_by_its_path(api, wrong, field):
    program = api.post("/programs", POINTS).json()["id"]
    response = api.post(f"/programs/{program}/rules", HAPPY | wrong)
    assert (response.status_code, list(response.json()["field_errors"])) == (400, [field])
    assert api.get(f"/programs/{program}").json()["version"] == 1


def test_a_rule_names_locations_that_there_are(api, shop):
    program = api.post("/programs", POINTS).json()["id"]
    there = HAPPY | {"if": {"locations": [shop.location.public_id]}}
    assert api.post(f"/programs/{program}/rules", there).status_code == 201
    nowhere = HAPPY | {"if": {"locations": ["loc_" + "0" * 32]}}
    assert api.post(f"/programs/{program}/rules", nowhere).status_code == 404


def test_a_reward_is_made_changed_and_put_away(api, shop):
    program = makers.points_program(shop.merchant).public_id
    made = api.post(
        "/rewards",
        {
            "name": "Brot",
            "program": program,
            "cost": 50,
            "stock": 3,
            "kind": "percent_off",
            "percent": "12.5",
        },
    )
    assert made.status_code == 201
    reward = made.json()
    assert (reward["cost"], reward["percent"], reward["stock"], reward["taken"]) == (50, "12.5", 3, 0)
    path = f"/rewards/{reward['id']}"
    changed = api.patch(path, {"cost": 60, "stock": None}).json()
    assert (changed["cost"], changed["stock"], changed["percent"]) == (60, None, "12.5")
    assert api.patch(path, {"archived": True}).json()["archived_at"] == "2026-03-12T13:00:00+01:00"
    assert api.patch(path, {"archived": False}).json()["archived_at"] is None
    assert api.get("/rewards").json()["data"] == [api.get(path).json()]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cost": -1}, "cost"), ({"kind": "gift_card"}, "value_minor"), ({"kind": "amount_off"}, "value_minor"),
        ({"kind": "percent_off", "percent": 10}, "percent"),
        ({"kind": "percent_off", "percent": "101"}, "percent"),
    ],
)  # fmt: skip
def test_a_wrong_reward_is_named(api, shop, wrong, field):
    program = makers.points_program(shop.merchant).public_id
    response = api.post("/rewards", {"name": "Brot", "program": program, "cost": 50} | wrong)
    assert (response.status_code, list(response.json()["field_errors"])) == (400, [field])
