"""A link that a guest passes on: the sign-up page remembers whose it was."""

import pytest
from django.urls import reverse

from loyalty import tenancy
from members.models import Member
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    makers.punch_card(merchant)
    return merchant


def signed_up(client, cafe, **sent):
    values = {"name": "Ben", "address": "ben@example.org"} | sent
    assert client.post(reverse("join", args=[cafe.slug]), values).status_code == 302
    with tenancy.scope(cafe):
        return Member.objects.get(name="Ben")


def test_the_friends_number_goes_along_with_the_form_and_the_languages(client, cafe):
    page = client.get(reverse("join", args=[cafe.slug]), {"von": "4821 7390"}).content.decode()
    assert '<input type="hidden" name="von" value="4821 7390">' in page
    assert "&amp;von=4821+7390" in page


def test_without_a_friend_there_is_no_such_field(client, cafe):
    page = client.get(reverse("join", args=[cafe.slug])).content.decode()
    assert 'name="von"' not in page


@pytest.mark.parametrize("written", [lambda m: m.number, lambda m: m.spoken_number])
def test_who_joins_by_the_link_was_brought_by_its_owner(client, cafe, written):
    anna = makers.member(cafe, "Anna")
    assert signed_up(client, cafe, von=written(anna)).referred_by_id == anna.id


def test_the_number_outlasts_a_slip_in_the_address(client, cafe):
    anna = makers.member(cafe, "Anna")
    sent = {"name": "Ben", "address": "ben@gmial.com", "von": anna.number}
    page = client.post(reverse("join", args=[cafe.slug]), sent).content.decode()
    assert f'name="von" value="{anna.number}"' in page


@pytest.mark.parametrize("number", ["", "12345678", "kein", "9" * 500, "'\"><script>"])
def test_a_wrong_number_is_ignored_without_a_word(client, cafe, number):
    assert signed_up(client, cafe, von=number).referred_by_id is None


def test_another_shops_number_is_ignored(client, cafe):
    stranger = makers.member(makers.merchant("Bäckerei"), "Helga")
    assert signed_up(client, cafe, von=stranger.number).referred_by_id is None
