"""Schemathesis reads the served schema, makes requests of it and looks whether the answers are those it promises.

A few paths of each sort; the examples are the same in each run. Served in this process, in the test's transaction.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from loyalty.rest.docs import _document
from loyalty.wsgi import application
from tests.rest.conftest import registered

import json

PATHS = [
    "/api/v1/members", "/api/v1/members/{member_id}", "/api/v1/members/lookup", "/api/v1/purchases", "/api/v1/purchases/preview",
    "/api/v1/programs", "/api/v1/rewards", "/api/v1/redemptions", "/api/v1/api-keys", "/api/v1/events",
]  # fmt: skip
KEPT_PROMISES = [
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.negative_data_rejection, checks.response_headers_conformance,
]  # fmt: skip
