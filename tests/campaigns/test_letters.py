"""What letters say: in both languages, with Sie or du, as HTML and as text; nothing in them is loaded."""

import re

import pytest
from django.utils import translation

from campaigns import registry, rendering
from campaigns.letters import Addressee, Sender
from loyalty import colour, sealing

POINTS = {"unit": {"singular": "point", "plural": "points"}, "stamps_required": None}
STAMPS = {"unit": {"singular": "stamp", "plural": "stamps"}, "stamps_required": 10}
SUMMARY = {
    "month": "2026-02-01",
    "accounts": [
        {
            **POINTS, "balance": 86, "added": 84, "redeemed": -60, "taken_back": -9, "expired": 0, "corrected": 0,
            "next": {"reward": "Landbrot", "at": 150, "missing": 64, "visits": 4},
            "expiring": {
                "amount": 40, "at": "2026-03-31T22:00:00+00:00", "help": {"kind": "enough", "reward": "Zwei Brötchen"}
            },
            "unlocked": [], "within_reach": [{"reward": "Zwei Brötchen", "cost": 40}],
        }
    ],
}  # fmt: skip
FIGURES = {
    "monthly_summary": SUMMARY,
    "welcome": {"balance": 1, **STAMPS, "confirm": True},
    "so_close": {"missing": 2, "purchases": 2, "reward": "Ein Kaffee nach Wahl", **STAMPS},
    "reward_ready": {"reward": "Landbrot", "count": 2},
    "points_expiring": {
        "amount": 40,
        "expires_at": "2026-12-31T23:00:00+00:00",
        "help": "enough",
        "reward": "Landbrot",
        **POINTS,
    },
    "sign_in_code": {"code": "482917"},
    "confirmation": {"confirm": True},
    "voucher_gift": {
        "reward": "Landbrot",
        "giver": sealing.seal("Jonas Weidner"),
        "friend": sealing.seal("i@example.org"),
        "link": sealing.seal("abc"),
    },
    "voucher_gift_accepted": {"reward": "Landbrot"},
}


def addressee(language, name="Maximiliane Großkreuz"):
    sender = Sender(
        name="Feldmann", email="h@feldmann.example", tagline="Handwerksbäckerei seit 1924",
        contact_name="Hinnerk Feldmann", legal_line="Feldmann GmbH, Jahnplatz 9, 33602 Bielefeld",
        imprint_url="https://feldmann.example/impressum", privacy_url="", timezone="Europe/Berlin",
        informal=language == "de-du", colours=colour.tokens("#F3B61F")["light"],
    )  # fmt: skip
    return Addressee(
        sender, name, "m@example.org", language, card_url="https://karten.example/card/abc/",
        unsubscribe_url="https://karten.example/u/abc/", consent_on="4. November 2025",
        confirm_url="https://karten.example/confirm/abc/",
    )  # fmt: skip


def written(campaign, language, **reader):
    to = addressee(language, **reader)
    with translation.override(language):
        letter = registry.BY_NAME[campaign].write(to, FIGURES[campaign])
        return letter, *rendering.render(letter, to)


def test_every_campaign_has_a_letter_here():
    assert set(FIGURES) == set(registry.BY_NAME)


@pytest.mark.parametrize("language", ["de", "de-du", "en"])
@pytest.mark.parametrize("campaign", sorted(FIGURES))
def test_a_letter_loads_nothing_and_leaves_nothing_unfilled(campaign, language):
    letter, html, text = written(campaign, language)
    assert not re.search(r"<img|<link|@import|url\(|<script|{{|{%", html)
    assert not re.search(r"%\(|{{|{%|None|undefined", letter.subject + text)
    assert "font-family:Arial, sans-serif" in html
    assert "Feldmann GmbH, Jahnplatz 9, 33602 Bielefeld" in text


@pytest.mark.parametrize("campaign", sorted(FIGURES))
def test_sie_and_du_are_never_mixed(campaign):
    formal, informal = written(campaign, "de")[2], written(campaign, "de-du")[2]
    assert not re.search(r"\b([Dd]u|[Dd]ir|[Dd]ich|[Dd]eine?[rmns]?)\b", formal)
    assert not re.search(r"\b(Sie|Ihnen|Ihre?[rmns]?)\b", informal)


def test_the_summary_in_german_says_its_figures():
    letter, html, text = written("monthly_summary", "de")
    assert letter.subject == "Ihr Februar bei Feldmann"
    assert letter.headline == "Guten Tag, Maximiliane Großkreuz, das war Ihr Februar."
    for line in (
        "86 Punkte auf der Karte", "Dazugekommen: +84", "Eingelöst: −60", "Zurückgenommen: −9", "Verfallen: 0",
        "Bei Ihren üblichen Einkäufen sind das etwa vier Besuche.",
        "40 Punkte verfallen am 31. März. Das reicht für: Zwei Brötchen.",
        "Fragen zur Karte beantwortet Ihnen gern Hinnerk Feldmann. Antworten Sie einfach auf diese E-Mail.",
        "Sie bekommen diese E-Mail, weil Sie sie am 4. November 2025 bestellt haben.",
    ):  # fmt: skip
        assert line in text
    assert "#F3B61F" in html


def test_du_says_the_first_name():
    letter, _html, text = written("monthly_summary", "de-du")
    assert letter.headline == "Hallo Maximiliane, das war dein Februar."
    assert "Bei deinen üblichen Einkäufen" in text


def test_the_summary_in_english():
    letter, _html, text = written("monthly_summary", "en")
    assert letter.headline == "Hello Maximiliane, that was your February."
    assert "40 points expire on 31 March. That is enough for: Zwei Brötchen." in text


def test_without_a_name_it_greets_all_the_same():
    assert written("reward_ready", "en", name="")[0].headline == "Hello."
    assert written("reward_ready", "de", name="")[0].headline == "Guten Tag."


def test_a_name_is_text_and_never_markup():
    _letter, html, text = written("reward_ready", "en", name="<b>Bobby</b>")
    assert "&lt;b&gt;Bobby" in html
    assert "<b>Bobby" not in html
    assert "<b>Bobby</b>." in text
