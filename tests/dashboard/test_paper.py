"""The poster: a PDF that opens, a picture of it, and a code that says what it should."""

from io import BytesIO

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import translation
from PIL import Image

from loyalty import colour
from loyalty.dashboard import offers
from loyalty.dashboard.paper import motifs, poster, sheet
from loyalty.design import qr, svg
from loyalty.merchants.models import AuditEntry
from programs import catalogue
from tests import makers

LINK = "https://stammgast.example/join/cafe-morgenrot/"
PIXELS_PER_MM = 8


def offer(**changed):
    words = {
        "shop": "Morgenrot", "tagline": "Café & Rösterei, Leipzig", "headline": "Zehn Stempel, ein Kaffee aufs Haus.",
        "stamp_word": "gratis", "title": ("Scannen, und", "die Karte ist da."), "steps": ("Eins", "Zwei", "Drei"),
        "foot": "Ohne App, ohne Passwort.", "address": "stammgast.example/join/cafe-morgenrot", "link": LINK,
        "motif": "cup", "colours": colour.tokens("#C5381F")["light"],
    }  # fmt: skip
    return poster.Offer(**(words | changed))


def page(pdf):
    return pypdfium2.PdfDocument(pdf)[0]


@pytest.mark.parametrize(
    ("size", "millimetres"), [("a4", (210, 297)), ("a5", (148, 209)), ("a6", (105, 148.5))]
)
def test_each_size_is_one_page_of_paper(size, millimetres):
    document = pypdfium2.PdfDocument(poster.pdf(offer(), size))
    assert len(document) == 1
    drawn = tuple(round(points / sheet.MM, 1) for points in document[0].get_size())
    assert drawn == pytest.approx(millimetres, abs=0.4)


def test_the_words_stand_on_it_as_text():
    text = page(poster.pdf(offer())).get_textpage().get_text_range()
    for words in (
        "Zehn",
        "ein Kaffee",
        "Café & Rösterei, Leipzig",
        "die Karte ist da.",
        "Ohne App, ohne Passwort.",
    ):
        assert words in text


def test_the_same_offer_is_the_same_file():
    assert poster.pdf(offer()) == poster.pdf(offer())


def test_the_code_is_at_least_65_millimetres_and_has_four_modules_of_white():
    rows = qr.modules(LINK)
    module = poster.CODE_SIDE / len(rows)
    assert poster.CODE_SIDE >= 65
    assert (
        min(poster.EDGE, poster.CODE_TOP - poster.COLOURED, 97 - poster.EDGE - poster.CODE_SIDE) >= 4 * module
    )


def test_the_code_drawn_is_the_code_of_the_link():
    picture = Image.open(BytesIO(sheet.png(poster.pdf(offer()), width=210 * PIXELS_PER_MM))).convert("L")
    rows = qr.modules(LINK)
    module = poster.CODE_SIDE / len(rows)
    drawn = [
        [
            picture.getpixel((
                round((poster.EDGE + (x + 0.5) * module) * PIXELS_PER_MM),
                round((poster.CODE_TOP + (y + 0.5) * module) * PIXELS_PER_MM),
            )) < 128
            for x in range(len(rows))
        ]
        for y in range(len(rows))
    ]  # fmt: skip
    assert drawn == rows


def test_the_picture_has_the_shops_colour_above_and_paper_below():
    picture = Image.open(BytesIO(sheet.png(poster.pdf(offer()), width=420))).convert("RGB")
    assert picture.size == (420, 595)
    assert picture.getpixel((5, 5)) == (0xC5, 0x38, 0x1F)
    assert picture.getpixel((5, 590)) == (255, 255, 255)


@pytest.mark.parametrize(
    "headline",
    [
        "Zwölf Stempel, ein Haarschnitt mit Waschen und Kopfmassage aufs Haus.",
        "Donaudampfschifffahrtsgesellschaft, eine Fahrt aufs Haus.",
        "Ja.",
    ],
    ids=["long", "one long word", "short"],
)
def test_a_headline_is_set_whole_whatever_its_length(headline):
    text = page(poster.pdf(offer(headline=headline))).get_textpage().get_text_range()
    assert all(word in text for word in headline.split())


