"""Reward ready: a full card, or points that reach the cheapest reward anew; once for each time."""

import pytest

from campaigns import relaying
from loyalty import tenancy
from programs.purchases import Item
from rewards import redeeming
from rewards.models import Reward
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return shop.guest(cafe)


def said(cafe):
    relaying.relay(cafe)
    return shop.messages(cafe, campaign="reward_ready")


def visit(cafe, jonas, times=1, amount_minor=1000, **sale):
    for _ in range(times):
        makers.purchase(cafe, jonas, amount_minor, **sale)
        relaying.relay(cafe)


def redeem(cafe, jonas):
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get())


def test_a_full_card_is_said_once_and_the_next_one_again(cafe, jonas):
    makers.punch_card(cafe, stamps_required=3)
    visit(cafe, jonas, 2)
    assert said(cafe) == []
    visit(cafe, jonas)
    assert [(row.figures["reward"], row.figures["count"]) for row in said(cafe)] == [
        ("Ein Kaffee nach Wahl", 1)
    ]
    visit(cafe, jonas, 2)
    assert len(said(cafe)) == 1
    visit(cafe, jonas)
    assert len(said(cafe)) == 2


def test_one_purchase_that_fills_several_cards_is_one_message(cafe, jonas):
    makers.punch_card(cafe, stamps_required=3, stamp_per="item")
    visit(cafe, jonas, items=(Item(amount_minor=1000, quantity=7),))
    assert [row.figures["count"] for row in said(cafe)] == [2]


def test_points_that_reach_the_cheapest_reward_are_said_once(cafe, jonas):
    makers.points_program(cafe, rewards=[("Zwei Brötchen", 20), ("Landbrot", 40)])
    visit(cafe, jonas)
    assert said(cafe) == []
    visit(cafe, jonas, 4)
    assert [row.figures["reward"] for row in said(cafe)] == ["Zwei Brötchen"]


def test_points_that_fell_below_and_reach_it_anew_are_said_again(cafe, jonas):
    makers.points_program(cafe, rewards=[("Landbrot", 20)])
    visit(cafe, jonas, 2)
    redeem(cafe, jonas)
    visit(cafe, jonas)
    assert len(said(cafe)) == 1
    visit(cafe, jonas)
    assert len(said(cafe)) == 2


def test_a_reward_taken_at_once_needs_no_message(cafe, jonas):
    makers.punch_card(cafe, stamps_required=1)
    makers.purchase(cafe, jonas)
    redeem(cafe, jonas)
    assert said(cafe) == []


def test_without_consent_nothing_is_said(cafe):
    makers.punch_card(cafe, stamps_required=1)
    visit(cafe, shop.guest(cafe, consents=()))
    assert said(cafe) == []
