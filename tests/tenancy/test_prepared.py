"""The wire of the hot paths: in the order of the code, wrong where the code is wrong, and never past a NUL."""

import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from loyalty import tenancy
from loyalty.merchants.models import Location, Merchant
from loyalty.tenancy import bulk, prepared
from tests import makers

pytestmark = pytest.mark.django_db
RENAME = "UPDATE merchants_location SET name = %s WHERE merchant_id = %s"


@pytest.fixture
def cafe():
    return makers.merchant()


def rename(cafe, name):
    prepared.later(RENAME, name, cafe.id)


def names():
    return list(Location.objects.values_list("name", flat=True))


def twice(cafe):
    """A second location of the same name, which the database refuses."""
    bulk.insert(Location, ("id", "name", "address", "created_at"), [
        (UUID(int=1), "Café Morgenrot", "", makers.NOON)])  # fmt: skip


def test_what_is_kept_back_is_seen_by_the_next_statement_whoever_sends_it(cafe):
    with tenancy.scope(cafe):
        rename(cafe, "Eins")
        assert names() == ["Eins"]
        rename(cafe, "Zwei")
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM merchants_location WHERE merchant_id = %s", [cafe.id])
            assert cursor.fetchall() == [("Zwei",)]
        rename(cafe, "Drei")
        assert prepared.rows("SELECT name FROM merchants_location WHERE merchant_id = %s", cafe.id) == [
            ("Drei",)
        ]


def test_what_is_refused_shows_at_the_end_of_its_savepoint_and_no_later(cafe):
    with tenancy.scope(cafe):
        with pytest.raises(IntegrityError, match="location_name_is_unique"), transaction.atomic():
            twice(cafe)
        rename(cafe, "Danach")
        assert names() == ["Danach"]


def test_what_is_refused_outside_of_a_savepoint_does_not_show_inside_of_it(cafe):
    with pytest.raises(IntegrityError, match="location_name_is_unique"), tenancy.scope(cafe):
        twice(cafe)
        with transaction.atomic():
            raise AssertionError("never reached")


def test_what_was_kept_back_is_rolled_back_with_its_savepoint(cafe):
    with tenancy.scope(cafe):
        rename(cafe, "Davor")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            rename(cafe, "Darin")
            raise ZeroDivisionError
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            rename(cafe, "Darin")
            assert names() == ["Darin"]
            rename(cafe, "Noch einmal")
            raise ZeroDivisionError
        assert names() == ["Davor"]


def test_several_statements_answer_in_their_order(cafe):
    with tenancy.scope(cafe):
        rename(cafe, "Eins")
        found = prepared.several(
            ("SELECT name FROM merchants_location WHERE merchant_id = %s", (cafe.id,)),
            ("SELECT %s::bigint, %s::text", (7, "sieben")),
        )
    assert found == [[("Eins",)], [(7, "sieben")]]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("bigint", 2**62), ("bool", True), ("text", "ü \\ \" ' % {}"), ("uuid", UUID(int=7)), ("text", None),
        ("timestamptz", datetime(2026, 3, 12, 12, tzinfo=UTC)), ("date", date(2026, 3, 12)), ("bytea", b"\x00\xff\\"),
        ("numeric", Decimal("1.50")),
    ],
)  # fmt: skip
def test_a_value_comes_back_as_it_went_alone_and_in_an_array(kind, value):
    assert prepared.rows(f"SELECT %s::{kind}", value) == [(value,)]
    assert prepared.rows(f"SELECT unnest(%s::{kind}[])", [value, None]) == [(value,), (None,)]


def test_a_text_with_a_nul_is_refused_and_not_cut():
    with pytest.raises(ValueError, match="NUL"):
        prepared.rows("SELECT %s::text", "abc\x00def")
    with pytest.raises(ValueError, match="NUL"):
        prepared.rows("SELECT %s::text[]", ["abc\x00def"])


def test_an_instance_is_as_the_orm_reads_it(cafe):
    columns = prepared.columns_of(Merchant, without=("logo",))
    [read] = prepared.instances(
        Merchant, f"SELECT {columns} FROM merchants_merchant WHERE id = %s", cafe.id, without=("logo",)
    )
    assert read == cafe
    assert (read.palette, read.clock_at, read.get_deferred_fields()) == (cafe.palette, makers.NOON, {"logo"})


def test_while_one_waits_for_the_database_others_work():
    moments = []

    def work():
        while not done.is_set():
            moments.append(time.monotonic())
            done.wait(0.01)

    done, other = threading.Event(), threading.Thread(target=work)
    other.start()
    with transaction.atomic():
        prepared.later("SELECT pg_sleep(%s::float)", 0.5)
    done.set()
    other.join()
    assert len(moments) > 5


def test_without_prepared_statements_it_is_the_same(cafe, monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection.wire, "prepares", False)
    with tenancy.scope(cafe):
        rename(cafe, "Eins")
        assert names() == ["Eins"]
        assert prepared.rows("SELECT %s::bigint", 7) == [(7,)]
