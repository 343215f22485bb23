"""Many hands on the last place, and on the one that becomes free: real connections, and the books checked after."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from rewards import catalogue, redeeming
from rewards.models import Redemption, Reward, Voucher
from tests import makers
from tests.concurrency.threads import at_once, codes
from tests.makers import NOON
from tests.programs import books


@pytest.fixture
def cafe(real_database):
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)
    with tenancy.scope(merchant):
        for reward in Reward.objects.all():
            done = Redemption.objects.filter(reward=reward, status="done")
            assert reward.taken == done.count()
            assert Voucher.objects.filter(redemption__in=done, status="open").count() == done.count()


@pytest.fixture
def points(cafe):
    return makers.points_program(cafe)


def guests(cafe, count):
    members = [makers.member(cafe, f"Gast {number}") for number in range(count)]
    for member in members:
        makers.purchase(cafe, member, 5000)
    return members


def tasting(cafe, points, capacity):
    with tenancy.scope(cafe):
        return catalogue.create_reward(
            program=points, name="Verkostung", cost=50, kind="experience", capacity=capacity,
            takes_place_at=NOON + timedelta(days=10),
        )  # fmt: skip


def take(member, reward, **more):
    return lambda: redeeming.redeem(member=member, reward=reward, **more)


def by_status(cafe):
    with tenancy.scope(cafe):
        found = list(Redemption.objects.values_list("status", flat=True))
    return {status: found.count(status) for status in ("done", "waiting", "cancelled") if status in found}


def test_of_ten_guests_at_once_three_get_the_three_places(cafe, points):
    reward = tasting(cafe, points, 3)
    results = at_once(cafe, *[take(member, reward) for member in guests(cafe, 10)])
    assert codes(results) == ["done"] * 3 + ["fully_booked"] * 7


def test_of_ten_at_once_three_have_a_place_and_seven_wait(cafe, points):
    reward = tasting(cafe, points, 3)
    members = guests(cafe, 10)
    at_once(cafe, *[take(member, reward, wait=True) for member in members])
    assert by_status(cafe) == {"done": 3, "waiting": 7}
    assert sorted(makers.balance(cafe, member, points) for member in members) == [0] * 3 + [50] * 7


def test_one_guest_who_asks_six_times_at_once_is_on_the_list_once(cafe, points):
    reward = tasting(cafe, points, 1)
    first, second = guests(cafe, 2)
    at_once(cafe, take(first, reward))
    at_once(cafe, *[take(second, reward, wait=True)] * 6)
    assert by_status(cafe) == {"done": 1, "waiting": 1}


def test_no_place_stays_free_while_somebody_waits_whoever_cancels_and_joins_at_once(cafe, points):
    for _round in range(5):
        reward = tasting(cafe, points, 2)
        members = guests(cafe, 6)
        booked = at_once(cafe, *[take(member, reward) for member in members[:2]])
        cancellations = [lambda one=one: redeeming.cancel(one) for one in booked]
        results = at_once(cafe, *cancellations, *[take(one, reward, wait=True) for one in members[2:]])
        # A newcomer who was busy at that moment is the one reason to ask again.
        for one, result in zip(booked, results, strict=False):
            if isinstance(result, Exception):
                assert result.code == "conflict"
                at_once(cafe, lambda one=one: redeeming.cancel(one))
        with tenancy.scope(cafe):
            there = Redemption.objects.filter(reward=reward)
            assert [there.filter(status=status).count() for status in ("done", "waiting", "cancelled")] == [
                2,
                2,
                2,
            ]


def test_two_cancellations_at_once_give_their_places_to_two_who_wait(cafe, points):
    reward = tasting(cafe, points, 2)
    members = guests(cafe, 6)
    booked = at_once(cafe, *[take(member, reward) for member in members[:2]])
    at_once(cafe, *[take(member, reward, wait=True) for member in members[2:]])
    at_once(cafe, *[lambda one=one: redeeming.cancel(one) for one in booked])
    assert by_status(cafe) == {"done": 2, "waiting": 2, "cancelled": 2}


def test_places_added_while_somebody_joins_all_go_to_who_waits(cafe, points):
    reward = tasting(cafe, points, 1)
    members = guests(cafe, 5)
    at_once(cafe, take(members[0], reward), take(members[1], reward, wait=True))
    results = at_once(
        cafe,
        lambda: catalogue.change_reward(Reward.objects.get(id=reward.id), capacity=5),
        *[take(member, reward, wait=True) for member in members[2:]],
    )
    if isinstance(results[0], Exception):
        at_once(cafe, lambda: catalogue.change_reward(Reward.objects.get(id=reward.id), capacity=5))
    assert "waiting" not in by_status(cafe)


def test_a_free_reward_once_per_guest_is_had_once_whoever_asks_at_once(cafe, points):
    [member] = guests(cafe, 1)
    with tenancy.scope(cafe):
        reward = catalogue.create_reward(program=points, name="Gruß", cost=0, per_member=1)
    results = at_once(cafe, *[take(member, reward, use="later")] * 8)
    assert codes(results) == ["done"] + ["limit_reached"] * 7
