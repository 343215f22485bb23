"""Welcome: to everybody who joins with an e-mail address, once, whatever they have agreed to."""

from datetime import timedelta

import pytest

from campaigns import confirming, relaying
from loyalty import clock, tenancy
from programs import enrolling
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
TICKED = [{"purpose": "email_marketing", "given": True, "confirmed": False}]


@pytest.fixture
def cafe():
    return makers.merchant()


def welcomes(cafe):
    relaying.relay(cafe)
    return shop.messages(cafe, campaign="welcome")


def test_a_new_guest_is_welcomed_once(cafe):
    jonas = shop.guest(cafe, consents=())
    assert [(message.member_id, message.occasion, message.figures) for message in welcomes(cafe)] == [
        (jonas.id, "joined", {})
    ]
    assert relaying.relay(cafe) == 0
    assert len(welcomes(cafe)) == 1


def test_it_tells_the_first_stamp(cafe):
    makers.punch_card(cafe, welcome_stamps=2)
    shop.guest(cafe)
    assert welcomes(cafe)[0].figures == {
        "balance": 2,
        "unit": {"singular": "stamp", "plural": "stamps"},
        "stamps_required": 10,
    }


def test_whoever_ticked_the_consent_is_asked_to_confirm_in_the_same_mail(cafe):
    jonas = shop.guest(cafe, consents=TICKED)
    with tenancy.scope(cafe):
        assert confirming.ask(jonas) is None
    assert welcomes(cafe)[0].figures == {"confirm": True}
    assert shop.messages(cafe, campaign="confirmation") == []


def test_without_an_address_there_is_no_welcome(cafe):
    shop.guest(cafe, email="", phone="0341 1234567")
    assert welcomes(cafe) == []


def test_who_joins_at_night_is_welcomed_in_the_morning(cafe):
    makers.turn_to(cafe, makers.NOON + timedelta(hours=9))
    shop.guest(cafe)
    # 22:00 in Berlin; 8:00 there is 7:00 UTC.
    assert welcomes(cafe)[0].due_at == makers.NOON + timedelta(hours=19)


def test_it_speaks_the_guests_language(cafe):
    shop.guest(cafe, language="en")
    assert welcomes(cafe)[0].language == "en"


def test_old_news_is_no_news(cafe):
    with tenancy.scope(cafe), clock.at(makers.NOON - timedelta(days=4)):
        enrolling.join(name="Eda", email="eda@example.org")
    assert welcomes(cafe) == []
