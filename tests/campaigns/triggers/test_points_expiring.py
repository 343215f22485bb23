"""Points about to expire: said at each mark to those who want to hear of it, and not when it is not true any more."""

from datetime import timedelta

import pytest

from campaigns import turning
from campaigns.messages import put
from campaigns.triggers.points_expiring import CAMPAIGN
from loyalty import tenancy
from programs.endings import closing
from rewards import redeeming
from rewards.models import Reward
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return shop.guest(cafe)


def said(cafe):
    return shop.messages(cafe, campaign="points_expiring")


def test_a_month_ahead_it_is_said_in_the_morning_with_what_can_be_had(cafe, jonas):
    makers.points_program(cafe, rewards=[("Landbrot", 8)], expiry={"kind": "after", "months": 12})
    makers.purchase(cafe, jonas, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 340 * DAY)
    (message,) = said(cafe)
    # 8:00 in Berlin, in winter.
    assert (message.status, f"{message.sent_at:%m-%d %H:%M}") == ("held", "02-11 07:00")
    assert {name: message.figures[name] for name in ("amount", "help", "reward")} == {
        "amount": 10, "help": "enough", "reward": "Landbrot",
    }  # fmt: skip


def test_who_has_not_agreed_hears_nothing(cafe):
    makers.points_program(cafe, expiry={"kind": "after", "months": 12})
    makers.purchase(cafe, shop.guest(cafe, consents=()), 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 340 * DAY)
    assert said(cafe) == []


def test_what_was_spent_in_the_night_is_not_said_and_of_a_part_the_rest(cafe, jonas):
    eda = shop.guest(cafe, "Eda", "eda@example.org")
    makers.points_program(cafe, rewards=[("Landbrot", 8)], expiry={"kind": "after", "months": 12})
    makers.purchase(cafe, jonas, 800)
    makers.purchase(cafe, eda, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 335 * DAY + timedelta(hours=13))
    assert [message.status for message in said(cafe)] == ["due", "due"]
    with tenancy.scope(cafe):
        for guest in (jonas, eda):
            redeeming.redeem(member=guest, reward=Reward.objects.get())
    turning.turn(merchant=cafe, to=makers.NOON + 337 * DAY)
    found = {message.member_id: (message.status, message.figures["amount"]) for message in said(cafe)}
    assert found == {jonas.id: ("skipped", 8), eda.id: ("held", 2)}


def test_inactivity_says_that_a_purchase_keeps_them(cafe, jonas):
    makers.points_program(cafe, expiry={"kind": "inactivity", "months": 6})
    makers.purchase(cafe, jonas, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 170 * DAY)
    assert [message.figures["help"] for message in said(cafe)] == ["keep_by_buying"]


def test_a_program_that_ends_says_so(cafe, jonas):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 1000)
    with tenancy.scope(cafe):
        closing.close(program, redeem_until=makers.NOON + 60 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 50 * DAY)
    assert [message.figures["help"] for message in said(cafe)] == ["closing"]


def test_the_same_news_twice_is_one_message(cafe, jonas):
    makers.points_program(cafe, expiry={"kind": "after", "months": 12})
    makers.purchase(cafe, jonas, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 336 * DAY)
    with tenancy.scope(cafe):
        put(CAMPAIGN, CAMPAIGN.drafts([jonas]), {jonas.id: jonas})
    assert len(said(cafe)) == 1
