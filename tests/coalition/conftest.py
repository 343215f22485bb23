import pytest

import tests.steady  # noqa: F401
from tests.coalition.street import Street


@pytest.fixture
def street(db):
    return Street()
