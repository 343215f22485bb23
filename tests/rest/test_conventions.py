"""What holds for every path: keys, scopes, shapes, problems, languages."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from loyalty import clock
from loyalty.merchants import keys
from loyalty.merchants.models import ApiKey, Merchant
from tests.rest.conftest import Api, registered

pytestmark = pytest.mark.django_db


def problem(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    return document


def test_without_a_key_nothing_is_answered(client):
    response = client.get("/api/v1/api-keys")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert problem(response)["code"] == "unauthenticated"


@pytest.mark.parametrize("header", ["Bearer sk_live_unknown", "Bearer", "Basic c2s6", "Bearer  "])
def test_a_wrong_key_is_as_good_as_none(client, header):
    assert client.get("/api/v1/api-keys", headers={"Authorization": header}).status_code == 401


def test_a_revoked_key_opens_nothing_any_more(api, shop):
    made = api.post("/api-keys", {"name": "Till", "scopes": ["read"]}).json()
    till = Api(made["key"])
    assert till.get("/locations").status_code == 200
    assert api.post(f"/api-keys/{made['id']}/revocation").json()["revoked_at"] is not None
    assert till.get("/locations").status_code == 401


def test_a_key_is_shown_once_and_then_known_by_its_last_characters(api):
    made = api.post("/api-keys", {"name": "Till", "scopes": ["counter"]})
    assert made.status_code == 201
    assert made.json()["key"].startswith("sk_test_")
    read = api.get(f"/api-keys/{made.json()['id']}").json()
    assert "key" not in read
    assert read["hint"] == made.json()["key"][-4:]


@pytest.mark.parametrize(
    ("scope", "reads", "writes"), [("read", 200, 403), ("counter", 200, 403), ("admin", 200, 201)]
)
def test_each_scope_reads_and_only_admin_makes_keys(shop, scope, reads, writes):
    _key, secret = keys.issue(merchant=shop.merchant, name="Till", scopes=[scope])
    assert Api(secret).get("/api-keys").status_code == reads
    assert Api(secret).post("/api-keys", {"name": "Another"}).status_code == writes


def test_use_is_noted_at_most_once_a_minute(api, shop):
    api.get("/locations")
    first = ApiKey.objects.get(merchant=shop.merchant).last_used_at
    assert first is not None
    api.get("/locations")
    assert ApiKey.objects.get(merchant=shop.merchant).last_used_at == first
    with clock.at(first.replace(year=first.year + 1)):
        api.get("/locations")
    assert ApiKey.objects.get(merchant=shop.merchant).last_used_at == first.replace(year=first.year + 1)


@pytest.mark.parametrize("path", ["/api-keys", "/api-keys/"])
def test_a_trailing_slash_is_accepted(api, path):
    assert api.get(path).status_code == 200


def test_an_unknown_path_is_a_problem_document(api):
    assert problem(api.get("/unheard-of"))["code"] == "not_found"


def test_a_method_that_a_path_does_not_take_is_told(api):
    response = api.delete("/api-keys")
    assert (response.status_code, problem(response)["code"]) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD"


@pytest.mark.parametrize(
    ("body", "field_errors"),
    [
        ("{", {"body": ["This is not valid JSON."]}),
        ("[]", {"body": ["Write a JSON object here: {…}."]}),
        ({}, {"name": ["This field is required."]}),
        ({"name": "Till", "scope": "read"}, {"scope": ["There is no such field here."]}),
        ({"name": 7}, {"name": ["Write a text, in quotes."]}),
        ({"name": ""}, {"name": ["Write 1 or more characters."]}),
        ({"name": "x" * 121}, {"name": ["Write at most 120 characters."]}),
        ({"name": "a\x00b"}, {"name": ["This text holds a character that cannot be stored."]}),
        (
            {"name": "Till", "scopes": ["owner"]},
            {"scopes.0": ["Choose one of: 'read', 'counter', 'admin'."]},
        ),
        ({"name": "Till", "scopes": []}, {"scopes": ["Send 1 or more rows."]}),
    ],
)
def test_a_wrong_shape_names_every_field_that_is_wrong(api, shop, body, field_errors):
    response = api.post("/api-keys", body)
    document = problem(response)
    assert (response.status_code, document["code"]) == (400, "invalid")
    assert document["field_errors"] == field_errors
    assert ApiKey.objects.filter(merchant=shop.merchant).count() == 1


@pytest.mark.parametrize(
    ("asked", "language"),
    [("de", "de"), ("en", "en"), ("fr, de-AT;q=0.3", "de"), ("fr", "en"), ("*", "en"), (None, "en")],
)
def test_sentences_are_in_the_language_asked_for_else_in_the_merchants(api, asked, language):
    headers = {"Accept-Language": asked} if asked else {}
    with translation.override(language):
        expected = gettext("This field is required.")
    assert api.post("/api-keys", {}, **headers).json()["field_errors"] == {"name": [expected]}


def test_a_german_merchant_is_told_in_german(db):
    german = Api(registered("Bäckerei", language="de", email="h@feldmann.example").api_key)
    with translation.override("de"):
        expected = gettext("Not understood")
    assert german.post("/api-keys", {}).json()["title"] == expected


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_parameter_that_is_not_known_is_refused(api, method):
    response = api.send(method, "/api-keys?scpoe=read", {"name": "Till"} if method == "POST" else None)
    assert response.status_code == 400
    assert response.json()["field_errors"] == {"scpoe": ["There is no such field here."]}


def test_what_the_database_cannot_hold_is_refused_wherever_it_stands(api):
    sentence = ["This text holds a character that cannot be stored."]
    assert api.get("/members/lookup?card=%00").json()["field_errors"] == {"card": sentence}
    assert api.get("/members/mem_%00").json()["field_errors"] == {"member_id": sentence}
    card = {"type": "punch_card", "name": "x", "skus": ["a", "b\x00"]}
    assert api.post("/programs", card).json()["field_errors"] == {"skus.1": sentence}
    rows = api.post("/members/batch", {"members": [{"name": "a"}, {"name": "\x00"}]}).json()["results"]
    assert [row["status"] for row in rows] == [201, 400]
    # A backslash in a text is none.
    assert api.post("/members", {"name": "a\\u0000"}).status_code == 201


@pytest.mark.parametrize("method", ["QUERY", "OPTIONS", "TRACE", "PUT", "CONNECT"])
def test_unusual_methods_are_refused(api, method):
    assert problem(api.send(method, "/api-keys"))["code"] == "method_not_allowed"


def test_a_form_is_told_to_be_json(api, shop):
    response = api.client.post("/api/v1/api-keys", {"name": "x"}, headers=api.headers)
    assert (response.status_code, problem(response)["code"]) == (415, "not_json")


def test_more_than_a_path_takes_is_told(api):
    response = api.post("/api-keys", '"' + "x" * 1_000_000 + '"')
    assert (response.status_code, problem(response)["code"]) == (413, "too_large")


def test_answers_are_not_kept_by_anyone_on_the_way(api):
    headers = api.get("/api-keys").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_a_mistake_of_ours_tells_nothing(api, shop):
    # No verb lets such a timezone in: an answer that no code expects to fail, fails.
    Merchant.objects.filter(id=shop.merchant.id).update(timezone="Nowhere/Atall")
    api.client.raise_request_exception = False
    response = api.get("/locations")
    assert response.status_code == 500
    assert problem(response) == {
        "type": "urn:stammgast:problem:internal-error",
        "title": "Our mistake",
        "status": 500,
        "detail": "Something went wrong on our side. Nothing was changed.",
        "code": "internal_error",
    }
