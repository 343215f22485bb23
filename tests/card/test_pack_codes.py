"""A code from a pack, entered on the card."""

import re
from datetime import date

import pytest
from django.urls import reverse

from loyalty import readable_codes, tenancy
from members import finding
from programs.codes import making
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def points(cafe):
    return makers.points_program(cafe)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner", language="en")


def codes(cafe, program, **more):
    with tenancy.scope(cafe):
        return making.make(program=program, count=1, amount=50, **more)[1]


def address(cafe, member, name="card_code"):
    with tenancy.scope(cafe):
        return reverse(name, args=[finding.card_of(member).token])


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_code_is_typed_in_and_credited(client, cafe, points, jonas):
    (code,) = codes(cafe, points)
    page = client.post(address(cafe, jonas), {"code": readable_codes.display(code)})
    assert (page.status_code, "50 points credited" in text(page)) == (200, True)
    assert makers.balance(cafe, jonas, points) == 50


def test_the_card_tells_what_the_code_was_for(client, cafe, points, jonas):
    (code,) = codes(cafe, points, name="Herbst")
    client.post(address(cafe, jonas), {"code": code})
    assert "+50 Herbst Today, 13:00" in text(client.get(address(cafe, jonas, "card")))


def test_stamps_of_a_code_are_told_as_stamps_with_what_they_were_for(client, cafe, jonas):
    card = makers.punch_card(cafe)
    with tenancy.scope(cafe):
        _batch, (code,), _job = making.make(program=card, count=1, amount=2, name="Herbst")
    client.post(address(cafe, jonas), {"code": code})
    assert "Two stamps Today, 13:00 Herbst" in text(client.get(address(cafe, jonas, "card")))


def test_a_used_one_says_so_below_the_field_and_keeps_what_was_typed(client, cafe, points, jonas):
    (code,) = codes(cafe, points)
    client.post(address(cafe, jonas), {"code": code})
    page = client.post(address(cafe, jonas), {"code": code})
    assert page.status_code == 422
    assert "This code has been used already. Each is good once." in text(page)
    assert f'value="{code}"' in page.content.decode()
    assert makers.balance(cafe, jonas, points) == 50


def test_after_ten_wrong_ones_there_is_an_hours_rest(client, cafe, points, jonas):
    (code,) = codes(cafe, points)
    for _ in range(10):
        assert "This code is not known." in text(client.post(address(cafe, jonas), {"code": "unsinn"}))
    assert "Please try again in an hour." in text(client.post(address(cafe, jonas), {"code": code}))
    assert makers.balance(cafe, jonas, points) == 0


def test_the_card_leads_there_while_the_shop_has_codes_that_are_good(client, cafe, points, jonas):
    card, there = address(cafe, jonas, "card"), address(cafe, jonas)
    assert there not in client.get(card).content.decode()
    codes(cafe, points, valid_until=date(2026, 3, 12))
    assert there in client.get(card).content.decode()
    makers.turn_to(cafe, makers.NOON.replace(day=13))
    assert there not in client.get(card).content.decode()


def test_the_page_asks_for_the_code_in_the_guests_language(client, cafe, points, jonas):
    page = client.get(address(cafe, jonas))
    assert page.status_code == 200
    assert "It stands on the pack or the leaflet, and is good once." in text(page)
