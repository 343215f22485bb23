"""What happens by itself: points become spendable, points expire. Twice is once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty import tenancy
from programs import adjusting, settling
from programs.models import Account
from rewards import checkout, redeeming
from rewards.models import Reward
from tests import makers
from tests.makers import NOON
from tests.programs import books

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
MONTH = {"kind": "after", "months": 1}


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


def run(cafe, moment):
    makers.turn_to(cafe, moment)
    with tenancy.scope(cafe):
        return settling.settle_due()


def local(*parts):
    return datetime(*parts, tzinfo=BERLIN)


def test_a_lot_expires_at_the_very_moment_and_the_run_done_twice_writes_once(cafe, jonas):
    program = makers.points_program(cafe, expiry=MONTH)
    makers.purchase(cafe, jonas, 5000)
    end = local(2026, 4, 13)
    assert run(cafe, end - timedelta(microseconds=1)) == 0
    assert run(cafe, end) == 1
    assert run(cafe, end) == 0
    assert books.entries(cafe, jonas, program) == [("earn", 50, 0), ("expire", -50, 0)]


def test_what_is_left_of_a_lot_expires(cafe, jonas):
    program = makers.points_program(cafe, expiry=MONTH, rewards=[("Krapfen", 50)])
    makers.purchase(cafe, jonas, 15_000)
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get())
    run(cafe, local(2026, 5, 1))
    assert books.entries(cafe, jonas, program)[-1] == ("expire", -100, 0)


def test_what_returns_to_an_expired_lot_expires_in_the_same_run_and_both_are_seen(cafe, jonas):
    program = makers.points_program(cafe, expiry=MONTH, rewards=[("Krapfen", 50)])
    makers.purchase(cafe, jonas, 15_000)
    with tenancy.scope(cafe):
        redemption = redeeming.redeem(member=jonas, reward=Reward.objects.get())
    run(cafe, local(2026, 5, 1))
    with tenancy.scope(cafe):
        redeeming.cancel(redemption)
    assert books.entries(cafe, jonas, program)[-2:] == [("restore", 50, 0), ("expire", -50, 0)]
    assert makers.balance(cafe, jonas, program) == 0


def test_a_verb_settles_what_it_touches_before_anything_else(cafe, jonas):
    program = makers.points_program(cafe, expiry=MONTH, rewards=[("Krapfen", 50)])
    makers.purchase(cafe, jonas, 5000)
    makers.turn_to(cafe, local(2026, 4, 13))
    with books.refused(cafe, "insufficient_balance", balance=0, cost=50, missing=50):
        redeeming.redeem(member=jonas, reward=Reward.objects.get())
    makers.purchase(cafe, jonas, 100)
    assert books.entries(cafe, jonas, program) == [("earn", 50, 0), ("expire", -50, 0), ("earn", 1, 0)]


def test_pending_points_are_spendable_from_the_first_minute_of_their_day(cafe, jonas):
    program = makers.points_program(cafe, pending_days=14, expiry=MONTH)
    makers.purchase(cafe, jonas, 5000)
    start = local(2026, 3, 26)
    assert run(cafe, start - timedelta(seconds=1)) == 0
    assert makers.balance(cafe, jonas, program) == 0
    assert run(cafe, start) == 1
    assert makers.balance(cafe, jonas, program) == 50
    assert books.open_lots(cafe, jonas, program) == [(50, local(2026, 4, 27))], "it counts from day 14"


def test_what_was_activated_and_expired_meanwhile_is_booked_at_its_moments(cafe, jonas):
    program = makers.points_program(cafe, pending_days=14, expiry=MONTH)
    makers.purchase(cafe, jonas, 5000)
    assert run(cafe, local(2027, 1, 1)) == 1
    with tenancy.scope(cafe):
        account = Account.objects.get(program=program)
        assert (account.balance, account.pending, account.next_due_at) == (0, 0, None)
    kinds = [kind for kind, _amount, _pending in books.entries(cafe, jonas, program)]
    assert kinds == ["earn", "activate", "expire"]


def test_activated_points_pay_a_debt_first(cafe, jonas):
    program = makers.points_program(cafe, pending_days=14, rewards=[("Krapfen", 50)])
    bought = makers.purchase(cafe, jonas, 5000)
    run(cafe, NOON + timedelta(days=20))
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get())
    makers.purchase(cafe, jonas, 6000)
    with tenancy.scope(cafe):
        checkout.give_back(bought.purchase)
    account = books.account(cafe, jonas, program)
    assert (account.balance, account.debt, account.pending) == (0, 50, 60)
    run(cafe, NOON + timedelta(days=40))
    assert makers.balance(cafe, jonas, program) == 10


def test_so_many_accounts_as_are_asked_for_and_when_the_next_is_due(cafe, jonas):
    makers.points_program(cafe, expiry=MONTH)
    for member in (jonas, makers.member(cafe, "Ines"), makers.member(cafe, "Mehmet")):
        makers.purchase(cafe, member, 100)
    with tenancy.scope(cafe):
        assert settling.next_due_at() == local(2026, 4, 13)
    makers.turn_to(cafe, local(2026, 4, 13))
    with tenancy.scope(cafe):
        assert [settling.settle_due(limit=2) for _ in range(3)] == [2, 1, 0]
        assert settling.next_due_at() is None


# Inactivity


def test_activity_moves_on_the_end_of_everything_that_is_there(cafe, jonas):
    program = makers.points_program(cafe, expiry={"kind": "inactivity", "months": 12})
    makers.purchase(cafe, jonas, 5000)
    assert books.open_lots(cafe, jonas, program) == [(50, local(2027, 3, 13))]
    makers.turn_to(cafe, local(2026, 6, 1, 12))
    makers.purchase(cafe, jonas, 10)
    assert books.open_lots(cafe, jonas, program) == [(50, local(2027, 6, 2))], (
        "a visit that gave nothing counts"
    )
    assert run(cafe, local(2027, 3, 13)) == 0
    assert run(cafe, local(2027, 6, 2)) == 1
    assert makers.balance(cafe, jonas, program) == 0


def test_redeeming_is_activity_too(cafe, jonas):
    program = makers.points_program(
        cafe, expiry={"kind": "inactivity", "months": 12}, rewards=[("Krapfen", 20)]
    )
    makers.purchase(cafe, jonas, 5000)
    makers.turn_to(cafe, local(2026, 8, 1, 12))
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get())
    assert books.open_lots(cafe, jonas, program) == [(30, local(2027, 8, 2))]


def test_a_purchase_sent_late_does_not_shorten_anything(cafe, jonas):
    program = makers.points_program(cafe, expiry={"kind": "inactivity", "months": 12})
    makers.turn_to(cafe, NOON + timedelta(days=30))
    makers.purchase(cafe, jonas, 5000)
    late = makers.purchase(cafe, jonas, 1000, occurred_at=NOON + timedelta(days=1))
    assert late.credits[0].amount == 10
    ends = {end for _left, end in books.open_lots(cafe, jonas, program)}
    assert local(2027, 4, 12) in ends


# Adjustments


def test_an_adjustment_up_and_down_says_why_and_who(cafe, jonas):
    program = makers.points_program(cafe)
    with tenancy.scope(cafe):
        adjusting.adjust(member=jonas, program=program, amount=10, reason="Kulanz", actor="Aylin")
        adjusting.adjust(member=jonas, program=program, amount=-4, reason="Irrtum", actor="Aylin")
    assert books.entries(cafe, jonas, program) == [("adjust", 10, 0), ("adjust", -4, 0)]
    assert books.account(cafe, jonas, program).lifetime == 0


def test_what_can_be_spent_at_once_expires_counted_from_now(cafe, jonas):
    program = makers.points_program(cafe, pending_days=14, expiry=MONTH)
    with tenancy.scope(cafe):
        adjusting.adjust(member=jonas, program=program, amount=10, reason="Kulanz", actor="Aylin")
    assert books.open_lots(cafe, jonas, program) == [(10, local(2026, 4, 13))]


def test_an_adjustment_stops_at_zero(cafe, jonas):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 300)
    with books.refused(cafe, "insufficient_balance", balance=3, missing=1):
        adjusting.adjust(member=jonas, program=program, amount=-4, reason="Irrtum", actor="Aylin")


@pytest.mark.parametrize(("amount", "reason", "field"), [(5, "  ", "reason"), (0, "Irrtum", "amount")])
def test_an_adjustment_needs_a_reason_and_an_amount(cafe, jonas, amount, reason, field):
    program = makers.points_program(cafe)
    with books.refused(cafe, "invalid") as caught:
        adjusting.adjust(member=jonas, program=program, amount=amount, reason=reason, actor="Aylin")
    assert list(caught.value.facts["field_errors"]) == [field]


def test_stamps_given_by_hand_fill_a_card(cafe, jonas):
    program = makers.punch_card(cafe, stamps_required=3)
    with tenancy.scope(cafe):
        adjusting.adjust(member=jonas, program=program, amount=4, reason="Alte Karte", actor="Aylin")
        assert len(redeeming.open_unlocks(jonas.id)) == 1
    assert makers.balance(cafe, jonas, program) == 1
