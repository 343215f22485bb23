"""Problem documents (RFC 9457): the one place where refusals become HTTP."""

import json
from dataclasses import dataclass, field

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as drf

from loyalty.errors import Conflict, Invalid, NotFound, Refused

CONTENT_TYPE = "application/problem+json"
log = structlog.get_logger("loyalty.rest")

TITLES = {
    400: _("Not understood"),
    401: _("No valid key"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Not possible here"),
    409: _("Try again"),
    413: _("Too much at once"),
    415: _("Not JSON"),
    422: _("Refused"),
    429: _("Too many requests"),
    500: _("Our mistake"),
}
# Deadlock, lock timeout, serialization failure: the same request may succeed when it is sent again.
PASSING = {"40P01", "55P03", "40001"}


@dataclass(frozen=True)
class Problem:
    """One problem document. facts: further members, JSON-ready. headers: what goes with the answer."""

    status: int
    code: str
    detail: str
    facts: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)

    def document(self):
        """The document in the language that is active now. The facts never replace a member of the standard."""
        standard = {
            "type": f"urn:stammgast:problem:{self.code.replace('_', '-')}",
            "title": str(TITLES.get(self.status, TITLES[500])),
            "status": self.status,
            "detail": str(self.detail),
            "code": self.code,
        }
        return standard | {name: value for name, value in self.facts.items() if name not in standard}

    def response(self):
        body = json.dumps(self.document(), ensure_ascii=False, default=str)
        return HttpResponse(body, status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


class TooMuch(Refused):
    """A body that is larger than this path takes. `limit` in bytes."""

    code = "too_large"
    sentence = _("This is more than can be taken at once. Please send it in several parts.")


class NotJson(Refused):
    code = "not_json"
    sentence = _("Send JSON, with the header Content-Type: application/json.")


class TooMany(Refused):
    """Over the limit of the key. `retry_after` in seconds."""

    code = "too_many_requests"
    sentence = _("These were too many requests. Please try again in %(retry_after)s seconds.")


STATUSES = {
    Invalid: 400,
    NotFound: 404,
    Conflict: 409,
    TooMuch: 413,
    NotJson: 415,
    TooMany: 429,
    Refused: 422,
}


def of(error):
    """The Problem of an exception, or None where it is a mistake of ours."""
    if isinstance(error, Refused):
        return of_refusal(error)
    if isinstance(error, OperationalError):
        passing = getattr(error.__cause__, "sqlstate", None) in PASSING
        return of_refusal(Conflict()) if passing else None
    return _of_framework(error)


def of_refusal(refused):
    status = next(status for kind, status in STATUSES.items() if isinstance(refused, kind))
    facts = {name: _plain(value) for name, value in refused.facts.items()}
    headers = {"Retry-After": str(facts["retry_after"])} if status == 429 else {}
    return Problem(status, refused.code, str(refused), facts, headers)


def _of_framework(error):
    """What the framework raises before a verb is reached."""
    if isinstance(error, Http404):
        return of_refusal(NotFound())
    if isinstance(error, drf.NotAuthenticated | drf.AuthenticationFailed):
        return Problem(401, "unauthenticated", _NO_KEY, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, drf.PermissionDenied):
        return Problem(403, "forbidden", _NO_SCOPE)
    if isinstance(error, drf.MethodNotAllowed):
        return Problem(405, "method_not_allowed", _NO_METHOD)
    if isinstance(error, RequestDataTooBig):
        return of_refusal(TooMuch())
    if isinstance(error, SuspiciousOperation | drf.ParseError):
        return of_refusal(Invalid({}))
    return None


_NO_KEY = _("Send a valid API key in the header Authorization: Bearer sk_…")
_NO_SCOPE = _("This API key may not do that. Make a key with the scope that is needed.")
_NO_METHOD = _("This path does not take this method.")


def mistake(request, error):
    """The answer to an exception that nobody expected: nothing of it is told, all of it is logged."""
    log.error("unexpected", path=request.path, method=request.method, exc_info=error)
    return Problem(500, "internal_error", _("Something went wrong on our side. Nothing was changed."))


def handle(error, context):
    """For views of the framework that are none of our resources (the schema)."""
    problem = of(error)
    return problem.response() if problem else None


def _plain(value):
    # A lazy translation inside the facts (field_errors) becomes text in the language of this answer.
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, int | float | bool | str | None) else str(value)
