"""A letter before it is drawn: sentences in the reader's language, and to whom it goes. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.design import wording
from programs import because
from rewards import sentences
from rewards.standing import Standing


@dataclass(frozen=True)
class Sender:
    """The merchant, as a letter shows it. colours: m, m_on, m_text, m_mark, m_tint as "#RRGGBB"."""

    name: str
    email: str
    tagline: str
    contact_name: str
    legal_line: str
    imprint_url: str
    privacy_url: str
    timezone: str
    informal: bool
    colours: dict[str, str]


@dataclass(frozen=True)
class Addressee:
    """Who reads it. language: "de", "de-du" or "en".

    unsubscribe_url and consent_on (a day, as it is written): of promotional letters. confirm_url: of those that ask.
    is_friend: who was given something by a member, and may have no card.
    """

    sender: Sender
    name: str
    email: str
    language: str
    card_url: str
    unsubscribe_url: str = ""
    consent_on: str = ""
    confirm_url: str = ""
    is_friend: bool = False

    @property
    def greeting(self) -> str:
        """By name, as far as one is known; du and English say the first name alone."""
        if not self.name:
            return _("Hello")
        name = self.name if self.language == "de" else self.name.split()[0]
        return _("Hello %(name)s") % {"name": name}


@dataclass(frozen=True)
class Button:
    label: str
    url: str


@dataclass(frozen=True)
class Notice:
    """A tinted box: the first sentence in bold, then what to do about it, and where."""

    strong: str
    rest: str = ""
    link: "Button | None" = None


@dataclass(frozen=True)
class Letter:
    """What is said, top to bottom. paragraphs stand before the button, after it comes how to ask back.

    template: a file in templates/mail; parts: what only that template shows.
    """

    subject: str
    headline: str
    paragraphs: tuple[str, ...] = ()
    code: str = ""
    notice: Notice | None = None
    button: Button | None = None
    template: str = "letter"
    parts: dict[str, Any] = field(default_factory=dict)


def card_button(to: Addressee) -> Button:
    return Button(_("Open your card"), to.card_url)


def contact(to: Addressee) -> str:
    """Whom to ask, and how: a reply reaches the shop."""
    if to.is_friend:
        return _("Questions? Just reply to this e-mail.")
    if to.sender.contact_name:
        sentence = _("%(person)s is glad to answer questions about your card. Just reply to this e-mail.")
        return sentence % {"person": to.sender.contact_name}
    return _("Questions about your card? Just reply to this e-mail.")


def reason(to: Addressee) -> str:
    """Why this was sent, for the foot of the letter."""
    if to.is_friend:
        return _(
            "You receive this once, because somebody who knows your address wants to give you something."
        )
    if not to.unsubscribe_url:
        return _("You receive this because you have a card at %(shop)s.") % {"shop": to.sender.name}
    return _("You receive this because you subscribed to it on %(day)s.") % {"day": to.consent_on}


def unit_of(standing: Standing) -> dict[str, Any]:
    """What sentences about a program's points or stamps need, to be kept among the figures of a message."""
    program = standing.program
    return {
        "unit": {"singular": program.unit_singular, "plural": program.unit_plural},
        "stamps_required": standing.stamps_required,
    }


def to_go(figures: dict[str, Any]) -> str:
    """ "Three more stamps, then a coffee is free.": the sentence of the card, out of what was kept."""
    names = figures["unit"]
    program = SimpleNamespace(unit_singular=names["singular"], unit_plural=names["plural"])
    kept = SimpleNamespace(stamps_required=figures["stamps_required"], program=program)
    return sentences.to_go(figures["missing"], figures["reward"], cast(Standing, kept))


def counted(count: int, figures: dict[str, Any], language: str) -> str:
    """ "40 points", "1 stamp"."""
    return f"{number(count, language)} {unit(count, figures)}"


def unit(count: int, figures: dict[str, Any]) -> str:
    """ "points" or "Stempel": in the active language."""
    return _unit(figures["unit"]["singular" if abs(count) == 1 else "plural"], get_language())


@lru_cache(maxsize=4096)
def _unit(name, language):
    # Kept per language: a translation looked up a million times is worth remembering.
    return because.unit(name)


def number(value: int, language: str) -> str:
    # Most numbers in letters are small, and need no separators.
    return str(value) if 0 <= value < 1000 else wording.plain(value, language)


def counted_in_words(count: int, figures: dict[str, Any], language: str) -> str:
    """ "two stamps", "13 points": small counts as words, as in a sentence."""
    name = unit(count, figures)
    if count == 1:
        # German's word for one follows the gender of what is counted. Of units with names of their own it is unknown.
        return f"{wording.count_word(1, language) if name in _MASCULINE else '1'} {name}"
    return f"{wording.count_word(count, language)} {name}"


_MASCULINE = {"Punkt", "Stempel", "point", "stamp"}


def local(moment: datetime, timezone: str) -> date:
    """The day of a moment, where the shop is."""
    return moment.astimezone(ZoneInfo(timezone)).date()


@lru_cache(maxsize=1024)
def day(on: date, language: str) -> str:
    """ "31. März": of this year or the next, so that it needs no year."""
    return wording.day(on, language)


@lru_cache(maxsize=1024)
def long_day(on: date, language: str) -> str:
    """ "4. November 2025"."""
    return wording.long_day(on, language)


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
