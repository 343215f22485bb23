"""The served schema describes every path there is, and nothing else."""

import re

import pytest
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema

pytestmark = pytest.mark.django_db
SERVED = re.compile(r"\^v1/(.*)/\?\$")


@pytest.fixture
def schema(client):
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    return response.json()


def routes():
    """The paths of the URLconf as a schema writes them: {path: methods}."""
    found = {}
    for pattern in get_resolver("loyalty.rest.urls").url_patterns:
        if pattern.name in ("openapi", "docs"):
            continue
        path = re.sub(r"\(\?P<(\w+)>\[\^/\]\+\)", r"{\1}", SERVED.fullmatch(pattern.pattern.regex.pattern)[1])
        path = path.replace(r"\.", ".")
        view = pattern.callback.cls
        found[f"/api/v1/{path}"] = {
            name for name in ("get", "post", "patch", "delete") if hasattr(view, name)
        }
    return found


def test_every_route_is_described_and_nothing_else(schema):
    described = {path: set(methods) for path, methods in schema["paths"].items()}
    assert described == routes()


def test_every_method_says_its_scope_and_how_it_fails(schema):
    for path, methods in schema["paths"].items():
        for method, described in methods.items():
            assert described["security"] == [{"apiKey": []}], (method, path)
            for status in ("400", "401", "403", "404", "429"):
                assert list(described["responses"][status]["content"]) == ["application/problem+json"], (
                    method,
                    path,
                )
            names = {parameter["name"] for parameter in described.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method == "post"), (method, path)


def test_lists_are_paged(schema):
    for path, methods in schema["paths"].items():
        answers = (
            methods.get("get", {})
            .get("responses", {})
            .get("200", {})
            .get("content", {})
            .get("application/json")
        )
        if answers and "$ref" in answers["schema"]:
            shape = schema["components"]["schemas"][answers["schema"]["$ref"].rpartition("/")[2]]
            names = {parameter["name"] for parameter in methods["get"].get("parameters", ())}
            assert ("next_cursor" in shape.get("properties", ())) == ({"limit", "cursor"} <= names), path


def test_unknown_fields_are_refused_by_the_schema_too(schema):
    assert schema["components"]["schemas"]["NewApiKey"]["additionalProperties"] is False
    assert schema["components"]["schemas"]["NewApiKey"]["required"] == ["name"]


def test_operations_are_told_apart_by_their_ids(schema):
    ids = [described["operationId"] for methods in schema["paths"].values() for described in methods.values()]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(schema):
    text = str(schema)
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in schema["components"]["schemas"]


def test_the_document_is_valid_openapi(schema):
    validate_schema(schema)
