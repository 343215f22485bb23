"""Which guests belong to which group."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty import clock
from loyalty.dashboard import groups
from members.models import Member
from rewards import redeeming, standing
from tests import makers

NOW = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


def found(shop, key):
    with shop.at(2026, 3, 12, 12).scope():
        return sorted(groups.members(key, clock.now()).values_list("name", flat=True))


def weekly(shop, name, visits, away_days):
    """A guest who came every seven days, `visits` times after joining, and then not for so many days."""
    last = NOW - timedelta(days=away_days)
    moments = [last - timedelta(days=7 * number) for number in reversed(range(visits))]
    makers.turn_to(shop.merchant, moments[0])
    guest = shop.guest(name)
    for moment in moments:
        makers.turn_to(shop.merchant, moment)
        shop.buys(guest)
    return guest


def test_who_stays_away_three_times_as_long_as_usual_comes_more_rarely(shop):
    weekly(shop, "just in time", 4, 21)
    weekly(shop, "late", 4, 22)
    weekly(shop, "no habit yet", 3, 60)
    assert found(shop, "lapsing") == ["late"]


def test_after_four_months_it_is_a_farewell(shop):
    weekly(shop, "away", 5, 119)
    weekly(shop, "gone", 5, 120)
    assert found(shop, "lapsing") == ["away"]
    assert found(shop, "gone") == ["gone"]


def test_new_is_who_joined_within_fourteen_days(shop):
    shop.at(2026, 2, 26, 11).guest("old")
    shop.at(2026, 2, 26, 13).guest("new")
    assert found(shop, "new") == ["new"]


@pytest.mark.parametrize(("stamps", "is_nearly"), [(7, False), (8, True), (9, True)])
def test_nearly_there_is_one_or_two_stamps_short(shop, stamps, is_nearly):
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant)
    guest = shop.guest("Anna")
    for day in range(stamps):
        shop.at(2026, 2, 1 + day, 9).buys(guest)
    assert found(shop, "nearly") == (["Anna"] if is_nearly else [])


def test_a_full_card_is_ready_until_it_is_redeemed(shop):
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant, stamps_required=2)
    guest = shop.guest("Anna")
    for day in (2, 3):
        shop.at(2026, 2, day, 9).buys(guest)
    assert found(shop, "ready") == ["Anna"]
    with shop.scope():
        redeeming.redeem(member=guest, reward=standing.of(guest)[0].unlocked[0])
    assert found(shop, "ready") == []


def test_the_erased_are_in_no_group(shop):
    guest = shop.guest("Anna")
    with shop.scope():
        Member.objects.filter(id=guest.id).update(status=Member.Status.ERASED)
    assert found(shop, "all") == []
    assert found(shop, "new") == []


def test_counts_say_the_same_as_the_lists(shop):
    makers.punch_card(shop.at(2025, 9, 1, 9).merchant)
    weekly(shop, "late", 4, 30)
    weekly(shop, "gone", 4, 130)
    weekly(shop, "nearly", 8, 1)
    shop.at(2026, 3, 10, 9).guest("new")
    with shop.at(2026, 3, 12, 12).scope():
        counts = groups.counts(clock.now())
    assert counts == {"all": 4, "lapsing": 1, "nearly": 1, "ready": 0, "new": 1, "gone": 1}
    assert {key: len(found(shop, key)) for key in counts} == counts
