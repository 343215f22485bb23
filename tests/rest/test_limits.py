"""Limits per key: announced on every answer, refused with the time to wait, and never in the way of an outage."""

import pytest
import redis
from django.test import override_settings

from loyalty import buckets
from loyalty.merchants import keys
from tests.rest.conftest import Api, registered

pytestmark = pytest.mark.django_db


def test_every_answer_tells_what_is_left(api):
    first, second = api.get("/locations"), api.get("/unheard/of")
    assert first.headers["RateLimit-Limit"] == "6000"
    assert first.headers["RateLimit-Remaining"] == "5999"
    assert first.headers["RateLimit-Reset"] == "1"
    assert "RateLimit-Limit" not in second.headers  # No key was looked at for a path that does not exist.
    assert api.post("/api-keys", {}).headers["RateLimit-Limit"] == "6000"


def test_a_live_key_has_600_a_minute(db):
    live = registered("Echtbetrieb", sandbox=False)
    assert Api(live.api_key).get("/locations").headers["RateLimit-Limit"] == "600"


@override_settings(API_REQUESTS_PER_MINUTE={"sandbox": 3, "live": 3})
def test_over_the_limit_it_is_told_when_to_come_back(api):
    assert [api.get("/locations").status_code for _ in range(3)] == [200, 200, 200]
    over = api.get("/locations")
    assert over.status_code == 429
    assert over.headers["Content-Type"] == "application/problem+json"
    assert over.json()["code"] == "too_many_requests"
    # Three a minute: the next one comes within 20 seconds of the first.
    assert 1 <= int(over.headers["Retry-After"]) <= 20
    assert over.json()["retry_after"] == int(over.headers["Retry-After"])
    assert over.headers["RateLimit-Remaining"] == "0"


@override_settings(API_REQUESTS_PER_MINUTE={"sandbox": 1, "live": 1})
def test_each_key_has_its_own_bucket(api, shop):
    _key, other = keys.issue(merchant=shop.merchant, name="Till", scopes=["read"])
    assert api.get("/locations").status_code == 200
    assert api.get("/locations").status_code == 429
    assert Api(other).get("/locations").status_code == 200


def test_the_bucket_refills_evenly(db, settings):
    """600 a minute are one each 100 ms: the server's own clock is told what it was a second ago."""
    live = registered("Echtbetrieb", sandbox=False)
    api = Api(live.api_key)
    api.get("/locations")
    key = keys.find(live.api_key)
    store = redis.Redis.from_url(settings.REDIS_URL)
    bucket = f"rest:limit:{key.id.hex}"
    seconds, micros = store.time()
    store.hset(bucket, mapping={"left": "0", "at": seconds * 1000 + micros // 1000 - 1000})
    left = int(api.get("/locations").headers["RateLimit-Remaining"])
    assert 9 <= left <= 600
    assert store.ttl(bucket) > 0


def test_where_valkey_cannot_be_reached_requests_pass(api, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    buckets._script.cache_clear()
    try:
        response = api.get("/locations")
    finally:
        buckets._script.cache_clear()
    assert response.status_code == 200
    assert "RateLimit-Limit" not in response.headers
