"""Who may have a reward, and when: refusals say what is missing, and nobody is shown what is not for them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import tenancy
from members.segments.models import Segment
from rewards import catalogue, checkout, redeeming, standing
from tests import makers
from tests.makers import NOON
from tests.programs import books

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def points(cafe):
    """Made first, so that everybody's purchases give points in it."""
    return makers.points_program(cafe)


@pytest.fixture
def tiers(cafe, points):
    settings = {
        "qualify_by": "spend", "window": {"kind": "lifetime"},
        "tiers": [{"name": "Silber", "threshold": 20_000}, {"name": "Gold", "threshold": 50_000}],
    }  # fmt: skip
    with tenancy.scope(cafe):
        return catalogue.create_program(type="tiered", name="Stammgäste", settings=settings)


def guest(cafe, amount_minor=10_000, **sale):
    member = makers.member(cafe, "Jonas")
    makers.purchase(cafe, member, amount_minor, **sale)
    return member


def reward(cafe, program, cost=50, **columns):
    with tenancy.scope(cafe):
        return catalogue.create_reward(program=program, name="Etwas", cost=cost, **columns)


def regulars(cafe, visits=3):
    with tenancy.scope(cafe):
        rule = {"all": [{"field": "visits", "is": "at_least", "value": visits}]}
        return Segment.objects.create(name="Stammgäste", rule=rule)


def refused(cafe, member, wanted, code, **facts):
    with books.refused(cafe, code, **facts) as caught:
        redeeming.redeem(member=member, reward=wanted)
    return str(caught.value)


def taken(cafe, member, wanted):
    with tenancy.scope(cafe):
        return redeeming.redeem(member=member, reward=wanted).cost


def in_points(cafe, member, program):
    with tenancy.scope(cafe):
        return next(one for one in standing.of(member) if one.program.id == program.id)


def names(rewards):
    return [one.cost for one in rewards]


def test_a_reward_for_a_tier_says_which(cafe, points, tiers):
    wanted = reward(cafe, points, tiers=["Gold", "Platin"])
    silver, gold = guest(cafe, 20_000), guest(cafe, 50_000)
    sentence = refused(cafe, silver, wanted, "not_eligible", reason="tier", tiers=["Gold", "Platin"])
    assert sentence == "This reward is for guests with Gold, Platin."
    assert taken(cafe, gold, wanted) == 50


def test_a_reward_for_a_segment(cafe, points):
    wanted = reward(cafe, points, segments=[regulars(cafe).public_id])
    jonas = guest(cafe)
    refused(cafe, jonas, wanted, "not_eligible", reason="segment")
    makers.purchase(cafe, jonas, 100)
    makers.purchase(cafe, jonas, 100)
    assert taken(cafe, jonas, wanted) == 50


def test_50_euros_within_14_days_have_to_be_spent_before(cafe, points):
    wanted = reward(cafe, points, 10, unlock={"spend_minor": 5000, "within_days": 14})
    jonas = guest(cafe, 10_000, occurred_at=NOON - 15 * DAY)
    makers.purchase(cafe, jonas, 3000, occurred_at=NOON - 14 * DAY)
    sentence = refused(
        cafe, jonas, wanted, "not_eligible", reason="spend", missing_minor=2000, within_days=14
    )
    assert sentence == "€20 more has to be spent for this reward; today and the 14 days before count."
    bought = makers.purchase(cafe, jonas, 2000).purchase
    with tenancy.scope(cafe):
        checkout.give_back(bought, amount_minor=1)
    refused(cafe, jonas, wanted, "not_eligible", missing_minor=1)
    makers.purchase(cafe, jonas, 1)
    assert taken(cafe, jonas, wanted) == 10


def test_early_access_is_so_many_hours_before_the_others(cafe, points, tiers):
    early = {"tiers": ["Gold"], "segments": [], "hours": 48}
    wanted = reward(cafe, points, starts_at=NOON + 2 * DAY, early_access=early)
    silver, gold = guest(cafe, 20_000), guest(cafe, 50_000)
    begins = (NOON + 2 * DAY).isoformat()
    refused(cafe, silver, wanted, "not_started", starts_at=begins)
    assert taken(cafe, gold, wanted) == 50, "exactly 48 hours before"
    makers.turn_to(cafe, NOON - HOUR)
    refused(cafe, gold, wanted, "not_started", starts_at=NOON.isoformat())
    makers.turn_to(cafe, NOON + 2 * DAY)
    assert taken(cafe, silver, wanted) == 50


def test_early_access_of_a_segment(cafe, points):
    early = {"tiers": [], "segments": [regulars(cafe, 1).public_id], "hours": 1}
    wanted = reward(cafe, points, starts_at=NOON + HOUR, early_access=early)
    assert taken(cafe, guest(cafe), wanted) == 50


def test_a_coupon_only_for_regulars_costs_nothing_and_is_had_once(cafe, points):
    wanted = reward(cafe, points, 0, segments=[regulars(cafe, 2).public_id], per_member=1)
    jonas = guest(cafe, 100)
    refused(cafe, jonas, wanted, "not_eligible", reason="segment")
    makers.purchase(cafe, jonas, 100)
    assert taken(cafe, jonas, wanted) == 0
    refused(cafe, jonas, wanted, "limit_reached", limit=1)
    assert makers.balance(cafe, jonas, points) == 2


def test_a_guest_sees_what_they_may_have_and_what_they_could_have(cafe, points, tiers):
    jonas = guest(cafe, 20_000)
    segment = regulars(cafe, 5)
    reward(cafe, points, 10)
    reward(cafe, points, 11, tiers=["Gold"])
    reward(cafe, points, 12, segments=[segment.public_id])
    reward(cafe, points, 13, starts_at=NOON + HOUR)
    reward(
        cafe,
        points,
        14,
        starts_at=NOON + HOUR,
        early_access={"tiers": ["Silber"], "segments": [], "hours": 1},
    )
    reward(cafe, points, 15, kind="experience", capacity=1, takes_place_at=NOON)
    had = reward(cafe, points, 16, per_member=1)
    reward(cafe, points, 17, unlock={"spend_minor": 25_000, "within_days": 7})
    reward(cafe, points, 201, tiers=["Gold"])
    reward(cafe, points, 202, tiers=["Silber"])
    taken(cafe, jonas, had)
    one = in_points(cafe, jonas, points)
    assert names(one.reachable) == [10, 14]
    assert [(row.reward.cost, row.missing_minor, row.within_days) for row in one.to_spend] == [(17, 5000, 7)]
    assert names(one.beyond) == [202]
    assert (one.next_reward.reward.cost, one.next_reward.missing) == (202, 18)


def test_conditions_cost_as_many_statements_for_twenty_guests_as_for_one(cafe, points, tiers):
    people = [guest(cafe, 20_000) for _ in range(20)]
    segment = regulars(cafe, 1)
    for days in (7, 14):
        reward(cafe, points, 5, tiers=["Silber"], segments=[segment.public_id], per_member=3,
               unlock={"spend_minor": 100, "within_days": days})  # fmt: skip
    counts = []
    for some in (people[:1], people):
        with CaptureQueriesContext(connection) as counted, tenancy.scope(cafe):
            found = standing.of_many(some)
        counts.append(len(counted))
        assert all(names(row.reachable) == [5, 5] for rows in found.values() for row in rows[:1])
    assert counts[0] == counts[1]
