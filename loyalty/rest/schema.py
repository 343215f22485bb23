"""What a method says of itself: the scope that it needs, and its place in the served OpenAPI document."""

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from pydantic.json_schema import model_json_schema

from loyalty.rest import problems
from loyalty.rest.idempotency import HEADER, LONGEST
from loyalty.rest.pagination import DEFAULT, MOST
from loyalty.rest.shapes.answers import Problem

# How every method may refuse, and those that write may besides.
ALWAYS = (400, 401, 403, 404, 429)
WHEN_WRITING = (409, 413, 415, 422)
REF = "#/components/schemas/{model}"


class Schema(AutoSchema):
    """Named in the settings. What an operation says is said by `operation`; its id is read off the path."""

    def get_operation_id(self):
        parts = self.path.removeprefix("/api/v1/").split("/")
        words = [f"by_{part[1:-1]}" if part.startswith("{") else part.replace("-", "_") for part in parts]
        return "_".join([self.method.lower(), *words])

    def get_description(self):
        # What the classes say of themselves is for those who read the code.
        return ""


class Shapes(PydanticExtension):
    """Request shapes as they are read (a field with a default may be left out), answers as they are written."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1

    def map_serializer(self, auto_schema, direction):
        mode = "validation" if direction == "request" else "serialization"
        schema = model_json_schema(self.target, ref_template=REF, mode=mode)
        for name, part in schema.pop("$defs", {}).items():
            component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=part)
            auto_schema.registry.register_on_missing(component)
        return schema


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "loyalty.rest.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "sk_live_… or sk_test_…"}


def as_documented(endpoints):
    """The paths as clients know them: below /api, and without the slash that each accepts. Others are dropped."""
    return [
        (f"/api{path.rstrip('/')}", regex, method, view)
        for path, regex, method, view in endpoints
        if path.startswith("/v1/") and "openapi" not in path
    ]


def operation(summary, *, scope, answers, takes=None, query=None, pages=False):
    """Describe a method and say which scope its key needs.

    answers: {status: shape}. takes: the shape of the body. query: filters by name → their description.
    pages: it answers one page of a list.
    """

    def describe(method):
        method.scope = scope
        method.query = {*(query or {}), *(("limit", "cursor") if pages else ())}
        statuses = ALWAYS if method.__name__ == "get" else ALWAYS + WHEN_WRITING
        refusals = {(status, problems.CONTENT_TYPE): Problem for status in statuses}
        return extend_schema(
            summary=summary,
            request={"application/json": takes} if takes else None,
            responses={**answers, **refusals},
            parameters=[*_filters(query or {}), *_paging(pages), *_idempotency(method)],
        )(method)

    return describe


def _filters(query):
    return [OpenApiParameter(name, str, description=text) for name, text in query.items()]


def _paging(pages):
    if not pages:
        return []
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}
    return [
        OpenApiParameter("limit", limit, description="Rows per page."),
        OpenApiParameter("cursor", OpenApiTypes.STR, description="next_cursor of the page before."),
    ]


def _idempotency(method):
    if method.__name__ != "post":
        return []
    key = {"type": "string", "minLength": 1, "maxLength": LONGEST}
    text = "The same key with the same body gets the first answer again."
    return [OpenApiParameter(HEADER, key, OpenApiParameter.HEADER, description=text)]
