"""So close: one or two purchases before a reward, once on the way to each, to those who want to hear of it."""

from datetime import timedelta

import pytest

from campaigns import relaying, sending
from loyalty import tenancy
from members import consents
from rewards import checkout, redeeming
from rewards.models import Reward
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
STAMPS = {"unit": {"singular": "stamp", "plural": "stamps"}, "stamps_required": 10}


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return shop.guest(cafe)


def said(cafe):
    relaying.relay(cafe)
    return shop.messages(cafe, campaign="so_close")


def visit(cafe, jonas, times=1, amount_minor=500):
    for _ in range(times):
        purchase = makers.purchase(cafe, jonas, amount_minor)
    relaying.relay(cafe)
    return purchase


def test_two_stamps_before_the_card_is_full_it_is_said(cafe, jonas):
    makers.punch_card(cafe)
    visit(cafe, jonas, 7)
    assert said(cafe) == []
    visit(cafe, jonas)
    figures = said(cafe)[0].figures
    assert {name: figures[name] for name in ("balance", "missing", "purchases", "reward")} == {
        "balance": 8,
        "missing": 2,
        "purchases": 2,
        "reward": "Ein Kaffee nach Wahl",
    }


def test_on_one_card_it_is_said_once_and_on_the_next_card_again(cafe, jonas):
    makers.punch_card(cafe)
    visit(cafe, jonas, 8)
    visit(cafe, jonas)
    assert len(said(cafe)) == 1
    visit(cafe, jonas, 8)
    assert len(said(cafe)) == 1
    visit(cafe, jonas)
    assert len(said(cafe)) == 2


def test_with_points_it_is_two_usual_purchases_away(cafe, jonas):
    makers.points_program(cafe, rewards=[("Landbrot", 40)])
    visit(cafe, jonas, 1, amount_minor=1000)
    assert said(cafe) == []
    visit(cafe, jonas, 1, amount_minor=1000)
    figures = said(cafe)[0].figures
    assert (figures["balance"], figures["missing"], figures["purchases"]) == (20, 20, 2)


def test_with_points_it_is_said_again_after_the_reward_was_reached_and_spent(cafe, jonas):
    program = makers.points_program(cafe, rewards=[("Landbrot", 40)])
    visit(cafe, jonas, 3, amount_minor=1000)
    visit(cafe, jonas, 1, amount_minor=1000)
    assert len(said(cafe)) == 1
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get(program=program))
    visit(cafe, jonas, 2, amount_minor=1000)
    assert len(said(cafe)) == 2


def test_without_consent_nothing_is_said(cafe):
    makers.punch_card(cafe)
    ticked = [{"purpose": "email_marketing", "given": True, "confirmed": False}]
    visit(cafe, shop.guest(cafe, consents=()), 8)
    visit(cafe, shop.guest(cafe, email="eda@example.org", consents=ticked), 8)
    assert said(cafe) == []


def test_a_withdrawn_consent_is_none(cafe, jonas):
    makers.punch_card(cafe)
    with tenancy.scope(cafe):
        consents.withdraw(jonas, "email_marketing", evidence={})
    visit(cafe, jonas, 8)
    assert said(cafe) == []


def test_a_refund_that_opens_the_card_again_does_not_repeat_it(cafe, jonas):
    makers.punch_card(cafe)
    visit(cafe, jonas, 8)
    last = visit(cafe, jonas).purchase
    with tenancy.scope(cafe):
        checkout.give_back(last)
    visit(cafe, jonas)
    assert len(said(cafe)) == 1


def test_where_there_is_nothing_to_save_for_nothing_is_close(cafe, jonas):
    makers.points_program(cafe)
    visit(cafe, jonas, 3)
    assert said(cafe) == []


def test_it_is_left_out_when_the_balance_has_moved_on_before_morning(cafe, jonas):
    makers.punch_card(cafe)
    makers.turn_to(cafe, makers.NOON + timedelta(hours=9))
    visit(cafe, jonas, 8)
    visit(cafe, jonas)
    makers.turn_to(cafe, makers.NOON + timedelta(hours=19))
    sending.send_due(cafe)
    assert [(message.status, message.problem) for message in said(cafe)] == [
        ("skipped", "balance has changed since")
    ]
