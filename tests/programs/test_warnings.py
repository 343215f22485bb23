"""What expires soon is told of beforehand, once for each account, moment and mark."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns import tasks, turning
from campaigns.duties import QUARTER_OF_AN_HOUR
from loyalty import clock, tenancy
from loyalty.celery import app
from loyalty.events.models import Event
from programs import adjusting
from programs.endings import closing, warnings
from programs.endings.models import Warned
from programs.types import points
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def eda(cafe):
    return makers.member(cafe, "Eda Yıldız", email="eda@example.org")


def day(moment):
    return moment.astimezone(BERLIN).date()


def told(cafe):
    """(day on which it was told, amount, last day on which it can be spent, mark)"""
    with tenancy.scope(cafe):
        rows = Warned.objects.order_by("at", "expires_at")
        return [(day(row.at), row.amount, day(row.expires_at - DAY / 2), row.days) for row in rows]


def test_thirty_days_ahead_it_is_told_once_with_all_that_expires_at_that_moment(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "after", "months": 12, "round_to": "month_end"})
    makers.purchase(cafe, eda, 1000)
    makers.purchase(cafe, eda, 500)
    ran = turning.turn(merchant=cafe, to=makers.NOON + 400 * DAY)
    assert ran["warnings"] == 1
    assert told(cafe) == [(date(2027, 3, 2), 15, date(2027, 3, 31), 30)]
    with tenancy.scope(cafe):
        event = Event.objects.get(kind="points.expiring")
    assert {name: event.payload[name] for name in ("amount", "expires_at", "days")} == {
        "amount": 15, "expires_at": "2027-03-31T22:00:00+00:00", "days": 30,
    }  # fmt: skip
    assert event.member_id == eda.id


def test_each_mark_tells_once(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "after", "months": 12}, warn_days=[30, 7])
    makers.purchase(cafe, eda, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 400 * DAY)
    assert told(cafe) == [
        (date(2027, 2, 11), 10, date(2027, 3, 12), 30),
        (date(2027, 3, 6), 10, date(2027, 3, 12), 7),
    ]


def test_what_was_spent_is_not_told(cafe, eda):
    program = makers.points_program(cafe, expiry={"kind": "after", "months": 12})
    makers.purchase(cafe, eda, 1000)
    makers.purchase(cafe, eda, 500)
    with tenancy.scope(cafe):
        adjusting.adjust(member=eda, program=program, amount=-15, reason="Korrektur", actor="Aylin")
    turning.turn(merchant=cafe, to=makers.NOON + 400 * DAY)
    assert told(cafe) == []


def test_inactivity_is_warned_of_and_a_purchase_puts_it_off(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "inactivity", "months": 6})
    makers.purchase(cafe, eda, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 160 * DAY)
    assert told(cafe) == [(date(2026, 8, 14), 10, date(2026, 9, 12), 30)]
    makers.purchase(cafe, eda, 100)
    turning.turn(merchant=cafe, to=makers.NOON + 400 * DAY)
    assert [(day, amount) for day, amount, _last, _mark in told(cafe)] == [
        (date(2026, 8, 14), 10), (date(2027, 1, 21), 11),
    ]  # fmt: skip


def test_where_points_last_a_month_nobody_is_warned_on_the_first_day(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "after", "months": 1})
    makers.purchase(cafe, eda, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + 60 * DAY)
    assert told(cafe) == [(date(2026, 3, 29), 10, date(2026, 4, 12), 15)]


def test_what_comes_when_the_mark_has_passed_is_told_on_the_next_day_at_the_nearest_mark(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "yearly", "month_day": "03-31"}, warn_days=[30, 7])
    makers.purchase(cafe, eda, 1000)
    turning.turn(merchant=cafe, to=makers.NOON + DAY)
    makers.purchase(cafe, eda, 500)
    turning.turn(merchant=cafe, to=makers.NOON + 30 * DAY)
    # Everything of that moment was told of already: what is added to it is told at the next mark.
    assert told(cafe) == [
        (date(2026, 3, 12), 10, date(2026, 3, 31), 30),
        (date(2026, 3, 25), 15, date(2026, 3, 31), 7),
    ]


def test_the_end_of_a_program_is_warned_of_like_an_expiry(cafe, eda):
    program = makers.points_program(cafe)
    makers.purchase(cafe, eda, 1000)
    with tenancy.scope(cafe):
        closing.close(program, redeem_until=makers.NOON + 90 * DAY)
    turning.turn(merchant=cafe, to=makers.NOON + 100 * DAY)
    assert told(cafe) == [(date(2026, 5, 11), 10, date(2026, 6, 10), 30)]


def test_without_marks_nothing_is_told(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "after", "months": 12}, warn_days=[])
    makers.purchase(cafe, eda, 1000)
    assert turning.turn(merchant=cafe, to=makers.NOON + 400 * DAY)["warnings"] == 0


@pytest.mark.parametrize(
    ("expiry", "warn_days", "marks"),
    [
        ({"kind": "never"}, [30], []),
        ({"kind": "yearly", "month_day": "12-31"}, [7, 30, 7], [7, 30]),
        ({"kind": "after", "months": 1}, [30, 7], [7, 15]),
        ({"kind": "inactivity", "months": 1}, [30, 20], [15]),
    ],
)
def test_the_marks_lie_in_the_second_half_of_the_time(expiry, warn_days, marks):
    settings = points.Settings.read({"expiry": expiry, "warn_days": warn_days})
    assert warnings.marks(settings) == (marks or [30])


def test_live_shops_are_looked_through_once_a_day():
    app.conf.task_always_eager = True
    try:
        with clock.at(makers.NOON):
            bakery = shop.live()
            makers.points_program(bakery, expiry={"kind": "after", "months": 12})
            makers.purchase(bakery, shop.guest(bakery), 1000)
        for hour in range(3):
            with clock.at(makers.NOON + 350 * DAY + timedelta(hours=hour)):
                tasks.find_what_is_due(QUARTER_OF_AN_HOUR)
        assert [amount for _day, amount, _last, _mark in told(bakery)] == [10]
    finally:
        app.conf.task_always_eager = False


def test_what_is_about_to_expire_is_known_ahead(cafe, eda):
    makers.points_program(cafe, expiry={"kind": "after", "months": 1})
    makers.purchase(cafe, eda, 1000)
    with tenancy.scope(cafe):
        assert [(one.member_id, one.amount) for one in warnings.about_to_expire(40)] == [(eda.id, 10)]
        assert warnings.about_to_expire(20) == []
