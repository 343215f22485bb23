"""Every string for people is there in German too, with the same placeholders, and none is left over."""

import re

import polib
import pytest

from launch import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
HTML = re.compile(r"</?\w+")


@pytest.fixture(scope="module")
def used():
    return messages.found()


@pytest.fixture(scope="module")
def german():
    return polib.pofile(str(messages.GERMAN))


def key(entry):
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def test_every_string_has_a_german_translation(used, german):
    there = {key(entry) for entry in german if entry.translated() and not entry.fuzzy}
    missing = [
        f"{places[0][0]}:{places[0][1]} {message[1]!r}"
        for message, places in used.items()
        if message not in there
    ]
    assert missing == []


def test_no_translation_is_fuzzy_or_left_over(used, german):
    assert [entry.msgid for entry in german.fuzzy_entries()] == []
    assert [entry.msgid for entry in german if key(entry) not in used] == []


def test_the_informal_catalogue_says_only_what_differs(used, german):
    formal = {key(entry): entry for entry in german}
    for entry in polib.pofile(str(messages.INFORMAL)):
        assert key(entry) in used, f"not used any more: {entry.msgid}"
        same = (entry.msgstr, entry.msgstr_plural) == (
            formal[key(entry)].msgstr,
            formal[key(entry)].msgstr_plural,
        )
        assert not same, f"the same as with Sie: {entry.msgid}"


def test_placeholders_survive_translation(german):
    for entry in [*german, *polib.pofile(str(messages.INFORMAL))]:
        for translated in [entry.msgstr, *entry.msgstr_plural.values()]:
            if translated:
                allowed = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
                assert set(PLACEHOLDER.findall(translated)) <= allowed, entry.msgid
                assert sorted(HTML.findall(translated)) == sorted(HTML.findall(entry.msgid)), entry.msgid


def test_the_tone_has_no_exclamation_marks(german):
    assert [entry.msgstr for entry in german if "!" in entry.msgstr] == []


def test_formal_german_never_says_du_and_informal_never_says_sie():
    du = re.compile(r"\b(du|dich|dir|dein|deine[mnrs]?|euch|euer)\b", re.IGNORECASE)
    sie = re.compile(r"(?<![.:?“„] )(?<!^)\b(Sie|Ihnen|Ihre?[mnrs]?)\b")
    naming_it = {"du", "Deutsch (du)"}
    formal = [entry.msgstr for entry in polib.pofile(str(messages.GERMAN)) if entry.msgstr not in naming_it]
    assert [text for text in formal if du.search(text)] == []
    assert [entry.msgstr for entry in polib.pofile(str(messages.INFORMAL)) if sie.search(entry.msgstr)] == []
