"""One guest: the profile, corrections, changes, and being forgotten."""

import pytest
from django.urls import reverse

from loyalty import clock
from loyalty.dashboard import guest_facts
from loyalty.merchants.models import AuditEntry
from members.models import Member
from programs.accounts import Entry
from rewards import standing
from tests import makers


@pytest.fixture
def anna(shop):
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant, cooldown_minutes=60, welcome_stamps=1)
    guest = shop.guest("Anna Öz", email="anna@example.org")
    shop.at(2026, 3, 2, 7, 10).buys(guest, 400)
    shop.at(2026, 3, 2, 7, 32).buys(guest, 300)
    shop.at(2026, 3, 9, 7, 5).buys(guest, 500)
    shop.at(2026, 3, 12, 12)
    return guest


def address(name, guest, *more):
    return reverse(f"dashboard:{name}", args=[guest.public_id, *more])


def balance(shop, guest):
    with shop.scope():
        return standing.of(guest)[0].spendable


def test_the_profile_tells_also_why_nothing_was_given(owner, anna):
    text = owner.get(address("guest", anna)).content.decode()
    assert "3 of 10" in text
    assert "No stamp" in text
    assert "Welcome: 1 stamp" in text
    assert "anna@example.org" in text


def test_facts_are_counted_from_what_was_bought(shop, anna):
    shop.at(2026, 3, 11, 7, 45).buys(anna, 300)
    with shop.scope():
        facts = guest_facts.of(anna, clock.now(), "Europe/Berlin")
    # Four visits, the first on 2 March, 7:10, the last on 11 March, 7:45: nine days, three intervals.
    assert (facts.interval_days, facts.revenue_minor) == (3, 1500)
    assert facts.usual == (0, 8)  # Mondays at eight: three of the four.


def test_a_correction_is_booked_with_its_reason_and_can_be_taken_back(shop, owner, anna):
    with shop.scope():
        program = standing.of(anna)[0].program
    given = {"program": program.public_id, "amount": "2", "reason": "The scanner was off."}
    answer = owner.post(address("correct", anna), given, follow=True)
    assert balance(shop, anna) == 5
    assert "The scanner was off." in answer.content.decode()
    with shop.scope():
        entry = Entry.objects.get(kind="adjust")
        assert (entry.amount, entry.actor) == (2, "Aylin Brandt")
    undo = address("undo_correction", anna, entry.public_id)
    assert undo in answer.content.decode()
    owner.post(undo)
    assert balance(shop, anna) == 3
    with shop.scope():
        assert sorted(AuditEntry.objects.values_list("action", flat=True)) == [
            "balance.corrected",
            "balance.correction_undone",
        ]


def test_a_correction_below_zero_is_refused_and_nothing_typed_is_lost(shop, owner, anna):
    with shop.scope():
        program = standing.of(anna)[0].program
    given = {"program": program.public_id, "amount": "-4", "reason": "A slip."}
    text = owner.post(address("correct", anna), given).content.decode()
    assert "Nothing was booked." in text
    assert 'value="-4"' in text
    assert "A slip." in text
    assert balance(shop, anna) == 3


def test_only_a_correction_can_be_undone(shop, owner, anna):
    with shop.scope():
        entry = Entry.objects.filter(kind="earn").first()
    assert owner.post(address("undo_correction", anna, entry.public_id)).status_code == 404
    assert balance(shop, anna) == 3


def test_name_and_addresses_are_changed(shop, owner, anna):
    given = {
        "name": "Anna Özdemir",
        "email": "oez@example.org",
        "phone": "0151 23456789",
        "birthday": "1990-05-01",
    }
    assert owner.post(address("edit_guest", anna), given).status_code == 302
    with shop.scope():
        held = Member.objects.get(id=anna.id)
        assert (held.name, held.email, held.phone) == ("Anna Özdemir", "oez@example.org", "+4915123456789")
        assert AuditEntry.objects.get().details == {"fields": ["name", "email", "phone", "birthday"]}


def test_an_address_of_somebody_else_is_refused(shop, owner, anna):
    shop.guest("Bert", email="bert@example.org")
    given = {"name": "Anna", "email": "bert@example.org"}
    text = owner.post(address("edit_guest", anna), given).content.decode()
    assert 'value="bert@example.org"' in text
    with shop.scope():
        assert Member.objects.get(id=anna.id).email == "anna@example.org"


def test_a_new_guest_gets_a_card(shop, owner):
    makers.punch_card(shop.merchant, welcome_stamps=2)
    answer = owner.post(
        reverse("dashboard:new_guest"), {"name": "Bert", "email": "bert@example.org"}, follow=True
    )
    assert "2 of 10" in answer.content.decode()


def test_who_has_a_card_already_is_shown(shop, owner, anna):
    text = owner.post(
        reverse("dashboard:new_guest"), {"name": "A", "email": "ANNA@example.org"}
    ).content.decode()
    assert address("guest", anna) in text
    with shop.scope():
        assert Member.objects.count() == 1


def test_a_guest_needs_an_address(shop, owner):
    text = owner.post(reverse("dashboard:new_guest"), {"name": "Bert"}).content.decode()
    assert "An e-mail address or a mobile number is needed" in text
    assert 'value="Bert"' in text
    with shop.scope():
        assert Member.objects.count() == 0


def test_everything_held_is_exported(owner, anna):
    answer = owner.get(address("export_guest", anna))
    assert answer.json()["member"]["email"] == "anna@example.org"
    assert len(answer.json()["purchases"]) == 3


@pytest.mark.parametrize("typed", ["", "0000 0000"])
def test_erasing_needs_the_number_to_be_typed(shop, owner, anna, typed):
    text = owner.post(address("erase_guest", anna), {"number": typed}).content.decode()
    assert "This is not the number of the card." in text
    with shop.scope():
        assert Member.objects.get(id=anna.id).name == "Anna Öz"


def test_the_erased_guest_is_a_number_without_a_name(shop, owner, anna):
    answer = owner.post(address("erase_guest", anna), {"number": anna.spoken_number}, follow=True)
    assert "Name and addresses are erased." in answer.content.decode()
    text = owner.get(address("guest", anna)).content.decode()
    assert "Anna" not in text
    assert "anna@example.org" not in text
    with shop.scope():
        assert AuditEntry.objects.get(action="member.erased").subject == anna.public_id
