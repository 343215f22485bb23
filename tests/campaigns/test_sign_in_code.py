"""The code for a card on another phone: sent at once, readable by nobody but its reader, forgotten when it has left."""

from datetime import timedelta

import pytest

from campaigns import sending, sign_in_code
from loyalty import clock, tenancy
from members import signing_in
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def bakery(noon):
    return shop.live()


@pytest.fixture
def jonas(bakery):
    return shop.guest(bakery, consents=())


def sent_code(bakery, jonas):
    with tenancy.scope(bakery):
        return sign_in_code.send(jonas)


def code_in(mail):
    return mail["Subject"][:6]


def test_the_code_in_the_mail_opens_the_card(bakery, jonas, office):
    sent_code(bakery, jonas)
    sending.send_due(bakery)
    with tenancy.scope(bakery):
        assert signing_in.check(jonas, code_in(office.taken[0]))


def test_the_code_cannot_be_read_while_it_waits_and_is_forgotten_when_it_has_left(bakery, jonas, office):
    message = sent_code(bakery, jonas)
    waiting = str(message.figures)
    sending.send_due(bakery)
    code = code_in(office.taken[0])
    assert code.isdigit()
    assert code not in waiting
    assert shop.fresh(message, bakery).figures == {}


def test_it_is_sent_at_night_too(bakery, jonas, office):
    with clock.at(makers.NOON + timedelta(hours=12)):
        sent_code(bakery, jonas)
        assert sending.send_due(bakery) == {"sent": 1}


def test_a_code_that_could_not_leave_in_time_is_left_out_and_forgotten(bakery, jonas, office):
    message = sent_code(bakery, jonas)
    with clock.at(makers.NOON + timedelta(minutes=15)):
        assert sending.send_due(bakery) == {"skipped": 1}
    row = shop.fresh(message, bakery)
    assert (row.problem, row.figures) == ("the code has expired", {})


def test_each_code_is_a_message_of_its_own(bakery, jonas, office):
    for _ in range(2):
        sent_code(bakery, jonas)
    assert sending.send_due(bakery) == {"sent": 2}


def test_in_a_sandbox_the_code_stands_in_the_outbox(office):
    cafe = makers.merchant()
    jonas = shop.guest(cafe)
    message = sent_code(cafe, jonas)
    assert message.status == "held"
    with tenancy.scope(cafe):
        assert signing_in.check(jonas, message.figures["code"])
    assert office.connections == 0
