"""Workers and customers at the same moment: what is good once is given once."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from loyalty import tenancy
from programs import catalogue, custom_events, occasions
from programs.bonuses import Bonus, RuleBudget
from programs.codes import making, using
from programs.codes.models import CodeUse
from tests import makers
from tests.concurrency.threads import at_once, codes
from tests.programs import books


@pytest.fixture
def cafe(real_database):
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def points(cafe):
    return makers.points_program(cafe)


def rule(cafe, program, event, **more):
    with tenancy.scope(cafe):
        return catalogue.add_rule(
            program, definition={"name": "Bonus", "when": event, "gives": {"amount": 50}, **more}
        )


def guests(cafe, count, **person):
    return [makers.member(cafe, f"Gast {number}", **person) for number in range(count)]


def amounts(cafe):
    with tenancy.scope(cafe):
        return list(Bonus.objects.order_by("amount").values_list("amount", flat=True))


def test_of_four_workers_on_a_day_with_six_birthdays_six_are_given_in_all(cafe, points):
    rule(cafe, points, {"event": "birthday"})
    guests(cafe, 6, birthday=date(1990, 3, 15))
    makers.turn_to(cafe, datetime(2026, 3, 14, 23, 0, tzinfo=UTC))
    assert sum(at_once(cafe, *[occasions.run_due] * 4), Counter()) == Counter(occasions=6)
    assert amounts(cafe) == [50] * 6


@pytest.fixture
def code(cafe, points):
    with tenancy.scope(cafe):
        return making.make(program=points, count=1, amount=50)[1][0]


def test_of_twenty_who_enter_one_code_exactly_one_is_credited(cafe, points, code):
    people = guests(cafe, 20)
    results = at_once(cafe, *[lambda one=one: using.enter(member=one, text=code) for one in people])
    assert codes(results) == ["code_used"] * 19 + ["done"]
    assert amounts(cafe) == [50]
    assert sum(makers.balance(cafe, one, points) for one in people) == 50


def test_the_same_guest_twenty_times_at_once_is_credited_once(cafe, points, code):
    (jonas,) = guests(cafe, 1)
    results = at_once(cafe, *[lambda: using.enter(member=jonas, text=code)] * 20)
    assert codes(results) == ["code_used"] * 19 + ["done"]
    assert makers.balance(cafe, jonas, points) == 50
    with tenancy.scope(cafe):
        assert CodeUse.objects.count() == 1


def test_an_event_that_is_sent_six_times_at_once_is_credited_once_and_everybody_hears_of_it(cafe, points):
    rule(cafe, points, {"event": "custom", "name": "review"})
    (jonas,) = guests(cafe, 1)
    results = at_once(
        cafe, *[lambda: custom_events.record(member=jonas, name="review", external_id="r-1")] * 6
    )
    assert sorted(one.is_repeat for one in results) == [False] + [True] * 5
    assert {one.given[0].amount for one in results} == {50}
    assert makers.balance(cafe, jonas, points) == 50


def test_guests_at_once_do_not_give_away_more_than_a_rules_budget(cafe, points):
    rule(cafe, points, {"event": "custom", "name": "review"}, limit={"total": 120})
    people = guests(cafe, 6)
    at_once(cafe, *[lambda one=one: custom_events.record(member=one, name="review") for one in people])
    assert amounts(cafe) == [0, 0, 0, 20, 50, 50]
    with tenancy.scope(cafe):
        assert RuleBudget.objects.get().given == 120
