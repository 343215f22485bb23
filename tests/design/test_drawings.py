"""Line patterns, codes and charts: seeded, small, and readable by machines and screen readers."""

import gzip
import re

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st

from loyalty.design import charts, guilloche, qr, svg

URL = "https://karten.stammgast.example/k/8pQ2mXw4Zr7t"


def modules_of(drawing, quiet):
    """Read the dark modules back from the strokes of the path."""
    side = int(re.search(r'viewBox="0 0 (\d+) ', drawing)[1])
    dark = set()
    for run in re.findall(r"M\d+ \d+\.5[^M]*", re.search(r'stroke="#1b2233" d="([^"]+)"', drawing)[1]):
        x, y = map(float, re.match(r"M(\d+) (\d+)\.5", run).groups())
        for kind, length in re.findall(r"([hm])(\d+)", run[run.index("h") :]):
            if kind == "h":
                dark |= {(int(y), int(x) + step) for step in range(int(length))}
            x += int(length)
    return [
        [(row, column) in dark for column in range(quiet, side - quiet)] for row in range(quiet, side - quiet)
    ]


@pytest.mark.parametrize("content", [URL, "842133", "ÖZLEM", "x" * 300])
@pytest.mark.parametrize("quiet", [2, 4])
def test_the_path_draws_every_module_of_the_code(content, quiet):
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(content)
    code.make(fit=True)
    assert modules_of(qr.drawing(content, text="Code", quiet=quiet), quiet) == code.get_matrix()


def test_the_code_stands_on_white_with_four_light_modules_around():
    drawing = qr.drawing(URL, text="Code of your card")
    side = len(qr.modules(URL)) + 8
    assert f'viewBox="0 0 {side} {side}"' in drawing
    assert f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>' in drawing
    assert 'role="img" aria-label="Code of your card"' in drawing


def test_a_card_code_is_below_one_kilobyte():
    assert len(gzip.compress(qr.drawing(URL, text="Code").encode())) < 1024


@pytest.mark.parametrize("pattern", [guilloche.waves, guilloche.rosette])
def test_no_two_cards_have_the_same_lines_and_one_card_keeps_its_own(pattern):
    assert pattern("48217390") == pattern("48217390")
    assert pattern("48217390") != pattern("48217391")


@pytest.mark.parametrize(("pattern", "limit"), [(guilloche.waves, 1200), (guilloche.rosette, 2200)])
def test_lines_are_small_and_hidden_from_screen_readers(pattern, limit):
    drawn = pattern("48217390")
    assert len(gzip.compress(drawn.encode())) <= limit
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=60))
def test_a_trend_stays_in_its_box_and_ends_at_the_marked_point(values):
    drawn = charts.sparkline(values)
    x, y = map(float, re.search(r'cx="([\d.]+)" cy="([\d.]+)"', drawn).groups())
    assert x == 72
    assert 3 <= y <= 28
    line = re.search(r'd="M([^"]+)" fill="none"', drawn)[1]
    assert all(3 <= float(spot.split()[1]) <= 28 for spot in line.split("L"))


def test_a_trend_of_one_point_is_none():
    assert charts.sparkline([5]) == ""


def test_the_usual_stands_in_grey_behind_and_hours_to_come_have_none():
    drawn = charts.bars([1, 5, None], usual=[2, 3, 4], labels=["7", "8", "9"], text="Six stamps")
    assert drawn.count('class="bars-2"') == 3
    assert drawn.count('fill="currentColor"') == 2
    assert 'role="img" aria-label="Six stamps"' in drawn


def test_a_day_without_any_figure_still_draws():
    assert charts.bars([0, None], usual=[0, 0]).count("<path") == 0


def test_a_week_without_a_visit_is_a_grey_line():
    drawn = charts.weeks([0, 2, 1])
    assert drawn.count("M") == 3
    assert 'class="weeks-none" d="M0 18h5"' in drawn


@pytest.mark.parametrize(
    ("filled", "total", "ink", "free", "full"),
    [
        (0, 10, 0, 10, False),
        (7, 10, 7, 3, False),
        (10, 10, 10, 0, True),
        (3, 5, 3, 2, False),
        (10, 20, 5, 5, False),
    ],
)
def test_a_card_is_at_most_ten_dots_and_brass_when_full(filled, total, ink, free, full):
    drawn = charts.dots(filled, total=total)
    assert drawn.count("h0") == ink
    assert drawn.count("<circle") == free
    assert ("dots-full" in drawn) is full


@given(st.floats(-1000, 1000))
def test_coordinates_keep_one_decimal_and_no_needless_zero(value):
    text = svg.number(value)
    assert float(text) == pytest.approx(value, abs=0.051)
    assert not text.startswith(("0.", "-0."))
    assert not text.endswith(".0")


def test_every_motif_is_drawn_in_the_colour_around_it():
    for name in svg.motif_names():
        colours = set(re.findall(r'(?:fill|stroke)="(#[^"]+)"', svg.motif(name)))
        assert colours <= {"#fff"}, name


def test_an_icon_that_the_build_did_not_copy_says_where_to_add_it():
    with pytest.raises(KeyError, match=r"icons\.txt"):
        svg.icon("no-such-icon")
