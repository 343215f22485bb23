"""Codes on packs over HTTP: made, listed, printed, used; and the job that makes many."""

import csv
import io

import pypdfium2
import pytest

from loyalty import readable_codes, tenancy
from loyalty.jobs import jobs
from loyalty.jobs.models import Job
from programs.codes import making
from tests.rest.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def points(api):
    return api.post("/programs", {"type": "points", "name": "Brotpunkte"}).json()["id"]


@pytest.fixture
def jonas(api):
    return api.post("/members", {"name": "Jonas Weidner"}).json()["id"]


def make(api, program, count=1, **more):
    return api.post(f"/programs/{program}/codes", {"count": count, "gives": {"amount": 50}} | more)


def use(api, member, code, **headers):
    return api.post(f"/members/{member}/codes", {"code": code}, **headers)


def test_a_hundred_codes_are_answered_at_once(api, points):
    answer = make(api, points, 100, name="Herbst")
    assert answer.status_code == 201
    codes = answer.json()["codes"]
    assert (len(set(codes)), all(readable_codes.parse(code) == code for code in codes)) == (100, True)


def test_a_batch_says_what_it_gives_and_how_many_were_used(api, points, jonas):
    made = make(api, points, 3, name="Herbst", valid_until="2026-12-31").json()
    use(api, jonas, made["codes"][0])
    (batch,) = api.get(f"/programs/{points}/codes").json()["data"]
    assert batch == api.get(f"/code-batches/{made['batch']}").json()
    assert batch | {"created_at": None, "created_by": None} == {
        "id": made["batch"], "program": points, "name": "Herbst", "count": 3, "made": 3, "used": 1,
        "gives": {"amount": 50}, "valid_until": "2027-01-01T00:00:00+01:00", "job": None, "created_at": None,
        "created_by": None,
    }  # fmt: skip


def test_the_codes_of_a_batch_are_listed_with_their_use(api, points, jonas):
    made = make(api, points, 3).json()
    use(api, jonas, made["codes"][1])
    first = api.get(f"/code-batches/{made['batch']}/codes?limit=2").json()
    rest = api.get(f"/code-batches/{made['batch']}/codes?limit=2&cursor={first['next_cursor']}").json()
    rows = {row["code"]: row for row in first["data"] + rest["data"]}
    assert (set(rows), rest["next_cursor"]) == (set(made["codes"]), None)
    assert rows[made["codes"][1]]["member"] == jonas
    assert rows[made["codes"][1]]["used_at"] == "2026-03-12T13:00:00+01:00"
    assert rows[made["codes"][0]] == {"code": made["codes"][0], "used_at": None, "member": None}


def test_more_than_a_thousand_are_a_job_with_progress(api, shop, points, monkeypatch):
    monkeypatch.setattr(making, "CHUNK", 600)
    job = make(api, points, 1001).json()
    assert {name: job[name] for name in ("status", "done", "total", "error")} == {
        "status": "waiting", "done": 0, "total": 1001, "error": None,
    }  # fmt: skip
    assert job["url"].endswith(f"/api/v1/code-batches/{job['batch']}/codes")
    with tenancy.scope(shop.merchant):
        row = Job.objects.get()
    claim = jobs.work_a_chunk(shop.merchant, row.id)
    halfway = api.get(f"/jobs/{job['id']}").json()
    assert (halfway["status"], halfway["done"], halfway["finished_at"]) == ("running", 600, None)
    assert api.get(f"/code-batches/{job['batch']}").json()["made"] == 600
    jobs.work_a_chunk(shop.merchant, row.id, claim)
    done = api.get(f"/jobs/{job['id']}").json()
    assert (done["status"], done["done"], done["finished_at"]) == ("done", 1001, "2026-03-12T13:00:00+01:00")
    assert api.get("/jobs").json()["data"] == [done]
    assert len(api.get(job["url"].partition("/api/v1")[2] + "?limit=200").json()["data"]) == 200


