"""No scope, nothing seen; wrong tenant, nothing seen or written; through the ORM and through raw SQL."""

import pytest
from django.db import Error, connection, transaction

from loyalty import tenancy
from loyalty.merchants.models import Location
from members.models import Member
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return makers.merchant("Café Morgenrot"), makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")


def raw(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_without_a_scope_a_tenant_table_is_empty(two):
    assert list(Location.objects.all()) == []
    assert raw("SELECT count(*) FROM merchants_location") == [(0,)]


def test_in_a_scope_only_the_merchants_own_rows_are_there(two):
    cafe, bakery = two
    with tenancy.scope(cafe):
        assert [location.name for location in Location.objects.all()] == ["Café Morgenrot"]
        assert raw("SELECT name FROM merchants_location") == [("Café Morgenrot",)]
        assert raw("SELECT count(*) FROM merchants_location WHERE merchant_id = %s", bakery.id) == [(0,)]


def test_a_foreign_row_cannot_be_changed_or_deleted(two):
    cafe, bakery = two
    with tenancy.scope(bakery):
        foreign = Location.objects.get()
    with tenancy.scope(cafe):
        assert raw("UPDATE merchants_location SET name = 'x' WHERE id = %s", foreign.id) == 0
        assert raw("DELETE FROM merchants_location WHERE id = %s", foreign.id) == 0
        assert Location.objects.filter(id=foreign.id).update(name="x") == 0
    with tenancy.scope(bakery):
        assert Location.objects.get().name == "Bäckerei Feldmann"


def test_a_row_cannot_be_written_for_another_merchant(two):
    cafe, bakery = two
    with tenancy.scope(cafe), pytest.raises(Error, match="row-level security"), transaction.atomic():
        Location.objects.create(merchant_id=bakery.id, name="Untergeschoben")


def test_a_row_cannot_be_written_without_a_scope(two):
    cafe, _ = two
    with pytest.raises(Error, match="row-level security"), transaction.atomic():
        Location.objects.create(merchant_id=cafe.id, name="Ohne Rahmen")


def test_a_row_cannot_point_into_another_tenant(two):
    cafe, bakery = two
    with tenancy.scope(bakery):
        foreign = Location.objects.get()
    with tenancy.scope(cafe), pytest.raises(Error, match="member_joined_at_a_location"), transaction.atomic():
        Member.objects.create(
            number="48217390", language="de", timezone="Europe/Berlin", joined_at_location=foreign
        )


def test_a_scope_does_not_open_inside_another_merchants(two):
    cafe, bakery = two
    with tenancy.scope(cafe), pytest.raises(tenancy.ScopeConflict), tenancy.scope(bakery):
        pass


def test_after_a_scope_nothing_is_seen_any_more(two):
    with tenancy.scope(two[0]):
        assert Location.objects.count() == 1
    assert raw("SELECT count(*) FROM merchants_location") == [(0,)]


def test_every_statement_names_the_merchant(two, django_assert_num_queries):
    with tenancy.scope(two[0]), django_assert_num_queries(3) as seen:
        location = Location.objects.get()
        location.name = "Karl-Heine-Straße"
        location.save()
        list(Member.objects.select_related("joined_at_location"))
    assert all('"merchant_id" = ' in query["sql"] for query in seen.captured_queries)
    assert (
        '"merchants_location"."merchant_id" = ("members_member"."merchant_id")'
        in seen.captured_queries[2]["sql"]
    )
