"""Monthly summaries: whose, when, once; with figures that add up; in chunks that resume."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import messages, preparing
from campaigns.models import MonthlySummaryRun
from loyalty import clock, tenancy
from members import consents
from programs import adjusting
from rewards import checkout, redeeming
from rewards.models import Reward
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
FIRST_OF_APRIL = datetime(2026, 3, 31, 22, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return shop.guest(cafe)


def prepared(cafe, at=FIRST_OF_APRIL):
    makers.turn_to(cafe, at)
    preparing.prepare(cafe, MARCH)
    return shop.messages(cafe, campaign="monthly_summary")


def test_the_four_figures_and_the_corrections_add_up_to_the_balance(cafe, jonas):
    program = makers.points_program(cafe, rewards=[("Zwei Brötchen", 40), ("Landbrot", 150)])
    makers.purchase(cafe, jonas, 10000)
    returned = makers.purchase(cafe, jonas, 4000).purchase
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get(name="Zwei Brötchen"))
        checkout.give_back(returned, amount_minor=1000)
        adjusting.adjust(member=jonas, program=program, amount=7, reason="Entschuldigung", actor="Aylin")
    (message,) = prepared(cafe)
    (account,) = message.figures["accounts"]
    names = ("added", "redeemed", "taken_back", "expired", "corrected", "balance")
    assert {name: account[name] for name in names} == {
        "added": 140, "redeemed": -40, "taken_back": -10, "expired": 0, "corrected": 7, "balance": 97,
    }  # fmt: skip
    assert account["next"] == {"reward": "Landbrot", "at": 150, "missing": 53, "visits": 1}
    assert account["within_reach"] == [{"reward": "Zwei Brötchen", "cost": 40}]
    assert message.figures["month"] == "2026-03-01"


def test_only_what_happened_in_that_month_counts(cafe, jonas):
    makers.points_program(cafe)
    makers.purchase(cafe, jonas, 1000)
    makers.turn_to(cafe, FIRST_OF_APRIL - timedelta(seconds=1))
    makers.purchase(cafe, jonas, 2000)
    makers.turn_to(cafe, FIRST_OF_APRIL)
    makers.purchase(cafe, jonas, 4000)
    (account,) = prepared(cafe)[0].figures["accounts"]
    assert (account["added"], account["balance"]) == (30, 70)


def test_what_expires_soon_says_when_and_what_to_do(cafe, jonas):
    makers.points_program(
        cafe, rewards=[("Zwei Brötchen", 40), ("Landbrot", 150)], expiry={"kind": "after", "months": 1}
    )
    makers.purchase(cafe, jonas, 5000)
    (account,) = prepared(cafe)[0].figures["accounts"]
    assert account["expiring"] == {
        "amount": 50,
        "at": "2026-04-12T22:00:00+00:00",
        "help": {"kind": "enough", "reward": "Zwei Brötchen"},
    }


@pytest.mark.parametrize(
    ("rewards", "settings", "advice"),
    [
        ([("Landbrot", 60)], {"kind": "after"}, {"kind": "next_purchase", "reward": "Landbrot"}),
        ([("Landbrot", 500)], {"kind": "inactivity"}, {"kind": "keep_by_buying", "reward": ""}),
        ([("Landbrot", 500)], {"kind": "after"}, None),
    ],
)
def test_what_can_be_done_about_expiring_points(cafe, jonas, rewards, settings, advice):
    makers.points_program(cafe, rewards=rewards, expiry=settings | {"months": 1})
    makers.purchase(cafe, jonas, 5000)
    assert prepared(cafe)[0].figures["accounts"][0]["expiring"]["help"] == advice


def test_a_reward_the_guest_may_not_have_again_is_not_within_reach(cafe, jonas):
    makers.points_program(cafe, rewards=[("Zwei Brötchen", 10)])
    with tenancy.scope(cafe):
        Reward.objects.update(per_member=1)
    makers.purchase(cafe, jonas, 5000)
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get())
    assert prepared(cafe)[0].figures["accounts"][0]["within_reach"] == []


def test_a_punch_card_tells_its_stamps_and_the_reward_that_is_ready(cafe, jonas):
    makers.punch_card(cafe, stamps_required=3)
    for _ in range(4):
        makers.purchase(cafe, jonas, 500)
    (account,) = prepared(cafe)[0].figures["accounts"]
    assert (account["balance"], account["added"], account["redeemed"]) == (1, 4, -3)
    assert account["unlocked"] == ["Ein Kaffee nach Wahl"]
    assert account["next"] == {"reward": "Ein Kaffee nach Wahl", "at": 3, "missing": 2, "visits": 2}


def test_it_is_due_at_nine_where_the_guest_is(cafe, jonas):
    makers.points_program(cafe)
    eda = shop.guest(cafe, "Eda", "eda@example.org")
    for member in (jonas, eda):
        makers.purchase(cafe, member)
    shop.move(cafe, eda, "America/New_York")
    due = {message.member_id: message.due_at for message in prepared(cafe)}
    assert due == {
        jonas.id: datetime(2026, 4, 1, 7, tzinfo=UTC),
        eda.id: datetime(2026, 4, 1, 13, tzinfo=UTC),
    }


def test_it_goes_to_those_who_confirmed_have_an_address_and_an_account(cafe):
    makers.points_program(cafe)
    ticked = [{"purpose": "email_marketing", "given": True, "confirmed": False}]
    wants = shop.guest(cafe, "wants", "wants@example.org")
    shop.guest(cafe, "never asked", "never@example.org", consents=())
    shop.guest(cafe, "not confirmed", "ticked@example.org", consents=ticked)
    shop.guest(cafe, "no address", "", phone="0341 1234567")
    withdrew = shop.guest(cafe, "withdrew", "withdrew@example.org")
    with tenancy.scope(cafe):
        consents.withdraw(withdrew, "email_marketing", evidence={})
    assert [message.member_id for message in prepared(cafe)] == [wants.id]


def test_who_joined_after_the_month_gets_none_of_it(cafe):
    makers.points_program(cafe)
    makers.turn_to(cafe, FIRST_OF_APRIL)
    shop.guest(cafe)
    assert prepared(cafe) == []


def test_a_second_run_changes_nothing(cafe, jonas):
    makers.points_program(cafe)
    makers.purchase(cafe, jonas, 1000)
    assert len(prepared(cafe)) == 1
    makers.purchase(cafe, jonas, 1000)
    assert preparing.prepare(cafe, MARCH) == 0
    assert len(shop.messages(cafe, campaign="monthly_summary")) == 1


def test_a_run_that_broke_off_goes_on_where_it_was(cafe, monkeypatch):
    makers.points_program(cafe)
    guests = [shop.guest(cafe, email=f"guest{n}@example.org") for n in range(5)]
    monkeypatch.setattr(preparing, "CHUNK", 2)
    makers.turn_to(cafe, FIRST_OF_APRIL)
    assert preparing.prepare_chunk(cafe, MARCH) == 2
    with tenancy.scope(cafe):
        run = MonthlySummaryRun.objects.get()
        assert (run.after_member_id, run.finished_at) == (guests[1].id, None)
    assert preparing.prepare(cafe, MARCH) == 3
    found = shop.messages(cafe, campaign="monthly_summary")
    assert sorted(message.member_id for message in found) == sorted(guest.id for guest in guests)
    with tenancy.scope(cafe):
        assert MonthlySummaryRun.objects.get().finished_at == FIRST_OF_APRIL


def test_a_chunk_takes_the_same_statements_for_three_members_as_for_thirty(
    cafe, monkeypatch, django_assert_num_queries
):
    makers.points_program(cafe, rewards=[("Landbrot", 150)], expiry={"kind": "after", "months": 2})
    makers.punch_card(cafe)
    for number in range(33):
        makers.purchase(cafe, shop.guest(cafe, email=f"guest{number}@example.org"), 1000)
    makers.turn_to(cafe, FIRST_OF_APRIL)
    monkeypatch.setattr(preparing, "CHUNK", 3)
    with CaptureQueriesContext(connection) as seen:
        assert preparing.prepare_chunk(cafe, MARCH) == 3
    assert len(seen) <= 20
    monkeypatch.setattr(preparing, "CHUNK", 30)
    with django_assert_num_queries(len(seen)):
        assert preparing.prepare_chunk(cafe, MARCH) == 30


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-03-31T21:59:59+00:00", None),
        ("2026-03-31T22:00:00+00:00", date(2026, 3, 1)),
        ("2026-04-07T21:59:59+00:00", date(2026, 3, 1)),
        ("2026-04-07T22:00:00+00:00", None),
    ],
)
def test_it_is_due_from_the_first_on_in_the_shops_calendar_for_a_week(cafe, now, month):
    with clock.at(datetime.fromisoformat(now)):
        assert preparing.month_due(cafe) == month


def test_a_shop_that_opened_this_month_has_no_last_month(cafe):
    with clock.at(makers.NOON + DAY):
        assert preparing.month_due(cafe) is None
    opened = makers.merchant("Neu", email="neu@example.org", at=FIRST_OF_APRIL)
    with clock.at(FIRST_OF_APRIL + DAY):
        assert preparing.month_due(opened) is None


def test_a_message_of_an_occasion_is_written_once(cafe, jonas):
    makers.points_program(cafe)
    makers.purchase(cafe, jonas, 1000)
    (first,) = prepared(cafe)
    with tenancy.scope(cafe):
        again = messages.send_now(preparing.CAMPAIGN, jonas, occasion="2026-03")
    assert again.id == first.id
