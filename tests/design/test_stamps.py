"""Stamps: the same entry gives the same stamp, states look different, and ten of them stay small."""

import gzip
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.design import stamps
from loyalty.design.stamps import FREE, GIVEN, REWARD, TAKEN_BACK, WAITING, Place

DAYS = ["9.1.", "16.1.", "23.1.", "2.2.", "13.2.", "27.2.", "12.3.", "17.3.", "20.3.", "26.3."]


def ten(seed="entry"):
    return [Place(GIVEN, seed=f"{seed}{index}", label=day) for index, day in enumerate(DAYS)]


def test_the_same_stamp_always_looks_the_same():
    place = Place(GIVEN, seed="0198c0de", label="12.3.")
    assert stamps.stamp(place, motif_name="cup") == stamps.stamp(place, motif_name="cup")


def test_another_entry_is_another_impression():
    one, other = Place(GIVEN, seed="a", label="12.3."), Place(GIVEN, seed="b", label="12.3.")
    assert stamps.stamp(one, motif_name="cup") != stamps.stamp(other, motif_name="cup")


@given(st.uuids())
def test_a_stamp_is_turned_at_most_15_degrees_and_moved_at_most_2_pixels(seed):
    drawn = stamps.stamp(Place(GIVEN, seed=str(seed), label="12.3."), motif_name="cup")
    shift_x, shift_y, turn = re.search(
        r"translate\((\S+?)[ ]?(-?[\d.]+)\) rotate\((-?[\d.]+)", drawn
    ).groups()
    # A hundred units are 61 pixels on the card.
    assert abs(float(shift_x)) * 0.61 <= 2
    assert abs(float(shift_y)) * 0.61 <= 2
    assert -15 <= float(turn) <= 15


def test_ten_stamps_are_at_most_three_kilobytes_gzipped():
    drawn = stamps.grid(ten(), motif_name="croissant", text="10 of 10 stamps, the last on 26 March")
    assert len(gzip.compress(drawn.encode())) <= 3072


def test_the_whole_grid_is_one_image_with_its_text():
    drawn = stamps.grid(ten(), motif_name="cup", text="10 of 10 stamps")
    assert drawn.count('role="img"') == 1
    assert 'aria-label="10 of 10 stamps"' in drawn


def test_words_from_outside_are_escaped():
    drawn = stamps.grid([Place(REWARD, label="<b>&")], motif_name="cup", text='"><script>')
    assert "<b>" not in drawn
    assert "<script>" not in drawn


def test_drawings_carry_no_style_of_their_own_as_the_page_allows_none():
    row = [Place(kind, seed="s", label="1") for kind in (GIVEN, FREE, REWARD, WAITING, TAKEN_BACK)]
    assert "style=" not in stamps.grid(row, motif_name="cup")


@pytest.mark.parametrize(
    ("total", "columns"),
    [(3, 5), (5, 5), (6, 6), (7, 4), (8, 4), (9, 5), (10, 5), (11, 6), (12, 6), (13, 6), (18, 6), (20, 6)],
)
def test_five_stand_in_a_row_and_six_on_a_long_card(total, columns):
    assert stamps.columns(total) == columns


def test_free_places_are_numbered_and_the_last_is_the_reward():
    row = stamps.places(given=ten()[:7], total=10, reward="free")
    assert [place.kind for place in row] == [GIVEN] * 7 + [FREE, FREE, REWARD]
    assert [place.label for place in row[7:]] == ["8", "9", "free"]


def test_rewards_on_the_way_stand_at_their_place_until_it_is_stamped():
    row = stamps.places(given=ten()[:3], total=10, reward="", on_the_way={5: "Keks"})
    assert (row[4].kind, row[4].label) == (REWARD, "Keks")
    later = stamps.places(given=ten()[:5], total=10, reward="", on_the_way={5: "Keks"})
    assert later[4].kind == GIVEN


def test_stamps_beyond_a_full_card_belong_to_the_next():
    assert len(stamps.places(given=ten(), total=8, reward="")) == 8


def test_a_day_longer_than_six_letters_is_set_smaller():
    short = stamps.stamp(Place(GIVEN, seed="a", label="12.12."), motif_name="cup")
    long = stamps.stamp(Place(GIVEN, seed="a", label="12 March"), motif_name="cup")
    assert 'font-size="15"' not in short
    assert 'font-size="15"' in long


def test_a_stamp_that_was_taken_back_is_struck():
    drawn = stamps.stamp(Place(TAKEN_BACK, seed="a", on=date(2026, 2, 27), label="27.2."), motif_name="cup")
    assert "s-back" in drawn
    assert "s-strike" in drawn


def test_on_paper_no_side_takes_less_ink():
    place = Place(GIVEN, seed="a", label="12.3.")
    assert "#777" in stamps.stamp(place, motif_name="cup")
    assert "#777" not in stamps.stamp(place, motif_name="cup", pressure=False)


def test_a_motif_that_nobody_drew_is_refused():
    with pytest.raises(KeyError):
        stamps.stamp(Place(GIVEN, seed="a"), motif_name="rocket")