def test_a_word_that_fits_nowhere_is_cut_and_not_left_out():
    text = page(poster.pdf(offer(headline="x" * 90))).get_textpage().get_text_range()
    assert text.count("x") >= 90


@pytest.mark.parametrize("name", svg.motif_names())
def test_every_motif_can_be_drawn(name):
    assert motifs.shapes(name)
    assert poster.pdf(offer(motif=name)).startswith(b"%PDF")


def test_a_logo_is_printed():
    file = BytesIO()
    Image.new("RGB", (200, 100), "#00FF00").save(file, "PNG")
    picture = Image.open(BytesIO(sheet.png(poster.pdf(offer(logo=file.getvalue())), width=840))).convert(
        "RGB"
    )
    assert picture.getpixel((((17 + 4 + 10) * 4), ((17 + 4 + 8) * 4))) == (0, 255, 0)


def test_runs_join_dark_modules():
    assert sheet.runs([True, True, False, True]) == [(0, 2), (3, 4)]
    assert sheet.runs([False, False]) == []


# --- The words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "promise", "rule"),
    [
        ({"reward": "A coffee of your choice"}, "Ten stamps, a coffee of your choice on the house.",
         "One stamp per visit."),
        ({"stamps_required": 5, "stamp_per": "item", "reward": "Oat biscuit"}, "Five stamps, Oat biscuit on the house.",
         "One stamp per item."),
        ({"stamp_per": "amount", "per_minor": 500, "reward": "A tea."}, "Ten stamps, a tea on the house.",
         "One stamp for each €5."),
    ],
)  # fmt: skip
def test_the_headline_is_the_offer(shop, program, promise, rule):
    makers.punch_card(shop.merchant, **program)
    with shop.scope(), translation.override("en"):
        [live] = catalogue.live()
        assert (offers.promise(live), offers.rule(live)) == (promise, rule)


def test_points_promise_their_cheapest_reward(shop):
    makers.points_program(shop.merchant, rewards=[("A loaf", 150), ("Two rolls", 40)])
    with shop.scope(), translation.override("en"):
        [live] = catalogue.live()
        assert offers.promise(live) == "Collect points, two rolls on the house."
        assert offers.rule(live) == "1 point for each €1."


# --- The page -------------------------------------------------------------------------------------------------


def test_the_kit_offers_everything_and_the_owners_own_words(shop, owner):
    makers.punch_card(shop.merchant, reward="A coffee")
    text = owner.get(reverse("dashboard:launch_kit"), {"headline": "Come again & again"}).content.decode()
    assert "Your poster: Come again &amp; again" in text
    assert "headline=Come%20again%20%26%20again" in text
    assert f'/join/{shop.merchant.slug}/"' in text
    assert "One stamp per visit." in text


@pytest.mark.parametrize(
    ("size", "kind", "start"), [("a4", "pdf", b"%PDF"), ("a6", "pdf", b"%PDF"), ("a5", "png", b"\x89PNG")]
)
def test_the_files_are_served(shop, owner, size, kind, start):
    makers.punch_card(shop.merchant)
    answer = owner.get(reverse("dashboard:poster", args=[size, kind]))
    assert answer.content.startswith(start)
    assert answer["Content-Type"] == {"pdf": "application/pdf", "png": "image/png"}[kind]


def test_a_printed_poster_is_no_longer_asked_for(shop, owner):
    makers.punch_card(shop.merchant)
    owner.get(reverse("dashboard:poster", args=["a4", "png"]))
    with shop.scope():
        assert not AuditEntry.objects.exists()
    owner.get(reverse("dashboard:poster", args=["a4", "pdf"]))
    with shop.scope():
        assert AuditEntry.objects.get().action == "poster.downloaded"


@pytest.mark.parametrize(("size", "kind"), [("a3", "pdf"), ("a4", "svg")])
def test_another_file_is_not_there(owner, size, kind):
    assert owner.get(reverse("dashboard:poster", args=[size, kind])).status_code == 404
