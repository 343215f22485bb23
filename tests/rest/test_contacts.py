"""The people of a company over HTTP."""

import pytest

from loyalty import tenancy
from loyalty.merchants.models import IdempotencyRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(api):
    made = api.post("/members", {"name": "Hotel Krone", "kind": "company"}).json()
    assert made["kind"] == "company"
    return f"/members/{made['id']}"


def test_people_are_added_read_changed_and_listed(api, company):
    made = api.post(f"{company}/contacts", {"name": "Anna", "email": "anna@krone.example"})
    assert made.status_code == 201
    anna = made.json()
    assert anna["id"].startswith("con_")
    assert (anna["name"], anna["email"], anna["phone"]) == ("Anna", "anna@krone.example", None)
    path = f"{company}/contacts/{anna['id']}"
    assert api.patch(path, {"email": None}).json()["email"] is None
    assert api.get(path).json()["name"] == "Anna"
    assert [row["id"] for row in api.get(f"{company}/contacts").json()["data"]] == [anna["id"]]


def test_they_are_in_the_companys_export(api, company):
    api.post(f"{company}/contacts", {"name": "Anna", "phone": "0151 23456789"})
    exported = api.get(f"{company}/export").json()
    assert exported["member"]["kind"] == "company"
    assert [(row["name"], row["phone"]) for row in exported["contacts"]] == [("Anna", "+4915123456789")]


def test_somebody_is_forgotten_in_kept_answers_too(api, shop, company):
    made = api.post(f"{company}/contacts", {"name": "Annegret"}, **{"Idempotency-Key": "k"}).json()
    path = f"{company}/contacts/{made['id']}"
    assert api.post(f"{path}/erasure", {}).json() == {}
    assert api.get(path).status_code == 404
    with tenancy.scope(shop.merchant):
        assert "Annegret" not in IdempotencyRecord.objects.get(key="k").body


def test_an_erased_company_is_forgotten_with_its_people_in_kept_answers_too(api, shop, company):
    api.post(f"{company}/contacts", {"name": "Annegret"}, **{"Idempotency-Key": "k"})
    assert api.post(f"{company}/erasure", {}).status_code == 200
    assert api.get(f"{company}/contacts").json()["data"] == []
    with tenancy.scope(shop.merchant):
        assert "Annegret" not in IdempotencyRecord.objects.get(key="k").body


def test_a_person_has_no_people(api):
    member = api.post("/members", {"name": "Anna"}).json()
    assert member["kind"] == "person"
    refused = api.post(f"/members/{member['id']}/contacts", {"name": "Ben"})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_company")


def test_the_people_of_one_company_are_not_found_at_another(api, company):
    anna = api.post(f"{company}/contacts", {"name": "Anna"}).json()["id"]
    other = api.post("/members", {"name": "Gasthof", "kind": "company"}).json()["id"]
    assert api.get(f"/members/{other}/contacts/{anna}").status_code == 404
