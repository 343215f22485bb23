"""Promotions over HTTP: made, used, listed, printed, and sent in letters."""

import csv
import io

import pypdfium2
import pytest

from loyalty import readable_codes, tenancy
from loyalty.jobs import jobs
from loyalty.jobs.models import Job
from rewards.promotions import letters, making
from tests.rest.conftest import Api

pytestmark = pytest.mark.django_db
TEN_PERCENT = {"name": "10 % Sommer", "kind": "percent_off", "percent": "10"}


@pytest.fixture
def jonas(api):
    return api.post("/members", {"name": "Jonas Weidner", "language": "de"}).json()["id"]


def make(api, **body):
    return api.post("/promotions", {"reward": TEN_PERCENT} | body)


def buy(api, *codes, **more):
    return api.post("/purchases", {"amount_minor": 2000, "vouchers": list(codes)} | more)


def refusal(response):
    return response.status_code, response.json()["code"]


def texts(content):
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)]


def test_a_shared_code_is_answered_read_and_listed(api):
    made = make(
        api, code="Sommer-26", name="Sommer", usage_limit=3, per_member=1, ends_at="2026-08-31T22:00:00Z"
    )
    assert made.status_code == 201
    told = made.json()
    assert told.pop("codes") == ["SOMMER26"]
    assert api.get("/promotions").json()["data"] == [told] == [api.get(f"/promotions/{told['id']}").json()]
    assert {name: told[name] for name in ("name", "code", "count", "made", "used", "status", "ends_at")} == {
        "name": "Sommer", "code": "SOMMER26", "count": None, "made": 0, "used": 0, "status": "running",
        "ends_at": "2026-09-01T00:00:00+02:00",
    }  # fmt: skip
    assert (told["usage_limit"], told["per_member"], told["members_only"]) == (3, 1, False)


def test_26_a_limit_of_three_lets_three_of_five_pass(api):
    made = make(api, code="SOMMER26", usage_limit=3).json()
    answers = [buy(api, "SOMMER26") for _time in range(5)]
    assert [one.status_code for one in answers] == [201, 201, 201, 422, 422]
    assert (answers[0].json()["discount_minor"], answers[0].json()["net_minor"]) == (200, 1800)
    assert answers[4].json() | {"detail": ""} == answers[3].json() | {"detail": ""}
    assert (answers[4].json()["code"], answers[4].json()["limit"]) == ("limit_reached", 3)
    told = api.get(f"/promotions/{made['id']}").json()
    assert (told["used"], told["status"]) == (3, "used_up")
    assert len(api.get("/purchases").json()["data"]) == 3


def test_the_use_comes_back_with_the_last_cent(api):
    made = make(api, code="SOMMER26", usage_limit=1).json()
    purchase = buy(api, "SOMMER26").json()["id"]
    api.post(f"/purchases/{purchase}/refunds", {"amount_minor": 1799})
    assert refusal(buy(api, "SOMMER26")) == (422, "limit_reached")
    api.post(f"/purchases/{purchase}/refunds", {})
    assert buy(api, "SOMMER26").status_code == 201
    uses = api.get(f"/promotions/{made['id']}/uses").json()["data"]
    assert [(use["code"], use["purchase"] == purchase, bool(use["returned_at"])) for use in uses] == [
        ("SOMMER26", False, False), ("SOMMER26", True, True),
    ]  # fmt: skip


def test_a_code_is_used_without_a_purchase_by_a_member_once_each(api, jonas):
    make(api, code="KAFFEE", reward={"name": "Ein Kaffee"}, per_member=1, members_only=True)
    use = "/vouchers/kaffee/redemption"
    assert refusal(api.post(use, {})) == (422, "not_eligible")
    used = api.post(use, {"member": jonas})
    assert (used.status_code, used.json()["discount_minor"], used.json()["name"]) == (200, 0, "Ein Kaffee")
    assert refusal(api.post(use, {"member": jonas})) == (422, "limit_reached")


def test_a_percentage_by_hand_is_of_the_amount(api):
    make(api, code="SOMMER26")
    assert api.post("/vouchers/SOMMER26/redemption", {"amount_minor": 1990}).json()["discount_minor"] == 199


def test_single_use_codes_are_vouchers_and_listed_with_their_state(api):
    made = make(api, count=2, ends_at="2026-08-31T22:00:00Z").json()
    used, still_open = made["codes"]
    purchase = buy(api, used).json()["id"]
    assert refusal(buy(api, used)) == (422, "code_used")
    voucher = api.get(f"/vouchers/{still_open}").json()
    assert (voucher["status"], voucher["member"], voucher["valid_until"]) == (
        "open", None, "2026-09-01T00:00:00+02:00",
    )  # fmt: skip
    rows = {row["code"]: row for row in api.get(f"/promotions/{made['id']}/codes").json()["data"]}
    assert (rows[used]["status"], rows[used]["purchase"]) == ("used", purchase)
    assert (rows[still_open]["status"], rows[still_open]["purchase"]) == ("open", None)


def test_a_shared_code_reads_like_a_voucher(api):
    make(api, code="SOMMER26")
    told = api.get("/vouchers/sommer26").json()
    assert (told["code"], told["status"], told["kind"]) == ("SOMMER26", "open", "percent_off")
    assert b"<svg xmlns" in api.get("/vouchers/SOMMER26/qr.svg").content


