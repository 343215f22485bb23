"""What an account was given before, as limits and cooldowns see it."""

from datetime import datetime, timedelta

from programs.history import History
from tests.programs.pure import BERLIN, NOON


def history(*given):
    """given: (local time, {rule: amount})."""
    found = History("Europe/Berlin")
    for local, amounts in given:
        found.add(local, [{"rule": rule, "amount": amount} for rule, amount in amounts.items()])
    return found


def test_nobody_had_anything_at_first():
    facts = history().facts(NOON, is_first=True)
    assert (facts.had, facts.seconds_since, facts.is_first) == ({}, None, True)


def test_sums_of_the_day_the_month_and_ever_by_rule():
    given = history(
        (NOON - timedelta(hours=3), {"earn": 80, "happy": 5}),
        (NOON - timedelta(days=1), {"earn": 10}),
        (NOON - timedelta(days=40), {"earn": 7, "happy": 1}),
        (NOON - timedelta(days=365), {"earn": 1}),
    )
    assert given.facts(NOON).had == {
        "earn": {"day": 80, "month": 90, "ever": 98},
        "happy": {"day": 5, "month": 5, "ever": 6},
    }


def test_the_calendar_day_counts_and_not_the_last_24_hours():
    before_midnight = datetime(2026, 3, 11, 23, 59, tzinfo=BERLIN)
    after_midnight = datetime(2026, 3, 12, 0, 1, tzinfo=BERLIN)
    assert history((before_midnight, {"earn": 5})).facts(after_midnight).had["earn"]["day"] == 0


def test_what_a_limited_multiplier_added_counts_for_its_limit():
    found = History("Europe/Berlin")
    found.add(NOON, [{"rule": "earn", "amount": 15}, {"rule": "double", "amount": 0, "added": 5}])
    assert found.facts(NOON).had["double"]["day"] == 5


def test_the_distance_is_to_the_nearest_credit_before_or_after():
    given = history((NOON, {"earn": 1}), (NOON + timedelta(minutes=90), {"earn": 1}))
    assert given.facts(NOON + timedelta(minutes=59)).seconds_since == 31 * 60
    assert given.facts(NOON + timedelta(minutes=20)).seconds_since == 20 * 60
    assert given.facts(NOON - timedelta(seconds=5)).seconds_since == 5


def test_the_distance_is_counted_in_real_minutes_when_the_clocks_change():
    spring = datetime(2026, 3, 29, 1, 59, tzinfo=BERLIN)
    assert (
        history((spring, {"earn": 1})).facts(datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)).seconds_since == 60
    )
    autumn = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    later = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1)
    assert history((autumn, {"earn": 1})).facts(later).seconds_since == 45 * 60
