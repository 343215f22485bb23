"""Points from one member to another: with their dates, out of what can be spent, and never below zero."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.events.models import Event
from members import privacy
from members.models import Member
from programs import adjusting, transferring
from programs.models import Account, Lot, Unlock
from rewards import catalogue as rewards
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


@pytest.fixture
def ines(cafe):
    return makers.member(cafe, "Ines Kolb")


def give(cafe, member, to, program, amount):
    with tenancy.scope(cafe):
        return transferring.transfer(member=member, to=to, program=program, amount=amount, actor="Aylin")


def stamps(cafe, member, card, count):
    with tenancy.scope(cafe):
        adjusting.adjust(member=member, program=card, amount=count, reason="Alte Karte", actor="Aylin")


def unlocked(cafe, member):
    with tenancy.scope(cafe):
        found = Unlock.objects.filter(member_id=member.id).order_by("id")
        return list(found.values_list("position", "status"))


def test_lots_keep_their_dates_and_the_first_to_expire_goes_first(cafe, jonas, ines):
    program = makers.points_program(cafe, expiry=MONTH)
    makers.purchase(cafe, jonas, 10_000)
    makers.turn_to(cafe, NOON + timedelta(days=15))
    makers.purchase(cafe, jonas, 8_000)
    give(cafe, jonas, ines, program, 130)
    first, second = datetime(2026, 4, 13, tzinfo=BERLIN), datetime(2026, 4, 28, tzinfo=BERLIN)
    assert books.open_lots(cafe, ines, program) == [(100, first), (30, second)]
    assert books.open_lots(cafe, jonas, program) == [(50, second)]
    assert books.entries(cafe, jonas, program)[-1] == ("transfer_out", -130, 0)
    assert books.entries(cafe, ines, program) == [("transfer_in", 130, 0)]
    assert books.account(cafe, ines, program).lifetime == 0, "it was earned by somebody else"


def test_what_was_given_expires_at_the_receiver_when_it_would_have_at_the_giver(cafe, jonas, ines):
    program = makers.points_program(cafe, expiry=MONTH)
    makers.purchase(cafe, jonas, 10_000)
    give(cafe, jonas, ines, program, 40)
    makers.turn_to(cafe, datetime(2026, 4, 13, tzinfo=BERLIN))
    makers.purchase(cafe, ines, 100)
    assert books.entries(cafe, ines, program) == [("transfer_in", 40, 0), ("expire", -40, 0), ("earn", 1, 0)]


def test_it_is_told_to_others_with_both_entries(cafe, jonas, ines):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 5000)
    done = give(cafe, jonas, ines, program, 20)
    with tenancy.scope(cafe):
        event = Event.objects.get(kind="points.transferred")
    assert event.member_id == jonas.id
    assert event.payload == {
        "member": jonas.public_id, "to": ines.public_id, "program": program.public_id, "amount": 20,
        "entries": [f"ent_{done.given.id.hex}", f"ent_{done.received.id.hex}"],
    }  # fmt: skip


@pytest.mark.parametrize("amount", [51, 100])
def test_more_than_can_be_spent_is_refused(cafe, jonas, ines, amount):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 5000)
    with books.refused(cafe, "insufficient_balance", balance=50, cost=amount, missing=amount - 50):
        transferring.transfer(member=jonas, to=ines, program=program, amount=amount)


def test_what_is_pending_cannot_be_given(cafe, jonas, ines):
    program = makers.points_program(cafe, pending_days=14)
    makers.purchase(cafe, jonas, 5000)
    with books.refused(cafe, "insufficient_balance", balance=0, cost=10):
        transferring.transfer(member=jonas, to=ines, program=program, amount=10)


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_and_less_cannot_be_given(cafe, jonas, ines, amount):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 5000)
    with tenancy.scope(cafe), pytest.raises(Invalid) as refused:
        transferring.transfer(member=jonas, to=ines, program=program, amount=amount)
    assert list(refused.value.facts["field_errors"]) == ["amount"]


def test_nobody_gives_to_themselves_also_not_by_an_older_card(cafe, jonas, ines):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 5000)
    with books.refused(cafe, "same_member"):
        transferring.transfer(member=jonas, to=jonas, program=program, amount=10)
    with tenancy.scope(cafe):
        Member.objects.filter(id=ines.id).update(status="merged", merged_into=jonas)
        ines.refresh_from_db()
    with books.refused(cafe, "same_member"):
        transferring.transfer(member=jonas, to=ines, program=program, amount=10)


def test_who_has_left_receives_nothing_and_gives_nothing(cafe, jonas, ines):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 5000)
    with tenancy.scope(cafe):
        privacy.erase(ines)
    with books.refused(cafe, "not_eligible", member=ines.public_id):
        transferring.transfer(member=jonas, to=ines, program=program, amount=10)
    with books.refused(cafe, "not_eligible", member=ines.public_id):
        transferring.transfer(member=ines, to=jonas, program=program, amount=10)


def test_where_members_enrol_by_themselves_nobody_is_enrolled_by_a_gift(cafe, jonas, ines):
    with tenancy.scope(cafe):
        program = rewards.create_program(type="points", name="Stammtisch", auto_enrol=False)
        Account.objects.create(member=jonas, program=program)
    makers.purchase(cafe, jonas, 5000)
    with books.refused(cafe, "not_eligible", member=ines.public_id):
        transferring.transfer(member=jonas, to=ines, program=program, amount=10)


def test_what_was_given_away_was_spent_and_a_refund_makes_a_debt_of_it(cafe, jonas, ines):
    program = makers.points_program(cafe)
    bought = makers.purchase(cafe, jonas, 5000)
    give(cafe, jonas, ines, program, 50)
    with tenancy.scope(cafe):
        checkout.give_back(bought.purchase)
        assert Lot.objects.get(account__member=ines).purchase_id is None
    assert makers.balance(cafe, jonas, program) == -50
    assert makers.balance(cafe, ines, program) == 50


def test_a_debt_of_the_receiver_is_paid_first(cafe, jonas, ines):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 5000)
    bought = makers.purchase(cafe, ines, 3000)
    give(cafe, ines, jonas, program, 30)
    with tenancy.scope(cafe):
        checkout.give_back(bought.purchase)
    give(cafe, jonas, ines, program, 40)
    account = books.account(cafe, ines, program)
    assert (account.balance, account.debt) == (10, 0)


def test_a_transfer_is_activity_and_prolongs_both_sides(cafe, jonas, ines):
    program = makers.points_program(cafe, expiry={"kind": "inactivity", "months": 1})
    makers.purchase(cafe, jonas, 5000)
    makers.purchase(cafe, ines, 1000)
    makers.turn_to(cafe, NOON + timedelta(days=20))
    give(cafe, jonas, ines, program, 20)
    end = datetime(2026, 5, 2, tzinfo=BERLIN)
    assert books.open_lots(cafe, jonas, program) == [(30, end)]
    assert books.open_lots(cafe, ines, program) == [(10, end), (20, end)]


def test_stamps_fill_the_card_of_the_receiver(cafe, jonas, ines):
    card = makers.punch_card(cafe)
    stamps(cafe, jonas, card, 7)
    stamps(cafe, ines, card, 6)
    give(cafe, jonas, ines, card, 5)
    assert makers.balance(cafe, ines, card) == 1
    assert unlocked(cafe, ines) == [(10, "open")]
    assert makers.balance(cafe, jonas, card) == 2


STEP = [{"at": 5, "reward": {"name": "Ein Keks"}}]


def test_a_reward_on_the_way_goes_with_the_stamps_that_reached_it(cafe, jonas, ines):
    card = makers.punch_card(cafe, interim=STEP)
    stamps(cafe, jonas, card, 6)
    give(cafe, jonas, ines, card, 2)
    assert unlocked(cafe, jonas) == [(5, "withdrawn")]
    give(cafe, ines, jonas, card, 2)
    assert unlocked(cafe, jonas) == [(5, "withdrawn"), (5, "open")]


def test_stamps_whose_reward_on_the_way_was_taken_stay_on_the_card(cafe, jonas, ines):
    card = makers.punch_card(cafe, interim=STEP)
    stamps(cafe, jonas, card, 6)
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get(name="Ein Keks"))
    with books.refused(cafe, "insufficient_balance", balance=1, cost=2, missing=1):
        transferring.transfer(member=jonas, to=ines, program=card, amount=2)
    give(cafe, jonas, ines, card, 1)
    assert unlocked(cafe, jonas) == [(5, "taken")]


def test_rewards_of_earlier_cards_bind_no_stamps_of_the_next(cafe, jonas, ines):
    card = makers.punch_card(cafe, interim=STEP)
    stamps(cafe, jonas, card, 5)
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get(name="Ein Keks"))
    stamps(cafe, jonas, card, 8)
    give(cafe, jonas, ines, card, 3)
    assert makers.balance(cafe, jonas, card) == 0
    assert unlocked(cafe, jonas) == [(5, "taken"), (10, "open")]


def test_a_full_card_that_waits_is_full_no_more_without_its_stamps(cafe, jonas, ines):
    card = makers.punch_card(cafe, overflow="cap")
    stamps(cafe, jonas, card, 10)
    give(cafe, jonas, ines, card, 1)
    assert unlocked(cafe, jonas) == [(10, "withdrawn")]
    assert makers.balance(cafe, jonas, card) == 9
