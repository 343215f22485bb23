"""The merchant's colour: the figures of the design picture, and the ratios for any colour at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import colour

# given, m, m_text, m_mark; then the ratios of m_on on m, m_text on the page ground, m_mark on the card.
LIGHT = [
    ("#C5381F", "#C5381F", "#C5381F", "#C5381F", 5.3, 4.9, 5.3),
    ("#F3B61F", "#F3B61F", "#8E6801", "#BD8D14", 8.7, 4.7, 3.0),
    ("#1F4B3F", "#1F4B3F", "#1F4B3F", "#1F4B3F", 9.8, 9.0, 9.8),
    ("#0E7C86", "#0E7C86", "#0E7C86", "#0E7C86", 4.9, 4.5, 4.9),
    ("#7A8B2E", "#6C7C1B", "#667612", "#7A8B2E", 4.6, 4.6, 3.8),
    ("#E8648A", "#E8648A", "#C1416A", "#E8648A", 5.0, 4.5, 3.2),
    ("#FFF000", "#FFF000", "#787100", "#9E950B", 13.4, 4.6, 3.1),
    ("#F2E9D8", "#F2E9D8", "#756D5E", "#9B9383", 13.2, 4.7, 3.0),
    ("#101010", "#101010", "#101010", "#101010", 19.0, 17.4, 19.0),
    ("#8C8C8C", "#8C8C8C", "#6F6F6F", "#8C8C8C", 4.7, 4.6, 3.4),
]
# given, m_text, m_mark; then the ratios of both on the dark card.
DARK = [
    ("#C5381F", "#F06146", "#C93C23", 4.7, 3.0),
    ("#F3B61F", "#F3B61F", "#F3B61F", 8.3, 8.3),
    ("#1F4B3F", "#6A9688", "#4C786B", 4.6, 3.0),
    ("#E8648A", "#E8648A", "#E8648A", 4.8, 4.8),
    ("#101010", "#8D8D8D", "#6F6F6F", 4.6, 3.0),
]
any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@pytest.mark.parametrize(("colour_given", "m", "text", "mark", "on_ratio", "text_ratio", "mark_ratio"), LIGHT)
def test_light_tokens_are_those_of_the_picture(colour_given, m, text, mark, on_ratio, text_ratio, mark_ratio):
    light = colour.tokens(colour_given)["light"]
    assert (light["m"], light["m_text"], light["m_mark"]) == (m, text, mark)
    assert round(colour.contrast(light["m"], light["m_on"]), 1) == on_ratio
    assert round(colour.contrast(text, colour.LIGHT_GROUND), 1) == text_ratio
    assert round(colour.contrast(mark, colour.LIGHT_CARD), 1) == mark_ratio


@pytest.mark.parametrize(("colour_given", "text", "mark", "text_ratio", "mark_ratio"), DARK)
def test_dark_tokens_are_those_of_the_picture(colour_given, text, mark, text_ratio, mark_ratio):
    dark = colour.tokens(colour_given)["dark"]
    assert (dark["m_text"], dark["m_mark"]) == (text, mark)
    assert round(colour.contrast(text, colour.DARK_CARD), 1) == text_ratio
    assert round(colour.contrast(mark, colour.DARK_CARD), 1) == mark_ratio


@given(any_colour)
def test_no_merchant_can_choose_an_unreadable_page(colour_given):
    tokens = colour.tokens(colour_given)
    light, dark = tokens["light"], tokens["dark"]
    for theme in (light, dark):
        assert colour.contrast(theme["m"], theme["m_on"]) >= 4.5
    assert colour.contrast(light["m_text"], colour.LIGHT_GROUND) >= 4.5
    assert colour.contrast(light["m_text"], colour.LIGHT_CARD) >= 4.5
    assert colour.contrast(light["m_mark"], colour.LIGHT_CARD) >= 3
    assert colour.contrast(dark["m_text"], colour.DARK_CARD) >= 4.5
    assert colour.contrast(dark["m_text"], colour.DARK_GROUND) >= 4.5
    assert colour.contrast(dark["m_mark"], colour.DARK_CARD) >= 3
    assert colour.contrast(light["m_tint"], colour.INK) >= 4.5


@given(any_colour)
def test_the_colour_stays_as_given_when_white_or_ink_reads_on_it(colour_given):
    readable = max(colour.contrast(colour.WHITE, colour_given), colour.contrast(colour.INK, colour_given))
    assert (colour.tokens(colour_given)["light"]["m"] == colour_given) == (readable >= 4.5)


@given(any_colour)
def test_text_on_the_colour_is_white_whenever_white_reads(colour_given):
    light = colour.tokens(colour_given)["light"]
    expected = colour.WHITE if colour.contrast(colour.WHITE, light["m"]) >= 4.5 else colour.INK
    assert light["m_on"] == expected


def test_tints_are_nine_percent_in_white_and_sixteen_in_dark_paper():
    tokens = colour.tokens("#C5381F")
    assert tokens["light"]["m_tint"] == "#FAEDEB"
    assert tokens["dark"]["m_tint"] == "#2F1B1F"


def test_black_and_white_are_the_ends_of_contrast():
    assert colour.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert colour.contrast("#FFFFFF", "#FFFFFF") == 1


@pytest.mark.parametrize("written", ["#f3b61f", "F3B61F", " #F3B61F "])
def test_a_colour_is_understood_however_it_is_written(written):
    assert colour.normalise(written) == "#F3B61F"


def test_three_digits_stand_for_six():
    assert colour.normalise("#fa0") == "#FFAA00"


@pytest.mark.parametrize("bad", ["", "red", "#12345", "#GGGGGG", "#F3B61F;}", None, 0])
def test_what_is_no_colour_is_refused(bad):
    with pytest.raises(ValueError, match="not a colour"):
        colour.tokens(bad)
