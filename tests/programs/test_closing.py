"""Programs end with notice: earning stops, what is there can be spent for a while, then it expires. And open again."""

from datetime import timedelta

import pytest

from campaigns import turning
from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.events.models import Event
from programs import catalogue, checking
from programs.accounts import Account, Entry, Lot
from programs.endings import closing
from programs.endings.models import LastDay
from programs.models import Program
from programs.sheet import InsufficientBalance
from rewards import redeeming, standing
from rewards.models import Reward
from tests import makers

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def eda(cafe):
    return makers.member(cafe, "Eda Yıldız", email="eda@example.org")


@pytest.fixture
def points(cafe, eda):
    program = makers.points_program(cafe, rewards=[("Landbrot", 40)])
    makers.purchase(cafe, eda, 10000)
    return program


def close(cafe, program, **dates):
    with tenancy.scope(cafe):
        return closing.close(program, **dates)


def reopen(cafe, program):
    with tenancy.scope(cafe):
        return closing.reopen(program)


def fresh(cafe, program):
    with tenancy.scope(cafe):
        return Program.objects.get(id=program.id)


def entries(cafe):
    with tenancy.scope(cafe):
        rows = Entry.objects.order_by("account", "number")
        return [
            (kind, amount, at - makers.NOON) for kind, amount, at in rows.values_list("kind", "amount", "at")
        ]


def redeem(cafe, member):
    with tenancy.scope(cafe):
        return redeeming.redeem(member=member, reward=Reward.objects.get())


def earned(cafe, member, amount_minor=500, **sale):
    return [one.amount for one in makers.purchase(cafe, member, amount_minor, **sale).credits]


def test_closed_at_once_nothing_is_earned_any_more_and_points_stay_spendable(cafe, eda, points):
    close(cafe, points)
    assert earned(cafe, eda) == []
    assert redeem(cafe, eda).cost == 40
    assert makers.balance(cafe, eda, points) == 60
    turning.turn(merchant=cafe, to=makers.NOON + 700 * DAY)
    assert makers.balance(cafe, eda, points) == 60


def test_with_notice_it_is_earned_until_the_end_and_spent_until_the_last_day_and_then_it_expires(
    cafe, eda, points
):
    close(cafe, points, ends_at=makers.NOON + 10 * DAY, redeem_until=makers.NOON + 20 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 9 * DAY)
    assert earned(cafe, eda) == [5]
    ran = turning.turn(merchant=cafe, to=makers.NOON + 19 * DAY)
    assert ran["program_ends"] == 1
    assert fresh(cafe, points).status == "closed"
    assert earned(cafe, eda) == []
    assert redeem(cafe, eda).cost == 40
    ran = turning.turn(merchant=cafe, to=makers.NOON + 30 * DAY)
    assert ran["expiries"] == 1
    assert entries(cafe)[-1] == ("expire", -65, 20 * DAY)
    with pytest.raises(InsufficientBalance):
        redeem(cafe, eda)
    with tenancy.scope(cafe):
        assert standing.of(eda) == []
        assert not LastDay.objects.exists()
        assert list(checking.check()) == []


def test_what_expires_sooner_by_itself_does(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "after", "months": 1})
    makers.purchase(cafe, eda, 1000)
    with tenancy.scope(cafe):
        program = Program.objects.get()
    close(cafe, program, redeem_until=makers.NOON + 60 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 90 * DAY)
    # 12 April 24:00 in Berlin, and not the last day in May.
    assert [(kind, amount) for kind, amount, _at in entries(cafe)] == [("earn", 10), ("expire", -10)]
    assert entries(cafe)[-1][2] < 32 * DAY


def test_who_spends_at_the_last_moment_can_and_a_moment_later_cannot_even_if_no_worker_ran(cafe, eda, points):
    close(cafe, points, redeem_until=makers.NOON + DAY)
    makers.turn_to(cafe, makers.NOON + DAY - timedelta(microseconds=1))
    assert redeem(cafe, eda).cost == 40
    makers.turn_to(cafe, makers.NOON + DAY)
    with pytest.raises(InsufficientBalance) as refused:
        redeem(cafe, eda)
    assert refused.value.facts["balance"] == 0


def test_the_card_says_until_when_points_can_be_spent_and_promises_no_next_reward(cafe, eda, points):
    close(cafe, points, redeem_until=makers.NOON + 20 * DAY)
    with tenancy.scope(cafe):
        one = standing.of(eda)[0]
    assert one.expiring == [(100, makers.NOON + 20 * DAY)]
    assert [reward.name for reward in one.reachable] == ["Landbrot"]
    assert one.next_reward is None


def test_opened_again_everything_has_its_own_dates_again(cafe, eda):
    program = makers.points_program(cafe, expiry={"kind": "after", "months": 2})
    makers.purchase(cafe, eda, 1000)
    with tenancy.scope(cafe):
        before = list(Lot.objects.values_list("remaining", "expires_at"))
    close(cafe, program, redeem_until=makers.NOON + 20 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 10 * DAY)
    reopen(cafe, program)
    assert earned(cafe, eda) == [5]
    turning.turn(merchant=cafe, to=makers.NOON + 30 * DAY)
    assert makers.balance(cafe, eda, program) == 15
    with tenancy.scope(cafe):
        assert Lot.objects.order_by("id").values_list("remaining", "expires_at").first() == before[0]
        row = Program.objects.get()
        assert (row.status, row.ends_at, row.redeem_until) == ("active", None, None)


