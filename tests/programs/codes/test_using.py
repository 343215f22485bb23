"""Codes that are entered: good once, in time, for what the batch says; and nobody guesses one."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty import readable_codes, tenancy
from loyalty.errors import Refused
from loyalty.events.models import Event
from members import privacy
from programs import catalogue
from programs.bonuses import Bonus
from programs.codes import making, using
from programs.codes.models import CodeUse, WrongCode
from tests import makers
from tests.programs import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def points(cafe):
    return makers.points_program(cafe)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


def codes(merchant, program, count=1, **more):
    with tenancy.scope(merchant):
        return making.make(**{"program": program, "count": count, "amount": 50} | more)[1]


def enter(merchant, member, text):
    """The use, or the code of the refusal."""
    with tenancy.scope(merchant):
        entered = using.enter(member=member, text=text)
    return entered.code if isinstance(entered, Refused) else entered


def rule(merchant, program, **more):
    definition = {"name": "Sammelwoche", "when": {"event": "code"}, "gives": {"amount": 10}} | more
    with tenancy.scope(merchant):
        return catalogue.add_rule(program, definition=definition)


def test_a_code_gives_what_its_batch_says(cafe, points, jonas):
    (code,) = codes(cafe, points, name="Herbst")
    used = enter(cafe, jonas, code)
    assert used.given.because == [{"rule": "code", "name": "Herbst", "code": "product_code", "amount": 50}]
    assert makers.balance(cafe, jonas, points) == 50
    assert books.entries(cafe, jonas, points) == [("earn", 50, 0)]


def test_it_may_be_written_as_it_is_read_out(cafe, points, jonas):
    (code,) = codes(cafe, points)
    assert enter(cafe, jonas, f" {readable_codes.display(code).lower()} ").given.amount == 50


def test_rules_for_codes_add_theirs_trimmed_by_their_limits(cafe, points, jonas):
    made = rule(cafe, points, limit={"per_day": 15})
    amounts = [enter(cafe, jonas, code).given.amount for code in codes(cafe, points, 3)]
    assert amounts == [60, 55, 50]
    with tenancy.scope(cafe):
        rows = Bonus.objects.order_by("id").values_list("rule_id", "amount")
        assert list(rows) == [
            (None, 50), (made.id, 10), (None, 50), (made.id, 5), (None, 50), (made.id, 0),
        ]  # fmt: skip


def test_the_second_use_is_refused_whoever_enters_it(cafe, points, jonas):
    (code,) = codes(cafe, points)
    enter(cafe, jonas, code)
    before = books.rows(cafe)
    assert enter(cafe, jonas, code) == enter(cafe, makers.member(cafe, "Lea"), code) == "code_used"
    after = books.rows(cafe)
    assert {name for name in after if after[name] != before[name]} <= {"Member", "Account", "Event"}
    assert makers.balance(cafe, jonas, points) == 50


def test_an_unknown_code_is_not_found(cafe, points, jonas):
    assert enter(cafe, jonas, readable_codes.new()) == "not_found"
    assert enter(cafe, jonas, "unsinn") == "not_found"
    assert enter(cafe, jonas, "") == "not_found"
    with tenancy.scope(cafe):
        assert (CodeUse.objects.count(), WrongCode.objects.count()) == (0, 3)


def test_another_shops_code_is_unknown(cafe, points, jonas):
    bakery = makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")
    (code,) = codes(bakery, makers.points_program(bakery))
    assert enter(cafe, jonas, code) == "not_found"


def test_it_is_good_until_the_end_of_its_last_day_and_expired_from_then_on(cafe, points, jonas):
    first, second = codes(cafe, points, 2, valid_until=date(2026, 3, 12))
    makers.turn_to(cafe, datetime(2026, 3, 12, 22, 59, 59, tzinfo=UTC))
    assert enter(cafe, jonas, first).given.amount == 50
    makers.turn_to(cafe, datetime(2026, 3, 12, 23, 0, tzinfo=UTC))
    with tenancy.scope(cafe):
        refusal = using.enter(member=jonas, text=second)
    assert (refusal.code, refusal.facts) == ("code_expired", {"valid_until": "2026-03-12"})


def test_while_its_program_does_not_run_it_is_refused_and_stays_unused(cafe, points, jonas):
    (code,) = codes(cafe, points)
    with tenancy.scope(cafe):
        catalogue.change(points, actor="", starts_at=makers.NOON + timedelta(days=1))
    assert enter(cafe, jonas, code) == "not_eligible"
    makers.turn_to(cafe, makers.NOON + timedelta(days=1))
    assert enter(cafe, jonas, code).given.amount == 50


def test_ten_wrong_ones_within_an_hour_and_no_more_are_looked_at_until_it_is_over(cafe, points, jonas):
    (code,) = codes(cafe, points)
    for minute in range(10):
        makers.turn_to(cafe, makers.NOON + timedelta(minutes=minute))
        assert enter(cafe, jonas, "unsinn") == "not_found"
    with tenancy.scope(cafe):
        refusal = using.enter(member=jonas, text=code)
    assert (refusal.code, refusal.facts) == ("too_many_codes", {"retry_after": 51 * 60 + 1})
    makers.turn_to(cafe, makers.NOON + timedelta(hours=1))
    assert enter(cafe, jonas, code).given.amount == 50


def test_one_guests_wrong_codes_do_not_hinder_another(cafe, points, jonas):
    (code,) = codes(cafe, points)
    for _ in range(10):
        enter(cafe, jonas, "unsinn")
    assert enter(cafe, makers.member(cafe, "Lea"), code).given.amount == 50


def test_wrong_codes_are_forgotten_after_a_day(cafe, points, jonas):
    enter(cafe, jonas, "unsinn")
    makers.turn_to(cafe, makers.NOON + timedelta(days=1))
    enter(cafe, jonas, "unsinn")
    with tenancy.scope(cafe):
        assert WrongCode.objects.count() == 1


def test_whoever_enters_a_code_takes_part_from_then_on(cafe, points, jonas):
    with tenancy.scope(cafe):
        chosen = catalogue.create(type="points", name="Sammelpunkte", auto_enrol=False)
    (code,) = codes(cafe, chosen)
    assert enter(cafe, jonas, code).given.amount == 50
    assert books.account(cafe, jonas, chosen).balance == 50


def test_it_is_told_as_an_event_without_the_code(cafe, points, jonas):
    (code,) = codes(cafe, points)
    enter(cafe, jonas, code)
    with tenancy.scope(cafe):
        event = Event.objects.get(kind="code.used")
    assert event.payload["amount"] == 50
    assert code not in str(event.payload)


def test_who_has_left_is_refused(cafe, points, jonas):
    (code,) = codes(cafe, points)
    with tenancy.scope(cafe):
        erased = privacy.erase(jonas)
    with books.refused(cafe, "not_eligible"):
        using.enter(member=erased, text=code)
