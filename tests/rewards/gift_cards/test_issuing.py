"""Gift cards are issued under a readable code, topped up, prolonged and voided; each change is an entry."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.events.models import Event
from loyalty.money import LARGEST_MINOR
from rewards import codes
from rewards.gift_cards import finding, issuing, spending
from rewards.gift_cards.models import GiftCard
from tests import makers
from tests.makers import NOON
from tests.programs import books

DAY = timedelta(days=1)


def refused(cafe, code, verb, **facts):
    with books.refused(cafe, code, **facts):
        verb()


def test_a_gift_card_begins_with_its_issue(cafe, jonas, gift_card, entries):
    card = gift_card(5000, member=jonas, expires_at=NOON + DAY)
    assert (card.balance_minor, card.initial_minor, card.currency, card.entries) == (5000, 5000, "EUR", 1)
    assert (card.member_id, card.expires_at, card.created_at) == (jonas.id, NOON + DAY, NOON)
    assert entries(card) == [("issue", 5000, 5000)]
    assert codes.parse(card.code) == card.code


def test_a_code_is_found_as_it_is_printed_and_read_out(cafe, gift_card):
    card = gift_card()
    with tenancy.scope(cafe):
        assert finding.find(codes.display(card.code).lower()).id == card.id
    wrong = card.code[:-1] + ("2" if card.code[-1] != "2" else "3")
    refused(cafe, "not_found", lambda: finding.find(wrong))
    refused(cafe, "not_found", lambda: finding.find("K7QM4WRTX"))


def test_a_gift_card_of_another_shop_is_unknown_here(cafe, gift_card):
    card, bakery = gift_card(), makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")
    refused(bakery, "not_found", lambda: finding.find(card.code))


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"balance_minor": 0}, "balance_minor"),
        ({"balance_minor": -1}, "balance_minor"),
        ({"balance_minor": LARGEST_MINOR + 1}, "balance_minor"),
        ({"balance_minor": 1, "currency": "CHF"}, "currency"),
        ({"balance_minor": 1, "expires_at": NOON}, "expires_at"),
    ],
)
def test_what_is_no_gift_card_is_not_issued(cafe, columns, field):
    with books.refused(cafe, "invalid") as caught:
        issuing.issue(**columns)
    assert list(caught.value.facts["field_errors"]) == [field]


def test_a_top_up_adds_to_what_is_there(cafe, gift_card, entries):
    card = gift_card(1000)
    with tenancy.scope(cafe):
        issuing.top_up(card, amount_minor=250)
    assert entries(card) == [("issue", 1000, 1000), ("top_up", 250, 1250)]


@pytest.mark.parametrize("amount", [0, -1, LARGEST_MINOR])
def test_a_top_up_of_nothing_or_of_too_much_is_refused(cafe, gift_card, amount):
    card = gift_card(1000)
    refused(cafe, "invalid", lambda: issuing.top_up(card, amount_minor=amount))


def test_exactly_at_its_end_a_gift_card_is_expired(cafe, gift_card, on):
    card = gift_card(1000, expires_at=NOON + DAY)
    makers.turn_to(cafe, NOON + DAY - timedelta(seconds=1))
    with tenancy.scope(cafe):
        assert finding.status(card) == "active"
        spending.charge(card, amount_minor=1)
    makers.turn_to(cafe, NOON + DAY)
    with tenancy.scope(cafe):
        assert finding.status(card) == "expired"
    refused(cafe, "code_expired", lambda: spending.charge(card, amount_minor=1), gift_card=card.code)
    refused(cafe, "code_expired", lambda: issuing.top_up(card, amount_minor=1))
    assert on(card) == 999


def test_what_is_left_on_an_expired_gift_card_can_be_spent_when_it_is_prolonged(cafe, gift_card, on):
    card = gift_card(1000, expires_at=NOON + DAY)
    makers.turn_to(cafe, NOON + 2 * DAY)
    refused(cafe, "invalid", lambda: issuing.set_expiry(card, expires_at=NOON + DAY))
    with tenancy.scope(cafe):
        issuing.set_expiry(card, expires_at=None)
        spending.charge(card, amount_minor=1000)
    assert on(card) == 0


def test_a_void_gift_card_holds_nothing_and_takes_nothing(cafe, gift_card, entries):
    card = gift_card(1000)
    with tenancy.scope(cafe):
        spending.charge(card, amount_minor=400)
        assert finding.status(issuing.void(card)) == "void"
    told = [("issue", 1000, 1000), ("charge", -400, 600), ("void", -600, 0)]
    assert entries(card) == told
    for verb in (
        lambda: spending.charge(card, amount_minor=1),
        lambda: spending.refund(card, amount_minor=1),
        lambda: issuing.top_up(card, amount_minor=1),
        lambda: issuing.set_expiry(card, expires_at=None),
    ):
        refused(cafe, "code_void", verb, gift_card=card.code)
    with tenancy.scope(cafe):
        issuing.void(card)
    assert entries(card) == told, "voiding again changes nothing"


def test_an_empty_gift_card_can_be_voided(cafe, gift_card, entries):
    card = gift_card(1000)
    with tenancy.scope(cafe):
        spending.charge(card, amount_minor=1000)
        issuing.void(card)
    assert entries(card)[-1] == ("void", 0, 0)


def test_news_of_a_gift_card_never_tells_its_code(cafe, gift_card):
    card = gift_card(1000)
    with tenancy.scope(cafe):
        spending.charge(card, amount_minor=300)
        spending.refund(card, amount_minor=100)
        issuing.top_up(card, amount_minor=50)
        issuing.void(card)
        rows = list(Event.objects.order_by("id").values_list("kind", "payload"))
    assert [kind for kind, _payload in rows] == [
        "gift_card.issued", "gift_card.charged", "gift_card.refunded", "gift_card.topped_up", "gift_card.voided",
    ]  # fmt: skip
    assert [(p["amount_minor"], p["balance_minor"]) for _kind, p in rows] == [
        (1000, 1000), (-300, 700), (100, 800), (50, 850), (-850, 0),
    ]  # fmt: skip
    assert {p["gift_card"] for _kind, p in rows} == {card.public_id}
    assert card.code not in str(rows)


def test_each_gift_card_has_a_code_of_its_own(cafe, gift_card):
    cards = [gift_card() for _ in range(20)]
    with tenancy.scope(cafe):
        assert GiftCard.objects.count() == len({card.code for card in cards}) == 20
