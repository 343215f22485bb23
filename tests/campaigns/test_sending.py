"""Messages leave: once, to those who still want them, at a good hour, and again only if the server says so."""

from datetime import timedelta

import pytest

from campaigns import sending, unsubscribing
from campaigns.models import Message
from loyalty import clock, tenancy
from members import consents, privacy
from members.models import Member
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def bakery(noon):
    return shop.live()


@pytest.fixture
def jonas(bakery):
    return shop.guest(bakery)


def test_a_due_message_is_sent_once(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    assert sending.send_due(bakery) == {"sent": 1}
    assert sending.send_due(bakery) == {}
    assert office.recipients() == ["jonas@example.org"]
    row = shop.fresh(message, bakery)
    assert (row.status, row.sent_at, row.attempts, row.problem) == ("sent", shop.NOON, 1, "")


def test_what_is_not_due_yet_stays(bakery, jonas, office):
    shop.due_message(bakery, jonas, due_at=shop.NOON + timedelta(seconds=1))
    assert sending.send_due(bakery) == {}
    assert office.taken == []


def test_many_messages_go_over_one_connection(bakery, office):
    for number in range(7):
        shop.due_message(bakery, shop.guest(bakery, email=f"guest{number}@example.org"))
    assert sending.send_due(bakery) == {"sent": 7}
    assert office.connections == 1
    assert len(office.taken) == 7


def test_the_mail_names_the_shop_answers_to_it_and_can_be_unsubscribed(bakery, jonas, office, settings):
    message = shop.due_message(bakery, jonas)
    sending.send_due(bakery)
    mail = office.taken[0]
    url = unsubscribing.url(jonas)
    assert str(mail["From"]) == "Bäckerei Feldmann <karten@stammgast.example>"
    assert str(mail["Reply-To"]) == "Bäckerei Feldmann <hinnerk@feldmann.example>"
    assert mail["Message-ID"] == f"<{message.public_id}@stammgast.example>"
    assert mail["List-Unsubscribe"] == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert url in mail.get_body(("plain",)).get_content()


def test_a_transactional_mail_needs_no_consent_and_cannot_be_unsubscribed(bakery, office):
    stranger = shop.guest(bakery, consents=())
    shop.due_message(bakery, stranger, "welcome")
    assert sending.send_due(bakery) == {"sent": 1}
    assert office.taken[0]["List-Unsubscribe"] is None


def test_a_temporary_refusal_is_tried_again_later_and_longer_each_time(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    office.answers["jonas@example.org"] = "451 4.3.0 greylisted"
    assert sending.send_due(bakery) == {"later": 1}
    row = shop.fresh(message, bakery)
    assert (row.status, row.attempts, row.due_at) == ("due", 1, shop.NOON + timedelta(minutes=1))
    assert row.problem == "recipient refused: 451"
    with clock.at(row.due_at):
        sending.send_due(bakery)
    assert shop.fresh(message, bakery).due_at == shop.NOON + timedelta(minutes=1 + 2)
    del office.answers["jonas@example.org"]
    with clock.at(shop.NOON + timedelta(minutes=3)):
        assert sending.send_due(bakery) == {"sent": 1}
    assert shop.fresh(message, bakery).attempts == 3
    assert len(office.taken) == 1


def test_a_refused_recipient_is_given_up_and_the_others_get_theirs(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    shop.due_message(bakery, shop.guest(bakery, email="eda@example.org"))
    office.answers["jonas@example.org"] = "550 5.1.1 no such user jonas@example.org"
    assert sending.send_due(bakery) == {"refused": 1, "sent": 1}
    row = shop.fresh(message, bakery)
    # The server's words may name the address, which must not outlive the member.
    assert (row.status, row.problem) == ("failed", "recipient refused: 550")
    assert office.recipients() == ["eda@example.org"]


def test_content_that_is_refused_for_now_is_tried_again(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    office.contents["jonas@example.org"] = "452 4.2.2 mailbox full"
    assert sending.send_due(bakery) == {"later": 1}
    assert shop.fresh(message, bakery).status == "due"


def test_content_that_is_refused_for_good_is_given_up(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    office.contents["jonas@example.org"] = "554 5.7.1 not wanted"
    assert sending.send_due(bakery) == {"refused": 1}
    assert shop.fresh(message, bakery).problem == "content refused: 554"


def test_without_a_mail_server_everything_waits(bakery, jonas, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    message = shop.due_message(bakery, jonas)
    assert sending.send_due(bakery) == {"later": 1}
    row = shop.fresh(message, bakery)
    assert (row.status, row.attempts, row.problem) == ("due", 1, "mail server: ConnectionRefusedError")
    assert row.due_at == shop.NOON + timedelta(minutes=1)


def test_after_a_day_of_trying_it_is_given_up(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    with tenancy.scope(bakery):
        Message.objects.update(attempts=29)
    office.answers["jonas@example.org"] = "451 4.3.0 not now"
    sending.send_due(bakery)
    row = shop.fresh(message, bakery)
    assert (row.status, row.attempts, row.problem) == ("failed", 30, "recipient refused: 451")


def test_consent_that_was_withdrawn_meanwhile_counts(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    with tenancy.scope(bakery):
        consents.withdraw(jonas, "email_marketing", evidence={})
    assert sending.send_due(bakery) == {"skipped": 1}
    assert office.taken == []
    assert shop.fresh(message, bakery).problem == "consent was withdrawn"


def test_who_was_erased_meanwhile_gets_nothing(bakery, jonas, office):
    message = shop.due_message(bakery, jonas, "welcome")
    with tenancy.scope(bakery):
        privacy.erase(jonas)
    assert sending.send_due(bakery) == {"skipped": 1}
    assert office.taken == []
    assert shop.fresh(message, bakery).problem == "no address any more"


def test_at_night_it_waits_for_the_morning_where_the_guest_is(bakery, jonas, office):
    shop.move(bakery, jonas, "Asia/Tokyo")
    message = shop.due_message(bakery, jonas)
    assert sending.send_due(bakery) == {"due": 1}
    assert office.taken == []
    # Noon UTC is 21:00 in Tokyo; 8:00 there is 23:00 UTC.
    assert shop.fresh(message, bakery).due_at == shop.NOON + timedelta(hours=11)


def test_the_third_promotional_message_in_seven_days_is_left_out(bakery, jonas, office):
    for occasion in ("first", "second", "third"):
        shop.due_message(bakery, jonas, occasion=occasion)
    assert sending.send_due(bakery) == {"sent": 2, "skipped": 1}
    assert [row.problem for row in shop.messages(bakery, status="skipped")] == [
        "2 messages in 7 days already"
    ]
    with clock.at(shop.NOON + timedelta(days=7)):
        shop.due_message(bakery, jonas, occasion="fourth")
        assert sending.send_due(bakery) == {"sent": 1}


def test_a_summary_waits_until_there_is_room_for_it(bakery, jonas, office):
    for occasion in ("first", "second"):
        shop.due_message(bakery, jonas, occasion=occasion)
    sending.send_due(bakery)
    summary = shop.due_message(bakery, jonas, "monthly_summary", month="2026-02-01", accounts=[])
    assert sending.send_due(bakery) == {"due": 1}
    assert shop.fresh(summary, bakery).due_at == shop.NOON + timedelta(days=7)


def test_a_reward_that_was_taken_meanwhile_is_not_announced(bakery, jonas, office):
    message = shop.due_message(bakery, jonas, unlocks=["01890000-0000-7000-8000-000000000000"])
    assert sending.send_due(bakery) == {"skipped": 1}
    assert shop.fresh(message, bakery).problem == "reward was taken since"


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(bakery, jonas, office):
    broken = shop.due_message(bakery, jonas, "monthly_summary", due_at=shop.NOON - timedelta(hours=1))
    shop.due_message(bakery, jonas)
    assert sending.send_due(bakery) == {"refused": 1, "sent": 1}
    assert shop.fresh(broken, bakery).problem == "cannot be written: KeyError"


def test_a_sandbox_holds_its_messages_and_nothing_leaves(office):
    cafe = makers.merchant()
    jonas = shop.guest(cafe)
    with clock.at(cafe.clock_at):
        message = shop.due_message(cafe, jonas)
    assert sending.send_due(cafe) == {"held": 1}
    assert office.connections == 0
    row = shop.fresh(message, cafe)
    assert (row.status, row.sent_at) == ("held", makers.NOON)


def test_what_another_worker_has_claimed_is_left_to_it_until_its_lease_ends(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    with tenancy.scope(bakery):
        envelopes, decided = sending.claim()
    assert ([one.message.id for one in envelopes], decided) == ([message.id], {})
    assert sending.send_due(bakery) == {}
    with clock.at(shop.NOON + timedelta(minutes=11)):
        assert sending.send_due(bakery) == {"sent": 1}
        # The first worker wakes up again, and must not hand over what is no longer its own.
        assert sending.deliver(bakery, envelopes) == {}
    assert len(office.taken) == 1


def test_what_was_on_its_way_when_a_worker_died_is_never_sent_again(bakery, jonas, office):
    message = shop.due_message(bakery, jonas)
    with tenancy.scope(bakery):
        Message.objects.update(status="sending", claimed_at=shop.NOON)
    assert sending.send_due(bakery) == {}
    assert shop.fresh(message, bakery).status == "sending"
    with clock.at(shop.NOON + timedelta(minutes=11)):
        assert sending.send_due(bakery) == {}
    row = shop.fresh(message, bakery)
    assert (row.status, row.problem) == ("failed", "unconfirmed")
    assert office.taken == []


def test_an_address_that_no_mail_server_can_be_told_does_not_hold_up_the_others(bakery, jonas, office):
    stranger = shop.guest(bakery, email="old@example.org")
    with tenancy.scope(bakery):
        Member.objects.filter(id=stranger.id).update(email=f"a@{'ü' * 60}.de")
    broken = shop.due_message(bakery, stranger, due_at=shop.NOON - timedelta(hours=1))
    shop.due_message(bakery, jonas)
    assert sending.send_due(bakery) == {"refused": 1, "sent": 1}
    assert shop.fresh(broken, bakery).problem == "cannot be written: UnicodeError"
