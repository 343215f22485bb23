"""Statements in one round trip: one merchant's, one transaction, and the scope is gone afterwards."""

import pytest
from django.db import Error, IntegrityError, connection

from loyalty import clock, ids, tenancy
from loyalty.merchants.models import Location
from loyalty.tenancy import at_once, bulk, prepared
from tests import makers

RENAME = "UPDATE merchants_location SET name = %s WHERE merchant_id = %s"


@pytest.fixture
def two(real_database):
    return makers.merchant("Café Morgenrot"), makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")


def names(merchant):
    with tenancy.scope(merchant):
        return list(Location.objects.values_list("name", flat=True))


def test_it_says_how_many_rows_each_statement_changed(two):
    cafe, bakery = two
    statements = [(RENAME, ["Eins", cafe.id]), (RENAME, ["Zwei", bakery.id]), (RENAME, ["Drei", cafe.id])]
    assert at_once.execute(cafe, statements) == [1, 0, 1]
    assert (names(cafe), names(bakery)) == (["Drei"], ["Bäckerei Feldmann"])


def test_all_or_none(two):
    cafe, _bakery = two
    with pytest.raises(Error, match="violates not-null"):
        at_once.execute(cafe, [(RENAME, ["Eins", cafe.id]), (RENAME, [None, cafe.id])])
    assert names(cafe) == ["Café Morgenrot"]


def test_afterwards_nothing_is_seen_any_more(two):
    at_once.execute(two[0], [(RENAME, ["Eins", two[0].id])])
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM merchants_location").fetchone() == (0,)


def test_a_commit_takes_along_what_was_kept_back_and_shows_what_is_refused(two):
    cafe, _bakery = two
    with tenancy.scope(cafe):
        prepared.later(RENAME, "Eins", cafe.id)
    same = (ids.new(), "Eins", "", clock.now())
    with pytest.raises(IntegrityError, match="location_name_is_unique"), tenancy.scope(cafe):
        bulk.insert(Location, ("id", "name", "address", "created_at"), [same])
    assert names(cafe) == ["Eins"]
