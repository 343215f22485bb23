"""Segments over HTTP: made, looked at, changed, read, and refused with the place of what is wrong."""

import pytest

from tests.rest.conftest import Api

pytestmark = pytest.mark.django_db
REGULARS = {"all": [{"field": "visits", "is": "at_least", "value": 2, "within_days": 90}]}


@pytest.fixture
def guests(api):
    """Ids by name: Anna was here three times, Bert once, Cleo never."""
    found = {}
    for name, visits in (("Anna", 3), ("Bert", 1), ("Cleo", 0)):
        found[name] = api.post("/members", {"name": name}).json()["id"]
        for _ in range(visits):
            api.post("/purchases", {"member": found[name], "amount_minor": 450})
    return found


def names(answer):
    return [member["name"] for member in answer.json()["data"]]


def test_a_segment_is_made_and_lists_its_members_newest_first(api, guests):
    made = api.post("/segments", {"name": "Stammgäste", "rule": REGULARS})
    assert made.status_code == 201
    segment = made.json()
    assert segment["id"].startswith("seg_")
    assert (segment["name"], segment["rule"], segment["archived_at"]) == ("Stammgäste", REGULARS, None)
    assert names(api.get(f"/segments/{segment['id']}/members")) == ["Anna"]
    api.post("/purchases", {"member": guests["Bert"], "amount_minor": 450})
    assert names(api.get(f"/segments/{segment['id']}/members")) == ["Bert", "Anna"]
    first = api.get(f"/segments/{segment['id']}/members?limit=1")
    assert names(first) == ["Bert"]
    second = api.get(f"/segments/{segment['id']}/members?limit=1&cursor={first.json()['next_cursor']}")
    assert (names(second), second.json()["next_cursor"]) == (["Anna"], None)


def test_a_preview_counts_and_stores_nothing(api, guests):
    rule = {"none": REGULARS["all"]}
    seen = api.post("/segments/preview", {"rule": rule})
    assert seen.status_code == 200
    assert (seen.json()["count"], [one["name"] for one in seen.json()["members"]]) == (2, ["Cleo", "Bert"])
    assert api.get("/segments").json()["data"] == []


def test_a_preview_shows_ten(api):
    for number in range(11):
        api.post("/members", {"name": f"Gast {number}"})
    everybody = {"any": [{"field": "joined", "is": "within_days", "value": 0}]}
    seen = api.post("/segments/preview", {"rule": everybody}).json()
    assert (seen["count"], len(seen["members"]), seen["members"][0]["name"]) == (11, 10, "Gast 10")


def test_a_changed_rule_holds_from_then_on(api, guests):
    segment = api.post("/segments", {"name": "x", "rule": REGULARS}).json()["id"]
    never = {"all": [{"field": "visits", "is": "at_most", "value": 0}]}
    changed = api.patch(f"/segments/{segment}", {"rule": never}).json()
    assert changed["rule"]["all"][0]["value"] == 0
    assert names(api.get(f"/segments/{segment}/members")) == ["Cleo"]
    assert api.patch(f"/segments/{segment}", {"name": "Nie"}).json()["rule"] == changed["rule"]
    assert api.patch(f"/segments/{segment}", {"archived": True}).json()["archived_at"] is not None
    assert api.patch(f"/segments/{segment}", {"archived": False}).json()["archived_at"] is None
    assert api.get(f"/segments/{segment}").json()["name"] == "Nie"
    assert api.patch(f"/segments/{segment}", {"rule": None}).json()["code"] == "invalid"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({}, "rule.all"),
        ({"all": []}, "rule.all"),
        ({"all": [{"field": "visit", "is": "is", "value": 1}]}, "rule.all.0.field"),
        ({"all": [{"is": "is", "value": 1}]}, "rule.all.0.field"),
        ({"any": [{"field": "visits", "is": "over", "value": 1}]}, "rule.any.0.is"),
        ({"any": [{"field": "visits", "is": "is", "value": "1"}]}, "rule.any.0.value"),
        ({"all": [{"none": [{"field": "joined", "is": "before", "value": 3}]}]}, "rule.all.0.none.0.value"),
        ({"all": [{"field": "visits", "is": "is", "value": 1, "days": 3}]}, "rule.all.0.days"),
        ({"all": [{"field": "products", "is": "contains", "value": ["a"]}]}, "rule.all.0.value"),
        ({"all": [{"field": "products", "is": "contains", "value": "a\u0000"}]}, "rule.all.0.value"),
        ({"all": ["visits"]}, "rule.all.0"),
        ("all", "rule"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(api, rule, field):
    refused = api.post("/segments", {"name": "x", "rule": rule})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert list(refused.json()["field_errors"]) == [field]
    assert api.get("/segments").json()["data"] == []


def test_groups_nested_too_deep_are_refused(api):
    rule = REGULARS
    for _ in range(4):
        rule = {"any": [rule]}
    refused = api.post("/segments/preview", {"rule": rule})
    assert refused.json()["field_errors"] == {"rule": ["Write at most 50 conditions, nested at most 4 deep."]}


def test_a_rule_that_names_what_is_not_there_is_not_found(api):
    rule = {"all": [{"field": "balance", "is": "at_least", "value": 1, "program": "prg_x"}]}
    assert api.post("/segments", {"name": "x", "rule": rule}).status_code == 404
    assert api.post("/segments/preview", {"rule": rule}).status_code == 404


def test_the_schema_describes_every_condition(client):
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    condition = schemas["VisitsCondition"]["properties"]
    assert condition["field"]["const"] == "visits"
    assert condition["is"]["enum"] == ["is", "at_least", "at_most"]
    assert set(schemas["AllOf"]["properties"]) == {"all"}
    assert {"SpendCondition", "TierCondition", "BirthdayCondition", "NoneOf"} <= set(schemas)


def test_a_tills_key_makes_no_segments_and_reads_them(api, shop):
    key = api.post("/api-keys", {"name": "Kasse", "scopes": ["counter"]}).json()["key"]
    till = Api(key)
    assert till.post("/segments", {"name": "x", "rule": REGULARS}).status_code == 403
    assert till.get("/segments").status_code == 200
