"""Codes: readable, and no single slip of the tongue or the finger makes another valid code."""

import random

from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty import readable_codes as codes

seeds = st.integers(min_value=0, max_value=2**32)
places = st.integers(min_value=0, max_value=codes.LENGTH - 1)


def code_of(seed):
    return codes.new(random.Random(seed))


def test_a_code_is_nine_characters_without_look_alikes():
    code = codes.new()
    assert len(code) == 9
    assert set(code) <= set("23456789CDFHJKMNPQRTVWX")
    assert not set("0O1ILAEUBSZGY") & set(codes.ALPHABET)


def test_a_code_is_shown_in_groups():
    assert codes.display("K7QM4WRTX") == "K7QM-4WRT-X"


def test_the_check_character_stays_what_it_was():
    # Printed codes must stay valid: "23456789" has the values 0 to 7, weighed 2·0 + 3·1 + … + 9·7 = 196.
    assert codes.parse("23456789" + codes.ALPHABET[-196 % 23]) == "23456789H"


def test_case_spaces_and_hyphens_do_not_matter():
    code = code_of(1)
    shown = codes.display(code)
    assert codes.parse(shown) == code
    assert codes.parse(shown.lower()) == code
    assert codes.parse(f"  {code[:3]} {code[3:6]}–{code[6:]}\n") == code


def test_what_is_no_code_is_none():
    assert codes.parse("") is None
    assert codes.parse("K7QM-4WRT") is None
    assert codes.parse("K7QM-4WRT-XX") is None
    assert codes.parse("ÄÖÜß-0000-1") is None


@given(seeds)
def test_each_new_code_is_valid(seed):
    code = code_of(seed)
    assert codes.parse(codes.display(code)) == code


@given(seeds, places, st.sampled_from(codes.ALPHABET))
def test_one_wrong_character_is_noticed(seed, place, wrong):
    code = code_of(seed)
    assume(code[place] != wrong)
    assert codes.parse(code[:place] + wrong + code[place + 1 :]) is None


@given(seeds, places, st.characters())
def test_one_character_that_is_in_no_code_is_noticed(seed, place, wrong):
    assume(wrong.upper() not in codes.ALPHABET)
    code = code_of(seed)
    assert codes.parse(code[:place] + wrong + code[place + 1 :]) is None


@given(seeds, places, places)
def test_two_exchanged_characters_are_noticed(seed, one, other):
    code = list(code_of(seed))
    assume(code[one] != code[other])
    code[one], code[other] = code[other], code[one]
    assert codes.parse("".join(code)) is None
