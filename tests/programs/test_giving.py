"""Given without a purchase: once for each occasion, by the rule's conditions and limits, as the program says."""

from datetime import UTC, datetime

import pytest

from loyalty import tenancy
from loyalty.events.models import Event
from members import privacy
from programs import catalogue, custom_events
from programs.bonuses import Bonus, RuleBudget
from rewards import standing
from tests import makers
from tests.programs import books

pytestmark = pytest.mark.django_db
REVIEW = {"name": "Bewertung", "when": {"event": "custom", "name": "review"}, "gives": {"amount": 50}}


@pytest.fixture
def cafe():
    """Thursday, 12 March 2026, 13:00 in Berlin."""
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def points(cafe):
    return makers.points_program(cafe)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


def rule(merchant, program, **definition):
    with tenancy.scope(merchant):
        return catalogue.add_rule(program, definition=REVIEW | definition)


def happens(merchant, member, name="review", external_id=None):
    with tenancy.scope(merchant):
        return custom_events.record(member=member, name=name, external_id=external_id)


def amounts(happened):
    return [one.amount for one in happened.given]


def codes(happened):
    return [row["code"] for one in happened.given for row in one.because]


def test_a_custom_event_gives_what_the_rules_of_its_name_give(cafe, points, jonas):
    made = rule(cafe, points)
    rule(cafe, points, name="Messe", when={"event": "custom", "name": "fair"}, gives={"amount": 7})
    happened = happens(cafe, jonas)
    assert [one.because for one in happened.given] == [
        [{"rule": made.public_id, "name": "Bewertung", "code": "rule", "amount": 50}]
    ]
    assert makers.balance(cafe, jonas, points) == 50
    assert amounts(happens(cafe, jonas, "fair")) == [7]


def test_several_rules_of_one_name_give_each_its_own_in_one_entry(cafe, points, jonas):
    rule(cafe, points)
    rule(cafe, points, name="Mit Bild", gives={"amount": 5})
    assert amounts(happens(cafe, jonas)) == [55]
    assert books.entries(cafe, jonas, points) == [("earn", 55, 0)]


def test_it_gives_once_for_each_external_id_of_a_member(cafe, points, jonas):
    rule(cafe, points)
    first, again = happens(cafe, jonas, external_id="r-1"), happens(cafe, jonas, external_id="r-1")
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.given[0].because == first.given[0].because
    assert again.given[0].available_at == first.given[0].available_at
    assert amounts(happens(cafe, jonas, external_id="r-2")) == [50]
    assert amounts(happens(cafe, makers.member(cafe, "Lea"), external_id="r-1")) == [50]
    assert makers.balance(cafe, jonas, points) == 100


def test_without_an_id_each_is_new(cafe, points, jonas):
    rule(cafe, points)
    assert amounts(happens(cafe, jonas)) == amounts(happens(cafe, jonas)) == [50]
    assert makers.balance(cafe, jonas, points) == 100


def test_a_name_that_no_rule_waits_for_gives_nothing_and_is_told_as_an_event(cafe, points, jonas):
    rule(cafe, points)
    assert amounts(happens(cafe, jonas, "Review", "r-1")) == [0]
    assert books.entries(cafe, jonas, points) == []
    with tenancy.scope(cafe):
        assert Event.objects.get(kind="custom.recorded").payload == {
            "member": jonas.public_id, "name": "Review", "external_id": "r-1",
            "credits": [{"program": points.public_id, "amount": 0}],
        }  # fmt: skip


def test_it_counts_in_every_program_that_runs_and_that_the_member_takes_part_in(cafe, points, jonas):
    card, chosen = makers.punch_card(cafe, stamps_required=3), makers.points_program(cafe)
    with tenancy.scope(cafe):
        catalogue.change(chosen, actor="", auto_enrol=False)
    for program in (points, card, chosen):
        rule(cafe, program, gives={"amount": 2})
    assert [(one.occasion.live.program.id, one.amount) for one in happens(cafe, jonas).given] == [
        (points.id, 2), (card.id, 2),
    ]  # fmt: skip


def test_stamps_fill_the_card_and_unlock_its_reward(cafe, jonas):
    card = makers.punch_card(cafe, stamps_required=2)
    rule(cafe, card, gives={"amount": 5})
    happened = happens(cafe, jonas)
    assert [len(one.unlocks) for one in happened.given] == [2]
    assert makers.balance(cafe, jonas, card) == 1


