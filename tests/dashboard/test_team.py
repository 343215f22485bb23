"""People, places and devices on their pages."""

import pytest
from django.urls import reverse

from loyalty.merchants import devices, staffing
from loyalty.merchants.models import Device, Location, Membership, Staff
from tests.dashboard.conftest import signed_in

TEAM = reverse("dashboard:team")


def staff(shop, name):
    with shop.scope():
        return Staff.objects.get(name=name)


def test_a_person_is_added_and_the_next_page_takes_it_back(shop, owner):
    given = {"name": "Lena", "role": "cashier", "pin": "4711", "email": ""}
    text = owner.post(reverse("dashboard:new_person"), given, follow=True).content.decode()
    lena = staff(shop, "Lena")
    undo = reverse("dashboard:person_leaves", args=[lena.public_id])
    assert f'action="{undo}"' in text
    text = owner.post(undo, follow=True).content.decode()
    back = reverse("dashboard:person_returns", args=[lena.public_id])
    assert staff(shop, "Lena").left_at is not None
    assert f'action="{back}"' in text
    owner.post(back)
    assert staff(shop, "Lena").left_at is None


def test_a_wrong_pin_is_said_and_the_name_stays(shop, owner):
    given = {"name": "Lena", "role": "cashier", "pin": "12", "email": ""}
    text = owner.post(reverse("dashboard:new_person"), given).content.decode()
    assert "A PIN has four to six digits." in text
    assert 'value="Lena"' in text


def test_pin_and_role_are_changed(shop, owner):
    aylin = staff(shop, "Aylin Brandt")
    address = reverse("dashboard:person", args=[aylin.public_id])
    owner.post(address, {"name": "Aylin Brandt", "role": "owner", "pin": "8151", "email": ""})
    assert staff(shop, "Aylin Brandt").has_pin("8151")
    text = owner.post(address, {"name": "Aylin", "role": "cashier", "pin": "", "email": ""}).content.decode()
    assert "Somebody has to own the shop." in text
    assert staff(shop, "Aylin Brandt").role == "owner"


def test_a_manager_makes_no_owners_and_removes_none(shop, owner):
    with shop.scope():
        staffing.add(name="Tom", role="owner", email="tom@example.org", actor="Aylin Brandt")
    manager = signed_in_as_manager(shop)
    text = manager.post(
        reverse("dashboard:new_person"), {"name": "Eva", "role": "owner", "pin": "", "email": "e@example.org"}
    ).content.decode()
    assert "Only an owner can make somebody the owner" in text
    manager.post(reverse("dashboard:person_leaves", args=[staff(shop, "Tom").public_id]))
    assert staff(shop, "Tom").left_at is None


def signed_in_as_manager(shop):
    with shop.scope():
        tom = Staff.objects.get(name="Tom")
        Membership.objects.filter(staff_id=tom.id).delete()
    return signed_in(shop.merchant, "manager")


def test_the_counter_is_opened_in_this_browser_and_closed_again(shop, owner):
    with shop.scope():
        location = Location.objects.get()
    answer = owner.post(reverse("dashboard:open_counter"), {"name": "Tablet", "location": location.public_id})
    cookie = answer.cookies[devices.COOKIE]
    assert (answer.url, cookie["httponly"], cookie["samesite"]) == ("/counter/", True, "Lax")
    device = devices.find(cookie.value)
    assert (device.name, device.merchant, device.location_id) == ("Tablet", shop.merchant, location.id)
    assert "This device is let in as “Tablet”." in owner.get(TEAM).content.decode()

    address = reverse("dashboard:revoke_device", args=[device.id.hex])
    text = owner.post(address, follow=True).content.decode()
    assert devices.find(cookie.value) is None
    assert f'action="{address}?back"' in text
    owner.post(f"{address}?back")
    assert devices.find(cookie.value) == device


def test_a_browser_that_is_let_in_already_is_not_let_in_twice(owner):
    for _time in range(2):
        assert owner.post(reverse("dashboard:open_counter")).url == "/counter/"
    assert Device.objects.count() == 1


@pytest.mark.parametrize("device_id", ["nothing", "0" * 32])
def test_an_unknown_device_is_not_found(owner, device_id):
    assert owner.post(reverse("dashboard:revoke_device", args=[device_id])).status_code == 404


def test_locations_are_added_and_renamed(shop, owner):
    owner.post(reverse("dashboard:new_location"), {"name": "Bahnhof", "address": "Gleis 1"})
    with shop.scope():
        added = Location.objects.get(name="Bahnhof")
    owner.post(reverse("dashboard:location", args=[added.public_id]), {"name": "Hauptbahnhof", "address": ""})
    text = owner.get(TEAM).content.decode()
    assert "Hauptbahnhof" in text
    text = owner.post(
        reverse("dashboard:new_location"), {"name": "Hauptbahnhof", "address": "x"}
    ).content.decode()
    assert "There is a location of this name already." in text
