"""Who has work that is due: found across all merchants, without seeing anything else of them."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from campaigns import duties, working
from campaigns.models import Message, MonthlySummaryRun
from loyalty import clock, tenancy
from loyalty.events.models import Event
from loyalty.tenancy import due
from programs.accounts import Account, Unlock
from programs.endings import closing
from tests import makers
from tests.campaigns import shop
from tests.subscriptions import shop as subscriptions

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=10)


@pytest.fixture
def two(noon):
    return shop.live("Bäckerei Feldmann"), shop.live("Café Morgenrot", email="aylin@morgenrot.example")


@pytest.fixture
def noon():
    with clock.at(makers.NOON):
        yield makers.NOON


def all_told(merchant):
    with tenancy.scope(merchant):
        Event.objects.update(relayed_at=clock.now())


def test_merchants_with_news_are_found_until_it_is_told(two):
    bakery, cafe = two
    shop.guest(bakery)
    assert due.with_news() == [bakery.id]
    all_told(bakery)
    shop.guest(cafe)
    assert due.with_news() == [cafe.id]


def test_sandboxes_have_news_too(noon):
    sandbox = makers.merchant()
    shop.guest(sandbox)
    assert due.with_news() == [sandbox.id]


def test_merchants_with_due_messages_are_found_from_that_moment_on(two):
    bakery, cafe = two
    shop.due_message(bakery, shop.guest(bakery))
    shop.due_message(cafe, shop.guest(cafe), due_at=makers.NOON + timedelta(hours=1))
    assert due.with_messages(LEASE) == [bakery.id]
    with clock.at(makers.NOON + timedelta(hours=1)):
        assert due.with_messages(LEASE) == sorted([bakery.id, cafe.id])


def test_what_a_worker_has_claimed_is_not_due_until_its_lease_ends(two):
    bakery, _cafe = two
    shop.due_message(bakery, shop.guest(bakery))
    with tenancy.scope(bakery):
        Message.objects.update(claimed_at=makers.NOON)
    assert due.with_messages(LEASE) == []
    with clock.at(makers.NOON + LEASE + timedelta(seconds=1)):
        assert due.with_messages(LEASE) == [bakery.id]


def test_what_a_dead_worker_left_on_its_way_is_found(two):
    bakery, _cafe = two
    shop.due_message(bakery, shop.guest(bakery))
    with tenancy.scope(bakery):
        Message.objects.update(status="sending", claimed_at=makers.NOON)
    assert due.with_messages(LEASE) == []
    with clock.at(makers.NOON + LEASE + timedelta(seconds=1)):
        assert due.with_messages(LEASE) == [bakery.id]


def test_sandboxes_have_no_due_messages_their_clock_is_turned(noon):
    sandbox = makers.merchant()
    shop.due_message(sandbox, shop.guest(sandbox))
    assert due.with_messages(LEASE) == []


def test_merchants_with_accounts_to_settle_are_found_when_something_is_due(two):
    bakery, _cafe = two
    makers.points_program(bakery)
    shop.guest(bakery)
    with tenancy.scope(bakery):
        Account.objects.update(next_due_at=makers.NOON + timedelta(days=1))
    assert due.with_accounts_to_settle() == []
    with clock.at(makers.NOON + timedelta(days=1)):
        assert due.with_accounts_to_settle() == [bakery.id]


def test_merchants_with_subscriptions_to_renew_are_found_when_a_period_ends(two):
    bakery, _cafe = two
    program = subscriptions.club(bakery)
    hers = subscriptions.subscribe(bakery, shop.guest(bakery), program)
    assert due.with_subscriptions_due() == []
    with clock.at(hers.period_ends_at):
        assert due.with_subscriptions_due() == [bakery.id]


def test_merchants_are_found_when_a_program_of_theirs_ends_and_when_its_last_day_comes(two):
    bakery, _cafe = two
    program = makers.points_program(bakery)
    day = timedelta(days=1)
    with clock.at(makers.NOON + day), tenancy.scope(bakery):
        closing.close(program, ends_at=makers.NOON + 2 * day, redeem_until=makers.NOON + 4 * day)
    assert due.with_endings() == []
    for number, found in ((2, [bakery.id]), (3, []), (4, [bakery.id]), (5, [])):
        with clock.at(makers.NOON + number * day):
            assert due.with_endings() == found
            for merchant_id in found:
                while duties.do("endings", merchant_id):
                    pass


def test_merchants_with_levels_to_review_are_found(two):
    bakery, _cafe = two
    makers.points_program(bakery)
    shop.guest(bakery)
    with tenancy.scope(bakery):
        Account.objects.update(review_at=makers.NOON + timedelta(days=1))
    assert due.with_levels_to_review() == []
    with clock.at(makers.NOON + timedelta(days=1)):
        assert due.with_levels_to_review() == [bakery.id]


def test_merchants_with_rewards_to_hand_out_are_found(two):
    bakery, _cafe = two
    makers.punch_card(bakery, stamps_required=1)
    makers.purchase(bakery, shop.guest(bakery))
    assert due.with_rewards_to_hand_out() == []
    with tenancy.scope(bakery):
        Unlock.objects.update(as_voucher=True)
    assert due.with_rewards_to_hand_out() == [bakery.id]
    assert duties.do("rewards", bakery.id) is False
    assert due.with_rewards_to_hand_out() == []


def test_merchants_whose_accounts_were_looked_through_today_are_known(two):
    bakery, cafe = two
    duties.do("warnings", bakery.id)
    assert due.with_expiries_looked_at() == [bakery.id]
    assert working.merchants_to_warn() == [cafe.id]
    with clock.at(makers.NOON + timedelta(days=1)):
        assert due.with_expiries_looked_at() == []


def test_finished_summaries_are_found_by_their_month(two):
    bakery, cafe = two
    february = makers.NOON.date().replace(month=2, day=1)
    for merchant, finished_at in ((bakery, makers.NOON), (cafe, None)):
        with tenancy.scope(merchant):
            MonthlySummaryRun.objects.create(month=february, finished_at=finished_at)
    assert due.with_summaries_finished(february) == [bakery.id]


def test_the_scan_role_sees_no_names_and_no_figures(two):
    bakery, _cafe = two
    shop.due_message(bakery, shop.guest(bakery))
    for forbidden in (
        "SELECT figures FROM campaigns_message",
        "SELECT payload FROM events_event",
        "SELECT balance FROM programs_account",
        "SELECT name FROM members_member",
        "UPDATE campaigns_message SET status = 'sent'",
    ):
        with (
            pytest.raises(Error, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SET LOCAL ROLE stammgast_scan")
            cursor.execute(forbidden)


def test_after_looking_the_runtime_role_is_itself_again(two):
    due.with_news()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("stammgast_app",)
