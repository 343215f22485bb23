"""Schemathesis reads the served schema, makes requests of it, and looks whether the answers are those it promises.

A few paths of each sort, the same examples in each run, served in this process.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS

from loyalty.wsgi import application
from tests.rest.conftest import registered

PATHS = [
    "/api/v1/members", "/api/v1/members/{member_id}", "/api/v1/members/lookup", "/api/v1/purchases",
    "/api/v1/purchases/preview", "/api/v1/programs", "/api/v1/rewards", "/api/v1/redemptions", "/api/v1/api-keys",
    "/api/v1/events", "/api/v1/vouchers/{code}/redemption", "/api/v1/gift-cards", "/api/v1/gift-cards/{code}/charges",
]  # fmt: skip
PROMISES = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "negative_data_rejection",
]  # fmt: skip

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application).include(path=PATHS)


@pytest.fixture
def key(real_database):
    # The WSGI server ends each request by letting go of connections, and a test's transaction with them.
    return {"Authorization": f"Bearer {registered().api_key}"}


@schema.parametrize()
@settings(
    max_examples=15, derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_answer_is_one_that_the_schema_promises(case, key):
    case.call_and_validate(headers=key, checks=CHECKS.get_by_names(PROMISES))
