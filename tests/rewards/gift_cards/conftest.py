"""A café that sells gift cards; after each test the books of all of them add up."""

import pytest

from loyalty import tenancy
from rewards.gift_cards import checking, issuing
from rewards.gift_cards.models import GiftCard, GiftCardEntry
from tests import makers
from tests.programs import books


@pytest.fixture
def cafe(db):
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)
    with tenancy.scope(merchant):
        assert checking.check() == []


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


@pytest.fixture
def gift_card(cafe):
    """A function that issues a gift card."""

    def make(balance_minor=5000, **columns):
        with tenancy.scope(cafe):
            return issuing.issue(balance_minor=balance_minor, **columns)

    return make


@pytest.fixture
def on(cafe):
    """A function that tells what is on gift cards now."""

    def read(*cards):
        with tenancy.scope(cafe):
            found = {card.id: card.balance_minor for card in GiftCard.objects.all()}
        return [found[card.id] for card in cards] if len(cards) > 1 else found[cards[0].id]

    return read


@pytest.fixture
def entries(cafe):
    """A function that tells what happened on a gift card: [(kind, amount, what it left)]."""

    def read(card):
        with tenancy.scope(cafe):
            rows = GiftCardEntry.objects.filter(gift_card=card).order_by("number")
            return list(rows.values_list("kind", "amount_minor", "balance_after_minor"))

    return read
