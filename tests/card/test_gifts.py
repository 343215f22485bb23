"""The page of a gift: from the link in the mail to the card."""

import re

import pytest
from django.urls import reverse

from campaigns import gifts
from campaigns.models import Message
from loyalty import tenancy
from loyalty.rest.rows.messages import messages
from members.models import Member
from rewards import catalogue, codes, redeeming, vouchers
from rewards.gifts import giving
from rewards.models import Voucher
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe(db):
    return makers.merchant()


@pytest.fixture
def gift(cafe):
    jonas = makers.member(cafe, "Jonas Weidner", email="jonas@example.org", language="en")
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 10_000)
    with tenancy.scope(cafe):
        reward = catalogue.create_reward(program=program, name="Ein Kaffee", cost=10, transferable=True)
        held = vouchers.of_redemption(redeeming.redeem(member=jonas, reward=reward, use="later"))
        offered = giving.offer(held, to_email="ines@example.org")
        gifts.send(offered)
        return offered


def address(cafe, gift):
    return reverse("gift", args=[gifts.token(cafe.id, gift.id)]) + "?lang=en"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_letter_goes_to_the_friend_with_nothing_of_the_givers_card_or_code(cafe, gift):
    with tenancy.scope(cafe):
        (told,) = messages(Message.objects.filter(campaign="voucher_gift"))
        said = told.model_dump_json()
        card = reverse("card", args=["x"]).removesuffix("x/")
    assert "Jonas Weidner gives you something from Café Morgenrot: Ein Kaffee." in said
    assert address(cafe, gift).partition("?")[0] in said
    assert (card in said, gift.voucher.code in said) == (False, False)


def test_the_page_says_who_gives_what_and_asks_for_a_name(client, cafe, gift):
    page = text(client.get(address(cafe, gift)))
    assert "Jonas gives you Ein Kaffee." in page
    assert "Your name" in page
    assert ("ines@example.org" in page, "Weidner" in page) == (False, False)


def test_accepted_the_card_opens_and_the_giver_is_told(client, cafe, gift):
    answer = client.post(address(cafe, gift), {"name": "Ines Albrecht"})
    assert answer.status_code == 302
    with tenancy.scope(cafe):
        ines = Member.objects.get(name="Ines Albrecht")
        assert (Voucher.objects.get().member_id, ines.referred_by_id) == (ines.id, gift.giver_id)
        assert Message.objects.get(campaign="voucher_gift_accepted").member_id == gift.giver_id
        code = codes.display(Voucher.objects.get().code)
    card = text(client.get(answer.url + "&lang=en"))
    assert ("Waiting for you" in card, card.count(code)) == (True, 1)


def test_a_member_needs_no_name(client, cafe, gift):
    ines = makers.member(cafe, "Ines", email="ines@example.org")
    assert "Your name" not in text(client.get(address(cafe, gift)))
    assert client.post(address(cafe, gift)).status_code == 302
    with tenancy.scope(cafe):
        assert Voucher.objects.get().member_id == ines.id


@pytest.mark.parametrize("name", ["", "Win at www.example.org"])
def test_without_a_good_name_nobody_becomes_a_member(client, cafe, gift, name):
    answer = client.post(address(cafe, gift), {"name": name})
    assert answer.status_code == 422
    with tenancy.scope(cafe):
        assert Member.objects.count() == 1


def test_a_gift_that_is_gone_says_so(client, cafe, gift):
    client.post(address(cafe, gift), {"name": "Ines"})
    again = client.post(address(cafe, gift), {"name": "Ines"})
    assert (again.status_code, "This gift is no longer there." in text(again)) == (410, True)


def test_a_link_that_we_did_not_sign_is_not_there(client, cafe, gift):
    assert client.get(reverse("gift", args=["x" * 64])).status_code == 404
