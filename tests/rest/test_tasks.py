"""Kept answers are found across merchants by the scan role, and purged in each merchant's own scope."""

from datetime import timedelta

import pytest

from loyalty import clock, tenancy
from loyalty.merchants.models import IdempotencyRecord
from loyalty.rest import idempotency, tasks
from loyalty.tenancy import due
from tests import makers

pytestmark = pytest.mark.django_db


def keep(merchant, key, at):
    with tenancy.scope(merchant):
        IdempotencyRecord.objects.create(
            key=key, fingerprint="f", status=201, body="{}", content_type="application/json", created_at=at
        )


def test_answers_are_purged_after_two_days_and_not_before():
    cafe, bakery = makers.merchant(), makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")
    keep(cafe, "old", makers.NOON - timedelta(hours=49))
    keep(cafe, "new", makers.NOON - timedelta(hours=47))
    keep(bakery, "new", makers.NOON - timedelta(hours=1))
    with clock.at(makers.NOON):
        assert due.with_answers_kept_since(clock.now() - idempotency.KEPT) == [cafe.id]
    tasks.purge_kept_answers_of(str(cafe.id))
    with tenancy.scope(cafe):
        assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]
