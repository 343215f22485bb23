import pytest

from tests import makers
from tests.subscriptions import shop


@pytest.fixture
def gym(db):
    return shop.gym()


@pytest.fixture
def mira(gym):
    return makers.member(gym, "Mira Sommer")


@pytest.fixture
def club(gym):
    return shop.club(gym)


@pytest.fixture
def hers(gym, mira, club):
    """Mira's subscription: 9.90 a month since 31 January, paid at the counter."""
    return shop.subscribe(gym, mira, club)