def test_a_full_card_takes_no_more_and_says_so(cafe, jonas):
    card = makers.punch_card(cafe, stamps_required=3, overflow="cap")
    rule(cafe, card, gives={"amount": 2})
    assert amounts(happens(cafe, jonas)) == [2]
    happened = happens(cafe, jonas)
    assert (amounts(happened), codes(happened)) == ([1], ["card_full"])


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ({"weekdays": [5]}, "other_weekday"),
        ({"from": "07:00", "to": "09:00"}, "other_time"),
        ({"ends_at": "2026-03-12T13:00:00+01:00"}, "other_period"),
        ({"tiers": ["Gold"]}, "other_tier"),
        ({"weekdays": [4], "from": "13:00"}, "rule"),
    ],
)
def test_its_conditions_are_asked_at_the_moment_and_say_why_not(cafe, points, jonas, conditions, code):
    rule(cafe, points, **{"if": conditions})
    assert codes(happens(cafe, jonas)) == [code]


def test_what_missed_its_conditions_is_not_made_up_for_when_it_is_sent_again(cafe, points, jonas):
    rule(cafe, points, **{"if": {"from": "14:00"}})
    happens(cafe, jonas, external_id="r-1")
    makers.turn_to(cafe, datetime(2026, 3, 12, 14, 0, tzinfo=UTC))
    again = happens(cafe, jonas, external_id="r-1")
    assert (again.is_repeat, amounts(again), codes(again)) == (True, [0], ["given_before"])
    assert amounts(happens(cafe, jonas, external_id="r-2")) == [50]


@pytest.mark.parametrize(
    ("limit", "then"),
    [
        ({"per_member": 80}, [50, 30, 0, 0]),
        ({"per_day": 80}, [50, 30, 50, 50]),
        ({"per_month": 80}, [50, 30, 0, 50]),
        ({"per_purchase": 40}, [40, 40, 40, 40]),
        ({"total": 120}, [50, 50, 20, 0]),
    ],
)
def test_its_limits_trim(cafe, points, jonas, limit, then):
    rule(cafe, points, limit=limit)
    given = amounts(happens(cafe, jonas)) + amounts(happens(cafe, jonas))
    makers.turn_to(cafe, datetime(2026, 3, 13, 8, 0, tzinfo=UTC))
    given += amounts(happens(cafe, jonas))
    makers.turn_to(cafe, datetime(2026, 4, 1, 8, 0, tzinfo=UTC))
    assert given + amounts(happens(cafe, jonas)) == then


def test_a_trimmed_amount_says_by_which_limit(cafe, points, jonas):
    rule(cafe, points, limit={"per_member": 80})
    happens(cafe, jonas)
    (row,) = happens(cafe, jonas).given[0].because
    assert {name: row[name] for name in ("code", "limit", "period", "had", "amount")} == {
        "code": "limited", "limit": 80, "period": "ever", "had": 50, "amount": 30,
    }  # fmt: skip


def test_the_budget_counts_what_all_had(cafe, points, jonas):
    rule(cafe, points, limit={"total": 70})
    assert amounts(happens(cafe, makers.member(cafe, "Lea"))) == [50]
    assert amounts(happens(cafe, jonas)) == [20]
    with tenancy.scope(cafe):
        assert RuleBudget.objects.get().given == 70
        assert list(Bonus.objects.order_by("id").values_list("amount", flat=True)) == [50, 20]


def test_pending_is_the_programs(cafe, jonas):
    program = makers.points_program(cafe, pending_days=14)
    rule(cafe, program)
    (given,) = happens(cafe, jonas).given
    assert given.available_at == datetime(2026, 3, 25, 23, 0, tzinfo=UTC)
    assert books.entries(cafe, jonas, program) == [("earn", 0, 50)]


def test_the_history_tells_what_it_was_for(cafe, points, jonas):
    rule(cafe, points)
    happens(cafe, jonas)
    with tenancy.scope(cafe):
        (line,) = standing.history(jonas)
    assert (line.kind, line.title, line.amount) == ("bonus", "Bewertung", 50)


def test_what_a_friends_first_purchase_brought_stands_in_the_history_of_who_brought_them(cafe, points, jonas):
    rule(cafe, points, name="Freunde", when={"event": "referral"}, gives={"referrer": 100, "referred": 50})
    lea = makers.member(cafe, "Lea", referred_by=jonas)
    makers.purchase(cafe, lea, 1000)
    with tenancy.scope(cafe):
        assert [(one.kind, one.title, one.amount) for one in standing.history(jonas)] == [
            ("bonus", "Freunde", 100)
        ]
        assert [(one.kind, one.amount) for one in standing.history(lea)] == [("purchase", 60)]


def test_who_has_left_is_refused(cafe, points, jonas):
    rule(cafe, points)
    with tenancy.scope(cafe):
        erased = privacy.erase(jonas)
    with books.refused(cafe, "not_eligible"):
        custom_events.record(member=erased, name="review")
