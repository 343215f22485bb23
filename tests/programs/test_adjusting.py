"""Corrections above the limit wait for a second person."""

import pytest

from loyalty import tenancy
from members import privacy
from programs import adjusting
from programs.models import AdjustmentProposal
from tests import makers
from tests.programs import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


@pytest.fixture
def program(cafe, jonas):
    """Corrections of more than 100 need two. Jonas has 50."""
    program = makers.points_program(cafe, adjustment_limit=100)
    makers.purchase(cafe, jonas, 5000)
    return program


def adjust(cafe, member, program, amount):
    with tenancy.scope(cafe):
        return adjusting.adjust(
            member=member, program=program, amount=amount, reason=" Kulanz ", actor="Aylin"
        )


def approve(cafe, proposal, actor="Mehmet"):
    with tenancy.scope(cafe):
        return adjusting.approve(proposal, actor=actor)


@pytest.mark.parametrize("amount", [100, -50])
def test_up_to_the_limit_it_is_booked_at_once(cafe, jonas, program, amount):
    assert adjust(cafe, jonas, program, amount).amount == amount
    assert makers.balance(cafe, jonas, program) == 50 + amount


@pytest.mark.parametrize("amount", [101, -101])
def test_above_it_nothing_is_booked_and_it_waits(cafe, jonas, program, amount):
    proposal = adjust(cafe, jonas, program, amount)
    assert (proposal.status, proposal.amount, proposal.reason) == ("waiting", amount, "Kulanz")
    assert makers.balance(cafe, jonas, program) == 50
    with tenancy.scope(cafe):
        assert list(adjusting.waiting()) == [proposal]


def test_a_second_person_approves_it_and_both_are_named(cafe, jonas, program):
    proposal = approve(cafe, adjust(cafe, jonas, program, 500))
    assert (proposal.status, proposal.decided_by, proposal.decided_at) == (
        "approved", "Mehmet", makers.NOON,
    )  # fmt: skip
    assert makers.balance(cafe, jonas, program) == 550
    with tenancy.scope(cafe):
        assert (proposal.entry.amount, proposal.entry.actor) == (500, "Aylin + Mehmet")
        assert list(adjusting.waiting()) == []


def test_who_proposed_it_does_not_approve_it(cafe, jonas, program):
    proposal = adjust(cafe, jonas, program, 500)
    with books.refused(cafe, "needs_second_person", adjustment=proposal.public_id):
        adjusting.approve(proposal, actor="Aylin")


@pytest.mark.parametrize("actor", ["Aylin", "Mehmet"])
def test_anybody_declines_it_and_nothing_is_booked(cafe, jonas, program, actor):
    proposal = adjust(cafe, jonas, program, 500)
    with tenancy.scope(cafe):
        declined = adjusting.decline(proposal, actor=actor)
    assert (declined.status, declined.decided_by, declined.entry_id) == ("declined", actor, None)
    assert makers.balance(cafe, jonas, program) == 50


@pytest.mark.parametrize("again", [adjusting.approve, adjusting.decline])
def test_what_was_decided_is_not_decided_again(cafe, jonas, program, again):
    proposal = adjust(cafe, jonas, program, 500)
    approve(cafe, proposal)
    with books.refused(cafe, "already_decided", status="approved"):
        again(proposal, actor="Ines")


def test_what_cannot_be_booked_waits_on(cafe, jonas, program):
    proposal = adjust(cafe, jonas, program, -200)
    with books.refused(cafe, "insufficient_balance", balance=50, cost=200):
        adjusting.approve(proposal, actor="Mehmet")
    with tenancy.scope(cafe):
        assert AdjustmentProposal.objects.get().status == "waiting"


def test_who_has_left_gets_nothing_any_more(cafe, jonas, program):
    proposal = adjust(cafe, jonas, program, 500)
    with tenancy.scope(cafe):
        privacy.erase(jonas)
        jonas.refresh_from_db()
    with books.refused(cafe, "not_eligible"):
        adjusting.approve(proposal, actor="Mehmet")
    with books.refused(cafe, "not_eligible"):
        adjusting.adjust(member=jonas, program=program, amount=500, reason="Kulanz", actor="Aylin")


def test_stamps_that_two_have_given_fill_a_card(cafe, jonas):
    card = makers.punch_card(cafe, adjustment_limit=5)
    approve(cafe, adjust(cafe, jonas, card, 12))
    assert makers.balance(cafe, jonas, card) == 2


def test_without_a_limit_one_person_is_enough(cafe, jonas):
    program = makers.points_program(cafe)
    assert adjust(cafe, jonas, program, 1_000_000).amount == 1_000_000


def test_a_limit_of_nothing_lets_every_correction_wait(cafe, jonas):
    program = makers.points_program(cafe, adjustment_limit=0)
    assert adjust(cafe, jonas, program, 1).status == "waiting"
