"""Discount cards: what they bring, and that they collect nothing."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from programs.types import discount_card
from tests.programs import pure


def test_it_brings_its_percent_on_the_items_it_names():
    settings = discount_card.Settings.read({"discount_percent": "5", "brands": ["Napf"], "min_minor": 500})
    brings = discount_card.TYPE.benefits(settings, "")
    assert (brings.discount_percent, brings.min_minor, brings.multiplier) == (Decimal(5), 500, 1)
    assert pure.line(100, brand="Napf") in brings.on
    assert pure.line(100, brand="Andere") not in brings.on


def test_it_collects_nothing():
    deserved = pure.deserved(pure.basket(10000), type="discount_card", discount_percent="5")
    assert (deserved.amount, deserved.because[0]["code"]) == (0, "discount_card")


@pytest.mark.parametrize("percent", ["", "-1", "100.5", "1000", "5,5", "abc"])
def test_what_is_no_percentage_is_refused(percent):
    with pytest.raises(ValidationError):
        discount_card.Settings.read({"discount_percent": percent})
