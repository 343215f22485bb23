"""A merchant's client: its key on every request, answers as JSON, and no answer that the schema does not know."""

import json

import pytest
from django.test import Client

from loyalty.merchants import registering
from tests import makers


class Api:
    """Speaks to the API as an integrator does. Paths are given below /api/v1."""

    def __init__(self, secret, **headers):
        self.headers = {"Authorization": f"Bearer {secret}"} | headers
        self.client = Client()

    def send(self, method, path, body=None, **headers):
        content = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, f"/api/v1{path}", content, content_type="application/json", headers=self.headers | headers
        )

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.send("POST", path, body, **headers)

    def patch(self, path, body, **headers):
        return self.send("PATCH", path, body, **headers)

    def delete(self, path):
        return self.send("DELETE", path)


def registered(name="Café Morgenrot", *, sandbox=True, **options):
    """A merchant with everything registering returns, its first key among it."""
    options = {
        "email": "aylin@morgenrot.example", "currency": "EUR", "timezone": "Europe/Berlin", "country": "DE",
        "language": "en", "clock_at": makers.NOON if sandbox else None,
    } | options  # fmt: skip
    return registering.register(name=name, sandbox=sandbox, **options)


@pytest.fixture
def shop(db):
    return registered()


@pytest.fixture
def api(shop):
    return Api(shop.api_key)
