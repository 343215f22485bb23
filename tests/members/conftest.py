"""A café's scope, open for the test."""

import pytest

from loyalty import tenancy
from tests import makers


@pytest.fixture
def cafe(db):
    """The merchant whose scope is open."""
    merchant = makers.merchant()
    with tenancy.scope(merchant):
        yield merchant
