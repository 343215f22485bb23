"""Who may come in: the device by its cookie, the person by the PIN."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from loyalty import tenancy
from loyalty.counter import doors
from loyalty.merchants import devices, staffing
from loyalty.merchants.models import Device, Staff
from programs.models import Purchase
from tests import makers
from tests.counter.conftest import Counter, at_device, hire

JSON = {"Accept": "application/json"}


@pytest.fixture
def member(merchant):
    makers.punch_card(merchant)
    return makers.member(merchant, email="a@example.com")


def test_device_that_nobody_let_in_is_told_what_to_do(db):
    page = Client().get("/counter/")
    assert page.status_code == 200
    assert b'href="/accounts/login/' in page.content


def test_without_device_or_person_nothing_is_booked(merchant, member):
    stranger, nobody = Counter(merchant, Client()), Counter(merchant, at_device(merchant))
    for counter in (stranger, nobody):
        assert counter.stamp(member) == {"outcome": "shown_out"}
        assert counter.client.get(f"/counter/guest/{member.public_id}/").status_code == 302
    with tenancy.scope(merchant):
        assert Purchase.objects.count() == 0


def test_revoked_device_is_shown_out_at_once(counter, merchant, member):
    assert counter.stamp(member)["outcome"] == "done"
    devices.revoke(Device.objects.get(merchant=merchant))
    assert counter.stamp(member) == {"outcome": "shown_out"}


def test_pin_lets_in_and_leaving_lets_out(merchant, lena):
    counter = Counter(merchant, at_device(merchant))
    assert counter.client.get("/counter/state/", headers=JSON).status_code == 401
    counter.enter(lena)
    assert counter.client.get("/counter/state/", headers=JSON).status_code == 200
    counter.client.post("/counter/leave/")
    assert counter.client.get("/counter/state/", headers=JSON).status_code == 401


def test_five_wrong_pins_lock_for_five_minutes_even_for_the_right_one(merchant, lena):
    counter = Counter(merchant, at_device(merchant))
    for _attempt in range(5):
        counter.enter(lena, "9999")
    counter.enter(lena)
    assert counter.client.get("/counter/state/", headers=JSON).status_code == 401
    makers.turn_to(merchant, makers.NOON + timedelta(minutes=5))
    counter.enter(lena)
    assert counter.client.get("/counter/state/", headers=JSON).status_code == 200


def test_right_pin_forgives_the_wrong_ones_before(merchant, lena):
    counter = Counter(merchant, at_device(merchant))
    for _attempt in range(4):
        counter.enter(lena, "9999")
    counter.enter(lena)
    with tenancy.scope(merchant):
        assert Staff.objects.get(id=lena.id).failed_pins == 0


def test_person_without_a_pin_does_not_come_in_with_an_empty_one(merchant):
    nele = hire(merchant, "Nele", pin="")
    counter = Counter(merchant, at_device(merchant))
    counter.enter(nele, "")
    assert counter.client.get("/counter/state/", headers=JSON).status_code == 401


def test_who_left_is_out_at_once(counter, merchant, lena, member):
    with tenancy.scope(merchant):
        staffing.leave(lena, actor="Aylin Demir")
    assert counter.stamp(member) == {"outcome": "shown_out"}


def test_after_twelve_hours_without_a_tap_the_pin_is_asked_for_again(counter, member):
    session = counter.client.session
    seat = session[doors.SESSION]
    session[doors.SESSION] = seat | {"seen": (timezone.now() - timedelta(hours=12, seconds=1)).isoformat()}
    session.save()
    assert counter.stamp(member) == {"outcome": "shown_out"}


def test_booking_that_waited_counts_as_made_by_who_tapped_it(counter, merchant, lena, member):
    device = Device.objects.get(merchant=merchant)
    proof = doors.sign(device, lena)
    mona = hire(merchant, "Mona Fuchs")
    counter.enter(mona)
    assert counter.stamp(member, person=proof)["outcome"] == "done"
    with tenancy.scope(merchant):
        assert Purchase.objects.get().actor == "Lena Hoffmann"


def test_proof_of_another_device_is_worth_nothing(counter, merchant, lena, member):
    counter.client.post("/counter/leave/")
    other = at_device(merchant)
    device = devices.find(other.cookies[devices.COOKIE].value)
    assert counter.stamp(member, person=doors.sign(device, lena)) == {"outcome": "shown_out"}


def test_another_merchants_guest_and_card_are_unknown_here(counter, merchant, member):
    elsewhere = makers.merchant("Buchladen", email="b@example.com")
    makers.punch_card(elsewhere)
    stranger = makers.member(elsewhere, email="a@example.com")
    answers = [
        counter.ask("find", q=stranger.number),
        counter.stamp(stranger),
        counter.ask("redemptions", guest=stranger.public_id, reward="rwd_" + "0" * 32),
        counter.client.get(f"/counter/guest/{stranger.public_id}/", headers=JSON).json(),
        counter.client.get(f"/counter/guest/{stranger.public_id}/preview/", headers=JSON).json(),
    ]
    assert [answer.get("outcome") for answer in answers[:4]] == ["refused"] * 4
    assert stranger.name not in str(answers)
    with tenancy.scope(elsewhere):
        assert Purchase.objects.count() == 0
