"""Corrections above a program's limit: proposed by one, decided by another, seen on the home page until then."""

import pytest
from django.urls import reverse

from loyalty.merchants.models import AuditEntry
from programs import adjusting, transferring
from programs.models import AdjustmentProposal
from rewards import standing
from tests import makers


@pytest.fixture
def anna(shop):
    guest = shop.guest("Anna Öz")
    makers.points_program(shop.merchant, adjustment_limit=100)
    shop.buys(guest, 5000)
    return guest


def address(name, *more):
    return reverse(f"dashboard:{name}", args=more)


def balance(shop, guest):
    with shop.scope():
        return standing.of(guest)[0].spendable


def correct(shop, browser, guest, amount):
    with shop.scope():
        program = standing.of(guest)[0].program.public_id
    given = {"program": program, "amount": str(amount), "reason": "The scanner was off."}
    return browser.post(address("correct", guest.public_id), given, follow=True).content.decode()


def proposed(shop, guest, amount=500, by="Mehmet Kaya"):
    with shop.scope():
        program = standing.of(guest)[0].program
        return adjusting.adjust(member=guest, program=program, amount=amount, reason="Kulanz", actor=by)


def deeds(shop):
    with shop.scope():
        return [row.action for row in AuditEntry.objects.order_by("id") if "correction" in row.action]


def test_the_form_says_from_where_on_somebody_else_has_to_approve(owner, anna):
    text = owner.get(address("correct", anna.public_id)).content.decode()
    assert "Brotpunkte: more than 100 points at once waits until somebody else approves it." in text


def test_above_the_limit_nothing_is_booked_and_it_is_said(shop, owner, anna):
    text = correct(shop, owner, anna, 101)
    assert "Nothing is booked yet: somebody else has to approve it." in text
    assert "Waits for a second person" in text
    assert "Approve</button>" not in text, "who proposed it may only withdraw it"
    assert balance(shop, anna) == 50
    assert deeds(shop) == ["balance.correction_proposed"]


def test_up_to_the_limit_it_is_booked_at_once(shop, owner, anna):
    assert "Corrected." in correct(shop, owner, anna, 100)
    assert balance(shop, anna) == 150


def test_what_somebody_else_proposed_stands_on_the_home_page_and_is_approved(shop, owner, anna):
    proposal = proposed(shop, anna)
    text = owner.get(reverse("dashboard:home")).content.decode()
    assert "Anna Öz" in text
    assert "Proposed by Mehmet Kaya" in text
    text = owner.post(address("approve_correction", proposal.public_id), follow=True).content.decode()
    assert "Approved and booked." in text
    assert "Waits for a second person" not in text
    assert balance(shop, anna) == 550
    assert deeds(shop) == ["balance.correction_approved"]


def test_it_is_declined_and_nothing_is_booked(shop, owner, anna):
    proposal = proposed(shop, anna)
    text = owner.post(address("decline_correction", proposal.public_id), follow=True).content.decode()
    assert "Declined. Nothing was booked." in text
    assert balance(shop, anna) == 50
    assert deeds(shop) == ["balance.correction_declined"]


def test_ones_own_is_not_approved_whatever_is_sent(shop, owner, anna):
    proposal = proposed(shop, anna, by="Aylin Brandt")
    text = owner.post(address("approve_correction", proposal.public_id), follow=True).content.decode()
    assert "Somebody else has to approve this correction" in text
    assert balance(shop, anna) == 50
    with shop.scope():
        assert AdjustmentProposal.objects.get().status == "waiting"


def test_without_anything_waiting_the_pages_do_not_speak_of_it(owner, anna):
    for page in (reverse("dashboard:home"), address("guest", anna.public_id)):
        assert "Waits for a second person" not in owner.get(page).content.decode()


def test_points_passed_on_are_told_in_words(shop, owner, anna):
    ines = shop.guest("Ines Kolb")
    with shop.scope():
        program = standing.of(anna)[0].program
        transferring.transfer(member=anna, to=ines, program=program, amount=20, actor="Aylin Brandt")
    assert "Passed on: 20 points" in owner.get(address("guest", anna.public_id)).content.decode()
    assert "Received: 20 points" in owner.get(address("guest", ines.public_id)).content.decode()
