"""Who sits along. Rules: docs/rules/vip.md, "Seats" and "Benefits"."""

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from programs.subscriptions import changing, paying, seats
from programs.subscriptions.models import Seat
from tests import makers
from tests.programs import books
from tests.subscriptions import shop
from tests.subscriptions.shop import midnight, noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(gym):
    return shop.club(gym, seats=2)


@pytest.fixture
def jonas(gym):
    return makers.member(gym, "Jonas Weidner")


def add(gym, hers, name="Jonas", **more):
    return shop.do(gym, seats.add, hers, name=name, **more)


def test_seats_are_beside_the_payer(gym, hers):
    add(gym, hers, "Ida")
    add(gym, hers, "Bello", kind="pet")
    with books.refused(gym, "no_seat_left", seats=2):
        add(gym, hers, "Noch jemand")


def test_a_seat_that_is_freed_can_be_taken_again_and_the_name_is_gone(gym, hers):
    ida = add(gym, hers, "Ida")
    add(gym, hers, "Bello", kind="pet")
    with tenancy.scope(gym):
        seats.remove(ida)
    add(gym, hers, "Karl")
    with tenancy.scope(gym):
        assert list(Seat.objects.order_by("id").values_list("name", flat=True)) == ["Bello", "Karl"]


def test_who_sits_along_with_a_card_has_the_benefits_too(gym, club, hers, jonas):
    seat = add(gym, hers, member=jonas)
    assert shop.level(gym, jonas, club) == "Club"
    with tenancy.scope(gym):
        seats.remove(seat)
    assert shop.level(gym, jonas, club) == ""


def test_with_the_payers_benefits_those_of_the_seats_end(gym, club, hers, jonas):
    add(gym, hers, member=jonas)
    shop.do(gym, changing.pause, hers)
    assert shop.level(gym, jonas, club) == ""
    shop.do(gym, changing.resume, hers)
    assert shop.level(gym, jonas, club) == "Club"
    shop.live_until(gym, noon(2026, 4, 1))
    assert shop.changes(gym, jonas)[-1] == ("Club", "", "unpaid", midnight(2026, 3, 14))


def test_a_subscription_of_ones_own_outlasts_the_seat(gym, club, hers, jonas):
    add(gym, hers, member=jonas)
    his = shop.subscribe(gym, jonas, club)
    shop.do(gym, changing.cancel, hers, at="now")
    assert shop.level(gym, jonas, club) == "Club"
    shop.do(gym, changing.cancel, his, at="now")
    assert shop.level(gym, jonas, club) == ""


def test_a_seat_outlasts_a_subscription_of_ones_own(gym, club, hers, jonas):
    add(gym, hers, member=jonas)
    his = shop.subscribe(gym, jonas, club)
    shop.do(gym, changing.cancel, his, at="now")
    assert shop.level(gym, jonas, club) == "Club"
    assert [change[1] for change in shop.changes(gym, jonas)] == ["Club"]


@pytest.mark.parametrize("wrong", ["pet", "payer", "twice"])
def test_a_card_is_named_by_a_person_beside_the_payer_and_once(gym, mira, hers, jonas, wrong):
    if wrong == "twice":
        add(gym, hers, member=jonas)
    more = {"pet": {"kind": "pet", "member": jonas}, "payer": {"member": mira}, "twice": {"member": jonas}}[
        wrong
    ]
    before = books.rows(gym)
    with pytest.raises(Invalid) as refused:
        add(gym, hers, "Jemand", **more)
    assert list(refused.value.facts["field_errors"]) == ["member"]
    assert books.rows(gym) == before


def test_nobody_sits_on_what_has_ended(gym, hers):
    shop.do(gym, changing.cancel, hers, at="now")
    with books.refused(gym, "wrong_status", status="ended"):
        add(gym, hers, "Ida")


def test_the_level_says_until_when_it_holds(gym, mira, club, hers):
    with tenancy.scope(gym):
        assert books.account(gym, mira, club).level_until_at == midnight(2026, 2, 28)
    shop.live_until(gym, midnight(2026, 2, 28))
    assert books.account(gym, mira, club).level_until_at == midnight(2026, 3, 14)
    shop.do(gym, paying.pay, hers)
    assert books.account(gym, mira, club).level_until_at == midnight(2026, 3, 31)
