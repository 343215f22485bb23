from datetime import timedelta

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from loyalty import clock
from loyalty.counter import asking
from loyalty.errors import Invalid
from tests.makers import NOON


@pytest.mark.parametrize(
    ("text", "minor"),
    [("18,40", 1840), ("18.40 €", 1840), ("1.284,5", 128450), ("1,284.50", 128450), ("18", 1800), ("0", 0),
     ("1.284", 128400), ("€ 3,9", 390), ("1 284,00", 128400)],
)  # fmt: skip
def test_amount_is_read_as_people_write_it(text, minor):
    assert asking.typed_amount(text, 2) == minor


@pytest.mark.parametrize(
    ("text", "exponent", "minor"), [("500", 0, 500), ("1.500", 0, 1500), ("1,234", 3, 1234)]
)
def test_decimals_are_the_currencys(text, exponent, minor):
    assert asking.typed_amount(text, exponent) == minor


@pytest.mark.parametrize("text", ["", "abc", "-5", "1-2", "12345678901234567"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Invalid):
        asking.typed_amount(text, 2)


@given(st.integers(0, 10**9))
def test_every_amount_written_plainly_is_read_back(minor):
    assert asking.typed_amount(f"{minor // 100},{minor % 100:02d}", 2) == minor


def test_stamp_is_told_from_amount_by_the_field_and_not_by_its_value():
    assert asking.tap(QueryDict("key=12345678&card=1"), "EUR").stamps == 1
    assert asking.tap(QueryDict("key=12345678&card=1&quantity=3"), "EUR").stamps == 3
    amount = asking.tap(QueryDict("key=12345678&card=1&amount=0,00&amount_minor="), "EUR")
    assert (amount.stamps, amount.amount_minor) == (0, 0)


def test_what_waited_is_dated_back_by_its_age_and_not_by_the_devices_clock():
    with clock.at(NOON):
        assert asking.tapped_at("1500") is None
        assert asking.tapped_at("600000") == NOON - timedelta(minutes=10)
        with pytest.raises(Invalid):
            asking.tapped_at(str(15 * 86_400_000))


def test_tap_without_a_key_is_refused():
    with pytest.raises(Invalid):
        asking.tap(QueryDict("card=48217390"), "EUR")