def test_more_than_a_thousand_are_a_job_with_progress(api, shop, monkeypatch):
    monkeypatch.setattr(making, "CHUNK", 600)
    job = make(api, count=1001).json()
    assert {name: job[name] for name in ("kind", "status", "done", "total")} == {
        "kind": "promotion_codes", "status": "waiting", "done": 0, "total": 1001,
    }  # fmt: skip
    with tenancy.scope(shop.merchant):
        row = Job.objects.get()
    claim = jobs.work_a_chunk(shop.merchant, row.id)
    assert api.get(f"/jobs/{job['id']}").json()["done"] == 600
    jobs.work_a_chunk(shop.merchant, row.id, claim)
    assert api.get(f"/jobs/{job['id']}").json()["status"] == "done"
    assert api.get(f"/promotions/{job['promotion']}").json()["made"] == 1001
    page = api.get(job["url"].partition("/api/v1")[2] + "?limit=200").json()
    assert (len(page["data"]), page["next_cursor"] is None) == (200, False)


def test_codes_are_printed_as_csv_and_as_labels(api):
    made = make(api, count=25, ends_at="2026-08-31T22:00:00Z").json()
    file = api.get(f"/promotions/{made['id']}/codes.csv").content.decode()
    rows = list(csv.reader(io.StringIO(file)))
    assert rows[0] == ["code", "printed"]
    assert sorted(rows[1:]) == sorted([code, readable_codes.display(code)] for code in made["codes"])
    pages = texts(api.get(f"/promotions/{made['id']}/sheet.pdf").content)
    assert [page.count("10 % Sommer") for page in pages] == [24, 1]
    assert "Good until 31 August 2026" in pages[0]


def test_a_promotion_is_changed_and_ended(api):
    made = make(api, code="SOMMER26").json()
    path = f"/promotions/{made['id']}"
    assert api.patch(path, {"name": "Sommer", "usage_limit": 5}).json()["usage_limit"] == 5
    assert api.patch(path, {"closed": True}).json()["status"] == "closed"
    assert refusal(buy(api, "SOMMER26")) == (422, "ended")
    assert api.patch(path, {"closed": False}).json()["status"] == "running"
    assert buy(api, "SOMMER26").status_code == 201
    assert refusal(api.patch(path, {"code": "ANDERS"})) == (400, "invalid")


def test_letters_are_a_page_each_with_name_and_own_code(api, jonas):
    ines = api.post("/members", {"name": "Ines Albrecht", "language": "en"}).json()["id"]
    made = make(api, code="DANKE", ends_at="2026-08-31T22:00:00Z").json()
    text = {"de": "Liebe/r {name},\n\ndanke für Ihre Treue.", "en": "Dear {first_name},\n\nthank you."}
    run = api.post(f"/promotions/{made['id']}/letters", {"members": [jonas, ines], "text": text})
    assert (run.status_code, run.json()["count"], run.json()["made"]) == (201, 2, 2)
    pages = texts(api.get(run.json()["url"].partition("/api/v1")[2]).content)
    codes = {row["member"]: row["code"] for row in api.get(f"/promotions/{made['id']}/codes").json()["data"]}
    assert "Liebe/r Jonas Weidner" in pages[0] and "danke für Ihre Treue." in pages[0]
    assert "Dear Ines," in pages[1] and "Good until 31 August 2026" in pages[1]
    assert readable_codes.display(codes[jonas]) in pages[0]
    assert readable_codes.display(codes[ines]) in pages[1]
    assert buy(api, codes[jonas]).status_code == 201
    assert refusal(buy(api, codes[jonas])) == (422, "code_used")
    assert [one["code"] for one in api.get(f"/members/{ines}/vouchers").json()["data"]] == [codes[ines]]


def test_letters_to_a_segment_are_written_to_who_is_in_it(api, shop, jonas, monkeypatch):
    monkeypatch.setattr(letters, "AT_ONCE", 0)
    everybody = {"all": [{"field": "visits", "is": "at_least", "value": 0}]}
    segment = api.post("/segments", {"name": "Alle", "rule": everybody}).json()["id"]
    made = make(api, code="DANKE").json()
    run = api.post(f"/promotions/{made['id']}/letters", {"segment": segment, "text": {"de": "Danke."}}).json()
    assert (run["count"], run["made"]) == (1, 0)
    assert api.get(f"/jobs/{run['job']}").json()["kind"] == "promotion_letters"
    with tenancy.scope(shop.merchant):
        jobs.work(Job.objects.get())
    assert api.get(f"/promotions/{made['id']}/letters").json()["data"] == [run | {"made": 1}]
    assert len(texts(api.get(run["url"].partition("/api/v1")[2]).content)) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "code"),
        ({"code": "SOMMER26", "count": 1}, "code"),
        ({"code": "a!"}, "code"),
        ({"count": 0}, "count"),
        ({"count": 1_000_001}, "count"),
        ({"code": "SOMMER26", "usage_limit": 0}, "usage_limit"),
        (
            {"code": "SOMMER26", "starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-04-01T00:00:00Z"},
            "ends_at",
        ),
        ({"code": "SOMMER26", "reward": TEN_PERCENT | {"percent": "0"}}, "percent"),
        ({"code": "SOMMER26", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_fields_name(api, body, field):
    answer = make(api, **body)
    assert (answer.status_code, field in answer.json()["field_errors"]) == (400, True)
    assert api.get("/promotions").json()["data"] == []
    assert api.get("/rewards").json()["data"] == []


def test_a_code_that_is_taken_is_refused(api):
    make(api, code="SOMMER26")
    assert refusal(make(api, code="sommer-26")) == (422, "code_taken")


def test_promotions_are_made_by_an_admin_and_used_at_the_counter(api):
    counter = Api(api.post("/api-keys", {"name": "Kasse", "scopes": ["counter"]}).json()["key"])
    assert make(counter, code="SOMMER26").status_code == 403
    make(api, code="SOMMER26")
    assert buy(counter, "SOMMER26").status_code == 201
