"""The ground of the journeys holds: the server answers, and the camera shows what is held before it."""

import pytest

from tests.browser.fixtures import ROOT

pytestmark = pytest.mark.browser


def test_server_answers_with_its_policy(site, phone):
    answer = phone.request.get("/static/htmx.js")
    assert answer.status == 200
    assert answer.body() == (ROOT / "static" / "dist" / "htmx.js").read_bytes()
