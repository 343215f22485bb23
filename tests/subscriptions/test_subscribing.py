"""A member subscribes. Rule: docs/rules/vip.md, "Subscribing"."""

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from members import privacy
from programs import catalogue
from programs.models import Program
from programs.subscriptions import changing, subscribing
from programs.subscriptions.models import Subscription
from tests import makers
from tests.programs import books
from tests.subscriptions import shop
from tests.subscriptions.shop import MONTHLY, midnight, noon

pytestmark = pytest.mark.django_db
TRIAL = MONTHLY | {"trial_days": 14}


def test_at_the_counter_it_is_active_at_once_and_the_first_fee_is_taken(gym, mira, club, hers):
    assert (hers.status, hers.period_ends_at) == ("active", midnight(2026, 2, 28))
    assert shop.fees(gym, hers) == [("2026-01-31", 990)]
    assert shop.level(gym, mira, club) == "Club"
    assert shop.changes(gym, mira) == [("", "Club", "paid", noon(2026, 1, 31))]
    assert shop.news(gym) == [("started", noon(2026, 1, 31))]
    books.assert_balanced(gym)


def test_a_yearly_plan_ends_a_year_later(gym, mira):
    program = shop.club(gym, {"name": "Jahr", "price_minor": 9900, "interval": "year"})
    assert shop.subscribe(gym, mira, program, "Jahr").period_ends_at == midnight(2027, 1, 31)


def test_a_trial_takes_no_fee_and_ends_at_midnight_after_its_days(gym, mira):
    program = shop.club(gym, TRIAL)
    hers = shop.subscribe(gym, mira, program)
    assert (hers.status, hers.period_ends_at) == ("trialing", midnight(2026, 2, 14))
    assert shop.fees(gym, hers) == []
    assert shop.level(gym, mira, program) == "Club"
    assert [change[2] for change in shop.changes(gym, mira)] == ["trial"]


def test_a_trial_is_given_once(gym, mira):
    program = shop.club(gym, TRIAL)
    shop.do(gym, changing.cancel, shop.subscribe(gym, mira, program), at="now")
    again = shop.subscribe(gym, mira, program)
    assert (again.status, shop.fees(gym, again)) == ("active", [("2026-01-31", 990)])


def test_who_is_subscribed_is_refused_a_second_subscription(gym, mira, club, hers):
    with books.refused(gym, "already_subscribed", subscription=hers.public_id, plan="Club"):
        subscribing.subscribe(member=mira, program=club, plan="Club")


def test_who_has_cancelled_is_still_subscribed_until_the_period_ends(gym, mira, club, hers):
    shop.do(gym, changing.cancel, hers, at="period_end")
    with books.refused(gym, "already_subscribed"):
        subscribing.subscribe(member=mira, program=club, plan="Club")


def test_whose_subscription_has_ended_may_begin_a_new_one(gym, mira, club, hers):
    shop.do(gym, changing.cancel, hers, at="now")
    assert shop.subscribe(gym, mira, club).status == "active"


def test_two_programs_are_two_subscriptions(gym, mira, club, hers):
    sauna = shop.club(gym, MONTHLY | {"name": "Sauna"})
    assert shop.subscribe(gym, mira, sauna, "Sauna").status == "active"
    assert (shop.level(gym, mira, club), shop.level(gym, mira, sauna)) == ("Club", "Sauna")


def test_a_plan_that_there_is_not_is_invalid(gym, mira, club):
    with tenancy.scope(gym), pytest.raises(Invalid) as refused:
        subscribing.subscribe(member=mira, program=club, plan="Gold")
    assert list(refused.value.facts["field_errors"]) == ["plan"]


def test_only_paid_programs_are_subscribed_to(gym, mira):
    points = makers.points_program(gym)
    with tenancy.scope(gym), pytest.raises(Invalid) as refused:
        subscribing.subscribe(member=mira, program=points, plan="Club")
    assert list(refused.value.facts["field_errors"]) == ["program"]


def test_a_closed_program_takes_nobody_in(gym, mira, club):
    with tenancy.scope(gym):
        catalogue.change(club, actor="", status="closed")
    with books.refused(gym, "program_not_running"):
        subscribing.subscribe(member=mira, program=club, plan="Club")


def test_who_has_left_subscribes_to_nothing(gym, mira, club):
    with tenancy.scope(gym):
        gone = privacy.erase(mira)
    with books.refused(gym, "not_eligible"):
        subscribing.subscribe(member=gone, program=club, plan="Club")


def test_one_id_of_the_sender_is_one_fee(gym, mira, club):
    jonas = makers.member(gym, "Jonas Weidner")
    shop.subscribe(gym, mira, club, external_id="bon-1")
    with books.refused(gym, "external_id_used"), tenancy.scope(gym):
        subscribing.subscribe(member=jonas, program=club, plan="Club", external_id="bon-1")
    with tenancy.scope(gym):
        assert not Subscription.objects.filter(member=jonas).exists()


def test_a_dearer_plan_later_leaves_the_price_of_who_has_subscribed(gym, mira, club, hers):
    with tenancy.scope(gym):
        catalogue.change(
            Program.objects.get(), actor="", settings={"plans": [MONTHLY | {"price_minor": 1490}]}
        )
    shop.live_until(gym, midnight(2026, 2, 28))
    assert shop.read(gym, hers).price_minor == 990
    assert shop.subscribe(gym, makers.member(gym, "Jonas"), club).price_minor == 1490
