"""Which segments somebody is in: for a batch in two statements, and each of them names the merchant."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import tenancy
from loyalty.merchants.models import Location
from loyalty.tenancy.engine.base import is_tenant
from members.segments import choosing, defining, fields
from members.segments.models import Segment
from tests import makers
from tests.members.segments.conftest import read

pytestmark = pytest.mark.django_db
TABLES = "|".join(model._meta.db_table for model in apps.get_models() if is_tenant(model))
VISITED = {"field": "visits", "is": "at_least", "value": 1}
NEVER = {"field": "visits", "is": "at_most", "value": 0}


def made(cafe, rule, name="x"):
    with tenancy.scope(cafe):
        return defining.create(name=name, rule=read(rule))


def test_among_tells_of_each_member_which_of_the_named_segments_hold(cafe):
    jonas, ines = makers.member(cafe, "Jonas"), makers.member(cafe, "Ines")
    makers.purchase(cafe, jonas, 500)
    visited, never, unasked = made(cafe, VISITED), made(cafe, NEVER), made(cafe, VISITED)
    with tenancy.scope(cafe):
        found = choosing.among({visited.public_id, never.public_id}, [jonas.id, ines.id])
        assert found == {jonas.id: {visited.public_id}, ines.id: {never.public_id}}
        assert choosing.containing([jonas.id]) == {
            jonas.id: frozenset({visited.public_id, unasked.public_id})
        }
        assert choosing.among(set(), [jonas.id]) == {jonas.id: set()}
        assert choosing.among({visited.public_id}, []) == {}


def test_a_segment_that_is_not_there_contains_nobody(cafe):
    jonas = makers.member(cafe, "Jonas")
    bakery = makers.merchant("Bäckerei")
    foreign = made(bakery, NEVER)
    with tenancy.scope(cafe):
        assert choosing.among({foreign.public_id, "seg_x", "x"}, [jonas.id]) == {jonas.id: set()}


def test_a_segment_that_was_put_away_holds_where_it_is_named(cafe):
    jonas = makers.member(cafe, "Jonas")
    never = made(cafe, NEVER)
    with tenancy.scope(cafe):
        defining.change(never, archived=True)
        assert choosing.among([never.public_id], [jonas.id]) == {jonas.id: {never.public_id}}
        assert choosing.containing([jonas.id]) == {jonas.id: frozenset()}
        defining.change(never, archived=False)
        assert choosing.containing([jonas.id]) == {jonas.id: frozenset({never.public_id})}


def test_it_is_asked_at_the_clocks_moment(cafe):
    jonas = makers.member(cafe, "Jonas")
    new = made(cafe, {"field": "joined", "is": "within_days", "value": 7})
    for days, held in ((7, {new.public_id}), (8, set())):
        makers.turn_to(cafe, makers.NOON + timedelta(days=days))
        with tenancy.scope(cafe):
            assert choosing.among([new.public_id], [jonas.id]) == {jonas.id: held}


def one_of_each(cafe):
    """A condition of each field."""
    program = makers.points_program(cafe).public_id
    with tenancy.scope(cafe):
        place = Location.objects.get()
    number, word = {"is": "at_least", "value": 1}, {"is": "contains", "value": "x"}
    return {
        "visits": number | {"within_days": 30}, "spend": number, "balance": number | {"program": program},
        "visit_time": number | {"weekdays": [1]}, "products": word, "categories": word, "brands": word,
        "tier": {"is": "is_not", "value": "Gold"}, "birthday": {"is": "within_days", "value": 30},
        "joined": {"is": "within_days", "value": 1}, "last_visit": {"is": "older_than_days", "value": 1},
        "language": {"is": "is", "value": "de"}, "consent": {"is": "given", "value": "profiling"},
        "location": {"is": "is", "value": place.public_id}, "joined_location": {"is": "is", "value": place.public_id},
        "has_email": {"value": True}, "has_phone": {"value": True},
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 20])
def test_every_part_of_every_statement_names_the_merchant_and_a_batch_takes_two(cafe, count):
    members = [makers.member(cafe, f"Gast {number}") for number in range(count)]
    each = one_of_each(cafe)
    assert set(each) == {fields.name_of(shape) for shape in fields.known()}
    segments = [made(cafe, {"field": name} | rest) for name, rest in each.items()]
    with CaptureQueriesContext(connection) as seen, tenancy.scope(cafe):
        choosing.among({one.public_id for one in segments}, [member.id for member in members])
        list(choosing.members_of(Segment(rule={"any": [one.rule for one in segments]})))
    asked = [query["sql"] for query in seen.captured_queries if re.search(rf"\b({TABLES})\b", query["sql"])]
    assert len(asked) == 3
    for sql in asked:
        # Each SELECT, also of a list inside of another statement, has a merchant of its own.
        assert len(re.findall(r'merchant_id" = ', sql)) >= sql.count("SELECT")
