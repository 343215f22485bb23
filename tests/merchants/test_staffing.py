"""The people of a shop: roles, PINs, who signs in, and that somebody owns it."""

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.merchants import staffing
from loyalty.merchants.models import AuditEntry, Membership, Staff
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    merchant = makers.merchant(owner_name="Aylin Brandt")
    with tenancy.scope(merchant):
        yield merchant


def add(**person):
    return staffing.add(**({"name": "Lena", "role": "cashier", "actor": "Aylin Brandt"} | person))


def test_a_person_with_a_pin_is_added_and_written_down(shop):
    lena = add(name="  Lena ", pin="4711")
    assert (lena.name, lena.has_pin("4711"), lena.has_pin("4712")) == ("Lena", True, False)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == ("Aylin Brandt", "staff.added", lena.public_id)
    assert "4711" not in str(entry.details)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"role": "queen"}, "role"),
        ({"pin": "123"}, "pin"),
        ({"pin": "1234567"}, "pin"),
        ({"pin": "12a4"}, "pin"),
        ({"pin": "1234"}, "pin"),
        ({"role": "manager"}, "email"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(shop, wrong, field):
    with pytest.raises(Invalid) as refused:
        add(**wrong)
    assert list(refused.value.facts["field_errors"]) == [field]
    assert (Staff.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_a_manager_signs_in_by_a_membership(shop):
    tom = add(name="Tom", role="manager", email="tom@example.org")
    membership = Membership.objects.get(staff_id=tom.id)
    assert (membership.merchant, membership.user.email) == (shop, "tom@example.org")
    assert not membership.user.has_usable_password()


def test_an_address_that_signs_in_here_already_is_refused_and_nothing_is_written(shop):
    with pytest.raises(Invalid):
        add(name="Tom", role="manager", email="AYLIN@morgenrot.example")
    assert Staff.objects.count() == 1


def test_who_becomes_a_cashier_no_longer_signs_in(shop):
    tom = add(name="Tom", role="manager", email="tom@example.org")
    staffing.change(tom, name="Tom", role="cashier", actor="Aylin Brandt")
    assert not Membership.objects.filter(staff_id=tom.id).exists()


def test_a_new_pin_lifts_the_lock_of_wrong_ones(shop):
    lena = add(pin="4711")
    Staff.objects.filter(id=lena.id).update(failed_pins=5, locked_until=makers.NOON)
    staffing.set_pin(lena, "815199", actor="Aylin Brandt")
    held = Staff.objects.get(id=lena.id)
    assert (held.failed_pins, held.locked_until, held.has_pin("815199")) == (0, None, True)


def test_the_last_owner_stays_the_owner(shop):
    aylin = Staff.objects.get()
    with pytest.raises(staffing.LastOwner):
        staffing.leave(aylin, actor="Aylin Brandt")
    with pytest.raises(staffing.LastOwner):
        staffing.change(aylin, name="Aylin", role="manager", actor="Aylin Brandt")
    held = Staff.objects.get()
    assert (held.role, held.left_at, held.name) == ("owner", None, "Aylin Brandt")
    add(name="Tom", role="owner", email="tom@example.org")
    staffing.leave(aylin, actor="Tom")
    assert [person.name for person in staffing.present()] == ["Tom"]


def test_leaving_can_be_taken_back_with_everything_as_it_was(shop):
    lena = add(pin="4711")
    staffing.leave(lena, actor="Aylin Brandt")
    assert [person.name for person in staffing.present()] == ["Aylin Brandt"]
    staffing.come_back(lena, actor="Aylin Brandt")
    assert [person.name for person in staffing.present()] == ["Aylin Brandt", "Lena"]
    assert Staff.objects.get(id=lena.id).has_pin("4711")