def test_a_code_credits_the_account_and_says_why(api, points, jonas):
    (code,) = make(api, points, name="Herbst").json()["codes"]
    answer = use(api, jonas, readable_codes.display(code).lower())
    told = answer.json()
    assert (answer.status_code, told["code"]) == (201, code)
    (credit,) = told["credits"]
    assert (credit["program"], credit["amount"], credit["available_at"]) == (
        points, 50, "2026-03-12T13:00:00+01:00",
    )  # fmt: skip
    assert credit["because"] == [
        {
            "rule": "code",
            "name": "Herbst",
            "code": "product_code",
            "amount": 50,
            "text": "Code Herbst: 50 points.",
        }
    ]
    assert told["member_state"]["accounts"][0]["balance"] == 50


def test_rules_for_codes_add_theirs(api, points, jonas):
    rule = {"name": "Sammelwoche", "when": {"event": "code"}, "gives": {"amount": 10}}
    assert api.post(f"/programs/{points}/rules", rule).status_code == 201
    (code,) = make(api, points).json()["codes"]
    assert use(api, jonas, code).json()["credits"][0]["amount"] == 60


def test_the_second_use_is_code_used_and_a_repeat_of_the_request_is_the_first_answer(api, points, jonas):
    (code,) = make(api, points).json()["codes"]
    first = use(api, jonas, code, **{"Idempotency-Key": "k1"})
    again = use(api, jonas, code, **{"Idempotency-Key": "k1"})
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", first.json())
    second = use(api, jonas, code)
    assert (second.status_code, second.json()["code"]) == (422, "code_used")
    assert api.get(f"/members/{jonas}").json()["accounts"][0]["balance"] == 50


def test_an_unknown_code_is_not_found(api, points, jonas):
    answer = use(api, jonas, "K7QM-4WRT-X")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_expired_code_is_refused(api, points, jonas):
    (code,) = make(api, points, valid_until="2026-03-12").json()["codes"]
    api.post("/test-clock", {"now": "2026-03-13T00:00:00+01:00"})
    answer = use(api, jonas, code)
    assert (answer.status_code, answer.json()["code"]) == (422, "code_expired")
    assert answer.json()["valid_until"] == "2026-03-12"


def test_after_ten_wrong_ones_a_right_one_is_not_looked_at_for_an_hour(api, points, jonas):
    (code,) = make(api, points).json()["codes"]
    statuses = [use(api, jonas, "unsinn").status_code for _ in range(10)]
    assert statuses == [404] * 10
    answer = use(api, jonas, code)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_codes")
    api.post("/test-clock", {"now": "2026-03-12T14:00:01+01:00"})
    assert use(api, jonas, code).status_code == 201


def test_codes_are_made_by_an_admin_and_used_at_the_counter(api, points, jonas):
    counter = Api(api.post("/api-keys", {"name": "Kasse", "scopes": ["counter"]}).json()["key"])
    assert make(counter, points).status_code == 403
    (code,) = make(api, points).json()["codes"]
    assert use(counter, jonas, code).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 1_000_001}, "count"),
        ({"gives": {"amount": 0}}, "gives.amount"),
        ({"gives": {"multiplier": "2"}}, "gives.multiplier"),
        ({"valid_until": "2026-03-11"}, "valid_until"),
        ({"valid_until": "2026-03-12T12:00:00+01:00"}, "valid_until"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_fields_name(api, points, body, field):
    answer = make(api, points, **body)
    assert answer.status_code == 400
    assert field in answer.json()["field_errors"]
    assert api.get(f"/programs/{points}/codes").json()["data"] == []


def test_the_csv_holds_every_code_as_it_is_and_as_it_is_printed(api, points):
    made = make(api, points, 3).json()
    answer = api.get(f"/code-batches/{made['batch']}/codes.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[0] == ["code", "printed"]
    assert rows[1:] == [[code, readable_codes.display(code)] for code in made["codes"]]


def test_the_sheet_holds_24_labels_a_page_with_code_worth_and_last_day(api, points):
    made = make(api, points, 25, valid_until="2026-12-31").json()
    answer = api.get(f"/code-batches/{made['batch']}/sheet.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    assert [text.count("50 points") for text in texts] == [24, 1]
    assert "Good until 31 December 2026" in texts[0]
    assert all(readable_codes.display(code) in "".join(texts) for code in made["codes"])


def test_there_is_no_sheet_behind_the_last_code(api, points):
    made = make(api, points, 1).json()
    assert api.get(f"/code-batches/{made['batch']}/sheet.pdf?page=2").status_code == 404
    assert api.get(f"/code-batches/{made['batch']}/sheet.pdf?page=0").status_code == 400
