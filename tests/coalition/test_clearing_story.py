"""Stories of a high street, with the settlement of each month looked at. The books are checked on the way."""

from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.django_db
APRIL = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)


def test_a_issues_100_and_b_redeems_100_settled_on_earn(street):
    anna, bert = street.join("Anna"), street.join("Bert")
    bought = street.buy(anna, 10_000)
    street.redeem(bert, 100)
    assert street.nets() == ({"Anna": -100, "Bert": 100}, 0)
    street.turn_to(APRIL)
    street.refund(anna, bought)
    assert street.nets("2026-04") == ({"Anna": 100, "Bert": 0}, -100)
    assert street.nets("2026-03") == ({"Anna": -100, "Bert": 100}, 0)
