"""The same request twice is one request, also when both come at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from loyalty import clock, tenancy
from loyalty.merchants.models import ApiKey, IdempotencyRecord
from loyalty.rest import idempotency
from tests.rest.conftest import Api, registered

KEY = {"Idempotency-Key": "receipt-4711"}


def keys_of(shop):
    return ApiKey.objects.filter(merchant=shop.merchant).count()


def test_the_first_answer_is_given_again(api, shop):
    first = api.post("/api-keys", {"name": "Till"}, **KEY)
    again = api.post("/api-keys", {"name": "Till"}, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert keys_of(shop) == 2


def test_a_slash_at_the_end_is_the_same_path(api, shop):
    first = api.post("/api-keys", {"name": "Till"}, **KEY)
    assert api.post("/api-keys/", {"name": "Till"}, **KEY).content == first.content
    assert keys_of(shop) == 2


def test_another_body_under_the_same_key_is_refused(api, shop):
    api.post("/api-keys", {"name": "Till"}, **KEY)
    other = api.post("/api-keys", {"name": "Another"}, **KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert keys_of(shop) == 2


def test_another_path_under_the_same_key_is_refused(api, shop):
    made = api.post("/api-keys", {"name": "Till"}, **KEY).json()
    other = api.post(f"/api-keys/{made['id']}/revocation", **KEY)
    assert other.json()["code"] == "idempotency_key_reused"
    assert ApiKey.objects.filter(revoked_at__isnull=True, merchant=shop.merchant).count() == 2


def test_a_refusal_is_replayed_as_a_success_is(api, shop):
    unknown = "/api-keys/key_00000000000000000000000000000000/revocation"
    first, again = api.post(unknown, **KEY), api.post(unknown, **KEY)
    assert (first.status_code, again.status_code) == (404, 404)
    assert again.content == first.content
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_wrong_shape_is_replayed_too(api):
    first, again = api.post("/api-keys", {}, **KEY), api.post("/api-keys", {}, **KEY)
    assert (again.status_code, again.content) == (400, first.content)
    assert api.post("/api-keys", {"name": "Till"}, **KEY).json()["code"] == "idempotency_key_reused"


def test_who_is_not_let_in_leaves_no_record(shop):
    assert Api("sk_test_wrong").post("/api-keys", {"name": "Till"}, **KEY).status_code == 401
    with tenancy.scope(shop.merchant):
        assert IdempotencyRecord.objects.count() == 0


def test_two_merchants_may_use_the_same_key(api, shop):
    other = registered("Bäckerei Feldmann", email="h@feldmann.example")
    mine = api.post("/api-keys", {"name": "Till"}, **KEY).json()
    theirs = Api(other.api_key).post("/api-keys", {"name": "Another"}, **KEY)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine["id"]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_one_to_255_characters(api, key):
    response = api.post("/api-keys", {"name": "Till"}, **{"Idempotency-Key": key})
    assert response.status_code == 400
    assert response.json()["field_errors"] == {"Idempotency-Key": ["Write 1 to 255 characters."]}
    assert api.post("/api-keys", {"name": "Till"}, **{"Idempotency-Key": "x" * 255}).status_code == 201


def test_reading_takes_no_notice_of_a_key(api):
    assert api.get("/api-keys", **KEY).status_code == 200
    assert api.get("/locations", **KEY).status_code == 200


def test_records_are_kept_for_48_hours(api, shop):
    api.post("/api-keys", {"name": "Till"}, **KEY)
    with tenancy.scope(shop.merchant):
        made = IdempotencyRecord.objects.get().created_at
        with clock.at(made + timedelta(hours=48)):
            assert idempotency.purge() == 0
        with clock.at(made + timedelta(hours=48, seconds=1)):
            assert idempotency.purge() == 1
            assert idempotency.purge() == 0


def test_while_the_first_is_worked_on_the_second_is_told_to_wait(real_database):
    shop = registered()
    second = []

    def send():
        second.append(Api(shop.api_key).post("/api-keys", {"name": "Till"}, **KEY))
        connection.close()

    with tenancy.scope(shop.merchant):
        idempotency.claim("receipt-4711", "a request that has not ended yet")
        thread = threading.Thread(target=send)
        thread.start()
        thread.join()
    assert (second[0].status_code, second[0].json()["code"]) == (409, "idempotency_in_progress")
    assert Api(shop.api_key).post("/api-keys", {"name": "Till"}, **KEY).status_code == 201


def test_of_twenty_at_the_same_moment_one_is_done(real_database):
    shop = registered()
    barrier, answers = threading.Barrier(20), []

    def send():
        api = Api(shop.api_key)
        barrier.wait()
        answers.append(api.post("/api-keys", {"name": "Till"}, **KEY))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert keys_of(shop) == 2
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len({answer.content for answer in done}) == 1
    assert len([answer for answer in done if "Idempotent-Replayed" not in answer.headers]) == 1
    assert len(done) + len(waiting) == 20
    assert {answer.json()["code"] for answer in waiting} <= {"idempotency_in_progress"}
