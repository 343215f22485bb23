"""Two cards were brought together: nobody is written to twice, and a link in an old letter works for the survivor."""

import pytest

from campaigns import sending, unsubscribing
from loyalty import tenancy
from members import consents
from rewards import merging
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db


def test_what_was_due_to_the_merged_card_is_left_out(noon, office):
    bakery = shop.live()
    old = shop.guest(bakery, email="old@example.org")
    kept = shop.guest(bakery, email="kept@example.org")
    left, goes = shop.due_message(bakery, old, "welcome"), shop.due_message(bakery, kept, "welcome")
    with tenancy.scope(bakery):
        merging.merge(old, kept)
    sending.send_due(bakery)
    assert office.recipients() == ["kept@example.org"]
    assert [shop.fresh(one, bakery).status for one in (left, goes)] == ["skipped", "sent"]


def test_the_unsubscribe_link_of_the_merged_card_speaks_for_the_survivor():
    cafe = makers.merchant()
    old = shop.guest(cafe, "Jonas", "old@example.org")
    kept = shop.guest(cafe, "Jonas", "kept@example.org")
    link = unsubscribing.url(old).rstrip("/").rpartition("/")[2]
    with tenancy.scope(cafe):
        merging.merge(old, kept)
        assert consents.allows(kept, "email_marketing")
    unsubscribing.unsubscribe(link)
    with tenancy.scope(cafe):
        assert not consents.allows(kept, "email_marketing")
