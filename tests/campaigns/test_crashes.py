"""Whatever crashes: nothing is sent twice, and nothing is lost that was not handed over. With real processes."""

import multiprocessing

import pytest
from django.core.management import call_command
from django.db import connection, connections

from campaigns.models import Message
from loyalty import clock, tenancy
from tests.campaigns import shop

PATIENCE = 60


@pytest.fixture
def bakery(real_database, office):
    yield shop.live(timezone=shop.where_it_is_noon())
    wait_until_alone()


def guests_with_mail(bakery, count):
    for number in range(count):
        shop.due_message(bakery, shop.guest(bakery, email=f"guest{number}@example.org"))


def relay():
    """`manage.py relay --once` in a process of its own."""
    # A forked process must not speak over its parent's connection.
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=call_command, args=("relay", "--once"))
    process.start()
    return process


def finish(*relays):
    for process in relays or (relay(),):
        process.join(PATIENCE)
        assert process.exitcode == 0


def kill_when_stopped(process, office):
    """Kill -9 a sender while the mail server waits in the middle of a step."""
    assert office.stopped.wait(PATIENCE)
    process.kill()
    process.join(PATIENCE)
    office.stop = None
    office.go_on.set()
    # The dead process's transaction ends when the database notices.
    wait_until_alone()


def wait_until_alone():
    """Until the database has let go of the sessions of processes that are gone. Closes our own as well."""
    connection.close()
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'stammgast_app'"
    with connections["owner"].cursor() as cursor:
        while cursor.execute(others).fetchone() != (0,):
            cursor.execute("SELECT pg_sleep(0.01)")
    # A forked process would end it for us.
    connections["owner"].close()


def let_the_lease_end(bakery):
    with tenancy.scope(bakery):
        Message.objects.filter(claimed_at__isnull=False).update(claimed_at=clock.now() - shop.LONG_AGO)


def statuses(bakery):
    return sorted(message.status for message in shop.messages(bakery, campaign="reward_ready"))


def received(office):
    """Who got the reward_ready mail, as often as they got it. The welcome comes besides."""
    return sorted(mail["To"] for mail in office.taken if "List-Unsubscribe" in mail)


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_killed_before_the_content_everything_is_sent_by_the_next_sender(bakery, office, step):
    guests_with_mail(bakery, 3)
    office.stop_at(step, 1)
    kill_when_stopped(relay(), office)
    assert office.taken == []
    let_the_lease_end(bakery)
    finish()
    assert received(office) == [f"guest{number}@example.org" for number in range(3)]
    assert statuses(bakery) == ["sent"] * 3


def test_killed_while_the_server_takes_the_content_it_is_not_sent_again(bakery, office):
    guests_with_mail(bakery, 3)
    office.stop_at("DATA", 1)
    kill_when_stopped(relay(), office)
    assert len(office.taken) == 1
    let_the_lease_end(bakery)
    finish()
    assert received(office) == [f"guest{number}@example.org" for number in range(3)]
    assert statuses(bakery) == ["failed", "sent", "sent"]
    assert [message.problem for message in shop.messages(bakery, status="failed")] == ["unconfirmed"]


def test_killed_after_the_server_has_confirmed_it_is_not_sent_again(bakery, office):
    guests_with_mail(bakery, 3)
    office.stop_at("MAIL", 2)
    kill_when_stopped(relay(), office)
    assert len(office.taken) == 1
    let_the_lease_end(bakery)
    finish()
    assert received(office) == [f"guest{number}@example.org" for number in range(3)]


def test_killed_again_and_again_nobody_gets_it_twice_and_only_the_interrupted_are_in_doubt(bakery, office):
    guests_with_mail(bakery, 6)
    for step, number in (("DATA", 1), ("RCPT", 2), ("DATA", 3)):
        office.stopped.clear()
        office.go_on.clear()
        office.steps = dict.fromkeys(office.steps, 0)
        office.stop_at(step, number)
        kill_when_stopped(relay(), office)
        let_the_lease_end(bakery)
    finish()
    assert received(office) == sorted(f"guest{number}@example.org" for number in range(6))


def test_two_senders_side_by_side_send_each_message_once(bakery, office):
    guests_with_mail(bakery, 40)
    finish(relay(), relay())
    # What the one had claimed when the other looked is still the first one's.
    finish()
    assert received(office) == sorted(f"guest{number}@example.org" for number in range(40))
    assert statuses(bakery) == ["sent"] * 40


def test_two_relays_side_by_side_write_each_welcome_once(bakery, office):
    for number in range(30):
        shop.guest(bakery, email=f"guest{number}@example.org")
    finish(relay(), relay())
    finish()
    assert office.recipients() == sorted(f"guest{number}@example.org" for number in range(30))
    assert len(shop.messages(bakery, campaign="welcome", status="sent")) == 30
