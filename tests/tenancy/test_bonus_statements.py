"""What is given without a purchase: statements that name the merchant, as many for thirty members as for one."""

from datetime import UTC, date, datetime

import pytest

from loyalty import tenancy
from programs import catalogue, custom_events, occasions
from programs.codes import making, using
from tests import makers
from tests.tenancy.test_statements import cafe, counted, jonas  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
# As many as they are now: more is a question to ask, not a law.
OCCASIONS, EVENT, CODE = 24, 18, 22


def rule(cafe, **when):  # noqa: F811
    with tenancy.scope(cafe):
        program = catalogue.create(type="points", name="Brotpunkte")
        definition = {
            "name": "Bonus",
            "when": when,
            "gives": {"amount": 5},
            "limit": {"per_member": 50, "total": 999},
        }
        catalogue.add_rule(program, definition=definition)
        return program


@pytest.mark.parametrize("guests", [1, 30])
@pytest.mark.parametrize(
    "when",
    [{"event": "birthday"}, {"event": "anniversary"}, {"event": "anniversary", "of": "first_purchase"}],
    ids=["birthday", "joining", "first_purchase"],
)
def test_a_day_with_occasions(cafe, counted, when, guests):  # noqa: F811
    rule(cafe, **when)
    for number in range(guests):
        member = makers.member(cafe, f"Gast {number}", birthday=date(1990, 3, 12))
        makers.purchase(cafe, member, 100)
    makers.turn_to(cafe, datetime(2027, 3, 11, 23, 0, tzinfo=UTC))
    with tenancy.scope(cafe):
        # The day before is looked at as well; here there is nobody.
        assert counted(occasions.run_due) <= OCCASIONS


def test_a_custom_event(cafe, jonas, counted):  # noqa: F811
    rule(cafe, event="custom", name="review")
    assert counted(lambda: custom_events.record(member=jonas, name="review", external_id="r-1")) <= EVENT


def test_a_code(cafe, jonas, counted):  # noqa: F811
    program = rule(cafe, event="code")
    with tenancy.scope(cafe):
        (code,) = making.make(program=program, count=1, amount=50)[1]
    assert counted(lambda: using.enter(member=jonas, text=code)) <= CODE
