"""Six digits open a card once, for a quarter of an hour, and cannot be guessed."""

from datetime import timedelta

import pytest

from loyalty import clock
from members import joining, signing_in
from members.models import SignInCode
from tests import makers


@pytest.fixture
def ben(cafe):
    return joining.register(name="Ben", email="ben@gmx.de")


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_has_six_digits_and_is_stored_as_a_hash_alone(ben):
    code = signing_in.new_code(ben)
    assert (len(code), code.isdigit()) == (6, True)
    row = SignInCode.objects.get()
    assert (len(row.code_hash), row.attempts, row.used_at) == (64, 0, None)
    assert row.expires_at == makers.NOON + timedelta(minutes=15)


def test_a_code_opens_once(ben):
    code = signing_in.new_code(ben)
    assert signing_in.check(ben, f" {code[:3]} {code[3:]} ") is True
    assert signing_in.check(ben, code) is False
    assert SignInCode.objects.get().used_at == makers.NOON


def test_a_code_is_good_for_less_than_fifteen_minutes(ben):
    code = signing_in.new_code(ben)
    with clock.at(makers.NOON + timedelta(minutes=15)):
        assert signing_in.check(ben, code) is False
    with clock.at(makers.NOON + timedelta(minutes=14, seconds=59)):
        assert signing_in.check(ben, code) is True


def test_after_five_wrong_codes_the_right_one_is_too_late(ben):
    code = signing_in.new_code(ben)
    assert [signing_in.check(ben, other_than(code)) for _ in range(5)] == [False] * 5
    assert signing_in.check(ben, code) is False
    row = SignInCode.objects.get()
    assert (row.attempts, row.used_at) == (5, None)


def test_the_fifth_attempt_still_counts(ben):
    code = signing_in.new_code(ben)
    for _ in range(4):
        signing_in.check(ben, other_than(code))
    assert signing_in.check(ben, code) is True


def test_only_the_last_code_counts(ben):
    first = signing_in.new_code(ben)
    second = signing_in.new_code(ben)
    assert signing_in.check(ben, first) is (first == second)
    assert signing_in.check(ben, second) is True


def test_a_code_is_its_members_alone(ben):
    cem = joining.register(name="Cem", email="cem@gmx.de")
    code = signing_in.new_code(ben)
    assert signing_in.check(cem, code) is False
    assert signing_in.check(ben, code) is True


def test_fifteen_wrong_codes_in_an_hour_are_the_last(ben):
    for _ in range(3):
        code = signing_in.new_code(ben)
        for _ in range(5):
            signing_in.check(ben, other_than(code))
    with pytest.raises(signing_in.TooManyCodes) as refused:
        signing_in.new_code(ben)
    assert refused.value.code == "too_many_codes"
    assert SignInCode.objects.count() == 3
    with clock.at(makers.NOON + timedelta(hours=1)):
        assert signing_in.check(ben, signing_in.new_code(ben)) is True


def test_without_a_code_nothing_opens(ben):
    assert signing_in.check(ben, "123456") is False
    assert signing_in.check(ben, "") is False