def test_an_announced_end_is_taken_back_before_it_comes(cafe, eda, points):
    close(cafe, points, ends_at=makers.NOON + 10 * DAY, redeem_until=makers.NOON + 20 * DAY)
    reopen(cafe, points)
    turning.turn(merchant=cafe, to=makers.NOON + 40 * DAY)
    assert earned(cafe, eda) == [5]
    assert makers.balance(cafe, eda, points) == 105


def test_after_the_last_day_it_stays_closed(cafe, eda, points):
    close(cafe, points, redeem_until=makers.NOON + DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 2 * DAY)
    for verb in (reopen, close):
        with pytest.raises(closing.NoticeOver) as refused:
            verb(cafe, points)
        assert refused.value.code == "notice_over"


def test_the_last_day_is_moved_while_the_notice_runs(cafe, eda, points):
    close(cafe, points, redeem_until=makers.NOON + 10 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 5 * DAY)
    close(cafe, points, redeem_until=makers.NOON + 30 * DAY)
    assert fresh(cafe, points).ends_at == makers.NOON
    turning.turn(merchant=cafe, to=makers.NOON + 20 * DAY)
    assert makers.balance(cafe, eda, points) == 100
    turning.turn(merchant=cafe, to=makers.NOON + 31 * DAY)
    assert entries(cafe)[-1] == ("expire", -100, 30 * DAY)


def test_pending_points_and_what_a_cancellation_returns_are_cut_too(cafe, eda):
    program = makers.points_program(cafe, rewards=[("Landbrot", 40)], pending_days=14)
    makers.purchase(cafe, eda, 5000)
    turning.turn(merchant=cafe, to=makers.NOON + 14 * DAY)
    taken = redeem(cafe, eda)
    makers.purchase(cafe, eda, 700)
    close(cafe, program, redeem_until=makers.NOON + 20 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 21 * DAY)
    with tenancy.scope(cafe):
        redeeming.cancel(taken)
        assert Account.objects.get().balance == 0
    turning.turn(merchant=cafe, to=makers.NOON + 40 * DAY)
    with tenancy.scope(cafe):
        row = Account.objects.get()
        assert (row.balance, row.pending, row.next_due_at) == (0, 0, None)
        assert list(checking.check()) == []
    assert [(kind, amount) for kind, amount, _at in entries(cafe)] == [
        ("earn", 0), ("activate", 50), ("redeem", -40), ("earn", 0), ("expire", -10), ("restore", 40), ("expire", -40),
        ("activate", 7), ("expire", -7),
    ]  # fmt: skip


def test_a_purchase_sent_late_earns_what_it_deserved_and_expires_at_once_after_the_last_day(
    cafe, eda, points
):
    turning.turn(merchant=cafe, to=makers.NOON + 2 * DAY)
    close(cafe, points, redeem_until=makers.NOON + 10 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 3 * DAY)
    assert earned(cafe, eda, occurred_at=makers.NOON + DAY) == [5]
    assert makers.balance(cafe, eda, points) == 105
    turning.turn(merchant=cafe, to=makers.NOON + 11 * DAY)
    assert earned(cafe, eda, occurred_at=makers.NOON + DAY) == [5]
    assert [(kind, amount) for kind, amount, _at in entries(cafe)][-2:] == [("earn", 5), ("expire", -5)]


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({"ends_at": makers.NOON - DAY}, "ends_at"),
        ({"redeem_until": makers.NOON}, "redeem_until"),
        ({"ends_at": makers.NOON + 2 * DAY, "redeem_until": makers.NOON + DAY}, "redeem_until"),
    ],
)
def test_impossible_dates_are_refused_and_nothing_changes(cafe, points, dates, field):
    with pytest.raises(Invalid) as refused:
        close(cafe, points, **dates)
    assert list(refused.value.facts["field_errors"]) == [field]
    assert fresh(cafe, points).status == "active"
    assert fresh(cafe, points).ends_at is None


def test_a_draft_earns_nothing_and_begins_when_it_is_started(cafe, eda):
    with tenancy.scope(cafe):
        program = catalogue.create(type="points", name="Brotpunkte", status="draft")
    assert earned(cafe, eda) == []
    turning.turn(merchant=cafe, to=makers.NOON + 5 * DAY)
    with tenancy.scope(cafe):
        closing.set_status(program, "active")
    assert fresh(cafe, program).starts_at == makers.NOON + 5 * DAY
    assert earned(cafe, eda) == [5]
    # What was bought while it was a draft, and is sent late, earns nothing either.
    assert earned(cafe, eda, occurred_at=makers.NOON + DAY) == []


def test_a_draft_keeps_a_start_that_was_chosen_to_be_earlier(cafe, eda):
    with tenancy.scope(cafe):
        program = catalogue.create(
            type="points", name="Brotpunkte", status="draft", starts_at=makers.NOON - 90 * DAY
        )
        closing.set_status(program, "active")
    assert earned(cafe, eda, occurred_at=makers.NOON - 30 * DAY) == [5]


def test_a_program_with_accounts_is_no_draft_any_more(cafe, points):
    with tenancy.scope(cafe), pytest.raises(closing.ProgramHasStarted):
        closing.set_status(points, "draft")
    assert fresh(cafe, points).status == "active"


def test_closing_opening_and_the_end_itself_are_news(cafe, points):
    close(cafe, points, ends_at=makers.NOON + DAY, redeem_until=makers.NOON + 2 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + DAY)
    reopen(cafe, points)
    with tenancy.scope(cafe):
        rows = Event.objects.filter(
            kind__in=["program.closing", "program.closed", "program.reopened"]
        ).order_by("id")
        told = [(row.kind, row.payload.get("redeem_until")) for row in rows]
    assert told == [
        ("program.closing", (makers.NOON + 2 * DAY).isoformat()), ("program.closed", None), ("program.reopened", None)
    ]  # fmt: skip
