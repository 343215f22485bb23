"""What a member did that is no purchase, told over HTTP."""

import pytest

pytestmark = pytest.mark.django_db
REVIEW = {"name": "Bewertung", "when": {"event": "custom", "name": "review"}, "gives": {"amount": 50}}


@pytest.fixture
def points(api):
    program = api.post("/programs", {"type": "points", "name": "Brotpunkte"}).json()["id"]
    assert api.post(f"/programs/{program}/rules", REVIEW).status_code == 201
    return program


@pytest.fixture
def jonas(api):
    return api.post("/members", {"name": "Jonas Weidner"}).json()["id"]


def tell(api, member, **body):
    return api.post(f"/members/{member}/events", {"name": "review"} | body)


def test_it_gives_what_the_rule_gives_and_answers_like_a_purchase(api, points, jonas):
    answer = tell(api, jonas, external_id="r-1")
    told = answer.json()
    assert (answer.status_code, told["name"], told["external_id"]) == (201, "review", "r-1")
    (credit,) = told["credits"]
    assert (credit["program"], credit["amount"], credit["unit"]["plural"]) == (points, 50, "points")
    assert [(row["code"], row["amount"], row["text"]) for row in credit["because"]] == [
        ("rule", 50, "Bewertung: 50 points.")
    ]
    assert told["member_state"]["accounts"][0]["balance"] == 50


def test_sent_again_with_its_id_it_is_200_and_nothing_more(api, points, jonas):
    first, again = tell(api, jonas, external_id="r-1"), tell(api, jonas, external_id="r-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    (event,) = (row for row in api.get("/events").json()["data"] if row["type"] == "custom.recorded")
    assert event["data"]["external_id"] == "r-1"


def test_what_a_limit_trims_says_so(api, points, jonas):
    api.post(f"/programs/{points}/rules", REVIEW | {"name": "Einmal", "limit": {"per_member": 50}})
    tell(api, jonas)
    (credit,) = tell(api, jonas).json()["credits"]
    assert [(row["name"], row["amount"], row["code"]) for row in credit["because"]] == [
        ("Bewertung", 50, "rule"), ("Einmal", 0, "limited"),
    ]  # fmt: skip


def test_stamps_unlock_and_the_answer_says_what(api, jonas):
    card = {
        "type": "punch_card",
        "name": "Kaffeekarte",
        "stamps_required": 2,
        "reward": {"name": "Ein Kaffee"},
    }
    program = api.post("/programs", card).json()["id"]
    api.post(f"/programs/{program}/rules", REVIEW | {"gives": {"amount": 2}})
    assert [one["reward"]["name"] for one in tell(api, jonas).json()["unlocked"]] == ["Ein Kaffee"]


@pytest.mark.parametrize("body", [{"name": ""}, {"external_id": ""}, {"amount": 5}])
def test_what_is_not_understood_is_refused(api, points, jonas, body):
    assert tell(api, jonas, **body).status_code == 400


def test_a_birthday_comes_with_the_clock_and_stands_in_the_books(api, points):
    api.post(
        f"/programs/{points}/rules",
        {"name": "Zum Geburtstag", "when": {"event": "birthday"}, "gives": {"amount": 100}},
    )
    member = api.post("/members", {"name": "Lea", "birthday": "1996-02-29"}).json()["id"]
    ran = api.post("/test-clock", {"now": "2028-03-01T00:00:00+01:00"}).json()["ran"]
    assert ran["occasions"] == 2
    entries = api.get(f"/members/{member}/entries").json()["data"]
    assert [(row["amount"], row["at"], row["because"][0]["text"]) for row in entries] == [
        (100, "2028-02-29T00:00:00+01:00", "Zum Geburtstag"),
        (100, "2027-02-28T00:00:00+01:00", "Zum Geburtstag"),
    ]
