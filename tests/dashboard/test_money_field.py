"""Amounts as people write them."""

import pytest
from django import forms
from django.utils import translation

from loyalty.dashboard.forms.money_field import MoneyField


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("0,85", 85), ("0.85", 85), ("3", 300), ("3,9", 390), ("1.200,50", 120050), ("1,200.50", 120050),
        ("1.200", 120000), ("18,40 €", 1840), ("€ 5", 500), ("", None), ("0", 0),
    ],
)  # fmt: skip
def test_an_amount_is_read(typed, minor):
    assert MoneyField(required=False).clean(typed) == minor


@pytest.mark.parametrize("typed", ["abc", "-5", "1,2345", ",", "10000000000000000"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(typed)


@pytest.mark.parametrize(("currency", "typed", "minor"), [("JPY", "500", 500), ("KWD", "1.2345", None)])
def test_the_currency_says_how_many_decimals_there_are(currency, typed, minor):
    field = MoneyField()
    field.currency = currency
    if minor is None:
        with pytest.raises(forms.ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == minor


@pytest.mark.parametrize(("language", "shown"), [("de", "1.200,50"), ("en", "1,200.50")])
def test_an_amount_is_shown_as_it_can_be_typed_again(language, shown):
    with translation.override(language):
        assert MoneyField().prepare_value(120050) == shown
        assert MoneyField().clean(shown) == 120050
