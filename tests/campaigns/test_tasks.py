"""Work in the background, with a real queue and a real worker: every task finds its work by asking."""

import multiprocessing
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from campaigns import duties, tasks, working
from loyalty import clock, tenancy
from loyalty.celery import RECURRING, app
from loyalty.tenancy.tasks import MerchantTask
from programs.accounts import Account, Entry
from tests import makers
from tests.campaigns import shop
from tests.campaigns.test_crashes import wait_until_alone


@pytest.fixture
def at_once():
    """Tasks are done when they are sent, in this process."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def worker(real_database, office, worker_id):
    """A real worker in a process of its own, on a queue of its own."""
    app.conf.task_default_queue = f"celery-{worker_id}"
    wait_until_alone()
    argv = ["worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = multiprocessing.get_context("fork").Process(target=app.worker_main, args=(argv,))
    process.start()
    yield process
    process.kill()
    process.join()
    wait_until_alone()
    app.control.purge()


def test_news_becomes_a_mail_through_queue_and_worker(worker, office):
    bakery = shop.live(timezone=shop.where_it_is_noon())
    shop.guest(bakery, consents=())
    # The worker does one task after the other, in this order.
    tasks.do.delay("news", str(bakery.id))
    tasks.do.delay("messages", str(bakery.id))
    assert office.wait_for(1)
    assert office.recipients() == ["jonas@example.org"]


def test_every_recurring_task_is_one_that_a_worker_knows():
    app.loader.import_default_modules()
    assert {task for task, _seconds in RECURRING.values()} <= set(app.tasks)


def test_beat_looks_at_each_duty_in_its_rhythm():
    rhythms = {
        row["args"]
        for row in app.conf.beat_schedule.values()
        if row["task"] == "campaigns.tasks.find_what_is_due"
    }
    assert {(duty.every,) for duty in duties.TABLE} <= rhythms


def test_the_queue_is_the_embedded_one():
    assert app.conf.broker_url.startswith("redis+socket:///")
    assert settings.CELERY_TASK_ACKS_LATE is True


@pytest.mark.django_db
def test_relaying_and_sending_take_each_merchant_in_turn(noon, office, at_once):
    bakery, cafe = shop.live(), shop.live("Café Morgenrot", email="aylin@morgenrot.example")
    for merchant in (bakery, cafe):
        shop.guest(merchant, email=f"guest@{merchant.slug}.example")
    tasks.find_what_is_due(duties.SECONDS)
    assert office.recipients() == ["guest@baeckerei-feldmann.example", "guest@cafe-morgenrot.example"]
    tasks.find_what_is_due(duties.SECONDS)
    assert len(office.taken) == 2


@pytest.mark.django_db
def test_accounts_are_settled_when_something_is_due(noon, at_once):
    bakery = shop.live()
    program = makers.points_program(bakery, expiry={"kind": "after", "months": 1})
    jonas = shop.guest(bakery)
    makers.purchase(bakery, jonas, 1000)
    tasks.find_what_is_due(duties.MINUTE)
    assert makers.balance(bakery, jonas, program) == 10
    with clock.at(makers.NOON + timedelta(days=60)):
        for _ in range(2):
            tasks.find_what_is_due(duties.MINUTE)
    with tenancy.scope(bakery):
        assert list(Entry.objects.order_by("number").values_list("kind", "amount")) == [
            ("earn", 10),
            ("expire", -10),
        ]
        assert Account.objects.get().next_due_at is None


@pytest.mark.django_db
def test_summaries_are_prepared_once_on_the_first(noon, at_once):
    bakery = shop.live()
    makers.points_program(bakery)
    shop.guest(bakery)
    tasks.find_what_is_due(duties.QUARTER_OF_AN_HOUR)
    assert shop.messages(bakery, campaign="monthly_summary") == []
    with clock.at(makers.NOON.replace(month=4, day=1)):
        assert working.merchants_with_summaries() == [bakery.id]
        tasks.find_what_is_due(duties.QUARTER_OF_AN_HOUR)
        assert working.merchants_with_summaries() == []
    assert [row.occasion for row in shop.messages(bakery, campaign="monthly_summary")] == ["2026-03"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("timezone", "now", "found"),
    [
        ("Pacific/Kiritimati", "2026-03-31T10:00:00+00:00", True),
        ("Pacific/Kiritimati", "2026-03-31T09:59:59+00:00", False),
        ("Pacific/Pago_Pago", "2026-04-01T11:00:00+00:00", True),
        ("Pacific/Pago_Pago", "2026-04-01T10:59:59+00:00", False),
    ],
)
def test_the_first_is_the_shops_own_wherever_it_is(noon, timezone, now, found):
    bakery = shop.live(timezone=timezone)
    with clock.at(datetime.fromisoformat(now)):
        assert (working.merchants_with_summaries() == [bakery.id]) is found


@pytest.mark.django_db
def test_a_task_of_a_merchant_opens_its_scope_and_does_nothing_for_one_that_is_gone(noon):
    @app.task(base=MerchantTask)
    def whose(merchant_id):
        return tenancy.merchant().name

    assert whose(str(shop.live().id)) == "Bäckerei Feldmann"
    assert whose(str(uuid4())) is None
    assert tenancy.merchant_id() is None


@pytest.mark.django_db
def test_a_merchant_with_very_many_messages_does_not_keep_the_others_waiting(noon, office, monkeypatch):
    bakery = shop.live()
    for number in range(3):
        shop.due_message(bakery, shop.guest(bakery, email=f"guest{number}@example.org"))
    monkeypatch.setattr(working, "MOST_IN_A_ROUND", 1)
    monkeypatch.setattr("campaigns.sending.CHUNK", 1)
    # Its turn is over after one, and it says that there is more.
    assert duties.do("messages", bakery.id) is True
    assert len(office.taken) == 1
