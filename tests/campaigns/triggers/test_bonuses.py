"""What is given without a purchase can make a reward ready, and is heard of."""

import pytest

from campaigns import relaying
from loyalty import tenancy
from programs.codes import making, using
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db


def test_a_code_that_brings_a_reward_within_reach_announces_it():
    cafe = makers.merchant()
    program = makers.points_program(cafe, rewards=[("Landbrot", 40)])
    jonas = shop.guest(cafe)
    relaying.relay(cafe)
    with tenancy.scope(cafe):
        _batch, (code,), _job = making.make(program=program, count=1, amount=50)
        using.enter(member=jonas, text=code)
    assert shop.messages(cafe, campaign="reward_ready") == []
    relaying.relay(cafe)
    assert [row.figures["reward"] for row in shop.messages(cafe, campaign="reward_ready")] == ["Landbrot"]
