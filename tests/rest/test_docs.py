"""The page that shows the API: there for everyone, from our own server alone."""

import re

import pytest

pytestmark = pytest.mark.django_db


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(loaded) == 5
    assert all(address.startswith("/") for address in loaded)
    assert not re.search(r"<style|<script>| style=| on\w+=", html)


def test_its_script_reads_the_served_document(client):
    page = client.get("/api/docs/").content.decode()
    script = re.findall(r'src="([^"]*script[^"]*)"', page)[-1].replace("&amp;", "&")
    response = client.get(script)
    assert response.headers["Content-Type"].startswith("application/javascript")
    assert "/api/v1/openapi.json" in response.content.decode()
