"""Two members become one, or somebody is forgotten. Rule: docs/rules/vip.md, "Seats"."""

import pytest

from loyalty import tenancy
from members import privacy
from programs.subscriptions import changing, moving, paying, seats
from programs.subscriptions.models import Seat, Subscription
from rewards import merging
from tests import makers
from tests.subscriptions import shop
from tests.subscriptions.shop import MONTHLY, midnight, noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(gym):
    return shop.club(gym, seats=2)


@pytest.fixture
def jonas(gym):
    return makers.member(gym, "Jonas Weidner")


def merge(gym, old, survivor):
    with tenancy.scope(gym):
        return merging.merge(old, survivor)


def test_a_merged_members_subscription_goes_on_as_the_survivors(gym, mira, jonas, club, hers):
    merge(gym, mira, jonas)
    assert shop.read(gym, hers).member_id == jonas.id
    assert shop.level(gym, jonas, club) == "Club"
    shop.live_until(gym, midnight(2026, 2, 28))
    shop.do(gym, paying.pay, hers)
    assert shop.read(gym, hers).status == "active"
    assert moving.move in merging.MOVERS


def test_of_two_in_one_program_the_survivors_goes_on(gym, mira, jonas, club, hers):
    his = shop.subscribe(gym, jonas, club)
    merge(gym, mira, jonas)
    assert (shop.read(gym, hers).status, shop.read(gym, his).status) == ("ended", "active")
    assert {shop.read(gym, one).member_id for one in (hers, his)} == {jonas.id}
    assert shop.level(gym, jonas, club) == "Club"


def test_one_that_has_ended_moves_along_and_brings_nothing(gym, mira, jonas, club, hers):
    shop.do(gym, changing.cancel, hers, at="now")
    merge(gym, mira, jonas)
    assert shop.read(gym, hers).member_id == jonas.id
    assert shop.level(gym, jonas, club) == ""


def test_a_merged_members_seat_is_the_survivors(gym, mira, jonas, club, hers):
    karl = makers.member(gym, "Karl")
    shop.do(gym, seats.add, hers, name="Jonas", member=jonas)
    merge(gym, jonas, karl)
    assert shop.level(gym, karl, club) == "Club"


def test_who_sat_beside_the_one_they_are_merged_with_keeps_a_place_without_a_card(
    gym, mira, jonas, club, hers
):
    shop.do(gym, seats.add, hers, name="Jonas", member=jonas)
    merge(gym, jonas, mira)
    with tenancy.scope(gym):
        assert [(seat.name, seat.member_id) for seat in Seat.objects.all()] == [("Jonas", None)]
    assert shop.level(gym, mira, club) == "Club"


def test_who_is_forgotten_has_ended_and_no_name_is_left(gym, mira, jonas, club, hers):
    shop.do(gym, seats.add, hers, name="Jonas", member=jonas)
    shop.do(gym, seats.add, hers, name="Bello", kind="pet")
    with tenancy.scope(gym):
        privacy.erase(mira)
        assert Seat.objects.count() == 0
        assert Subscription.objects.get().status == "ended"
    assert shop.level(gym, jonas, club) == ""
    assert shop.changes(gym, jonas)[-1] == ("Club", "", "cancelled", noon(2026, 1, 31))


def test_who_is_forgotten_leaves_the_seats_of_others(gym, mira, jonas, club, hers):
    shop.do(gym, seats.add, hers, name="Jonas", member=jonas)
    with tenancy.scope(gym):
        privacy.erase(jonas)
        assert Seat.objects.count() == 0
    assert shop.level(gym, jonas, club) == ""
    assert shop.read(gym, hers).status == "active"


def test_two_programs_move_each_for_itself(gym, mira, jonas, club, hers):
    sauna = shop.club(gym, MONTHLY | {"name": "Sauna"})
    his = shop.subscribe(gym, jonas, sauna, "Sauna")
    merge(gym, mira, jonas)
    assert (shop.level(gym, jonas, club), shop.level(gym, jonas, sauna)) == ("Club", "Sauna")
    assert shop.read(gym, his).status == "active"
