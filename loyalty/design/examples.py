"""Example figures for previews of the customer's pages: three shops, the guests of the design's pictures."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.design import wording
from loyalty.design.brand import Brand
from loyalty.design.stamps import GIVEN, Place, places

BERLIN = ZoneInfo("Europe/Berlin")
MORGENROT = Brand("Morgenrot", "#C5381F", "Café & Rösterei, Leipzig", "sun")
FELDMANN = Brand("Feldmann", "#F3B61F", "Handwerksbäckerei seit 1924", "wheat")
LINDQVIST = Brand("Lindqvist", "#1F4B3F", "Mode und Maß, München")
DAYS = [(9, 1), (16, 1), (23, 1), (2, 2), (13, 2), (27, 2), (12, 3), (17, 3), (20, 3), (26, 3)]
Context = dict[str, Any]


def _given(count: int, first: int = 0) -> list[Place]:
    days = DAYS[first : first + count]
    return [Place(GIVEN, seed=f"{day}.{month}", on=date(2026, month, day)) for day, month in days]


def _shop(brand: Brand) -> Context:
    other = (
        ("de", "Deutsch", "?lang=de") if (get_language() or "en") == "en" else ("en", "English", "?lang=en")
    )
    return {
        "brand": brand,
        "home_url": "",
        "languages": [other],
        "privacy_url": "#",
        "imprint_url": "#",
        "back_url": "#",
        "seed": brand.name,
    }


def _card(number: str, holder: str, at_counter: str) -> Context:
    code = f"https://karten.stammgast.example/k/{number}"
    return {"number": number, "holder": holder, "code": code, "at_counter": at_counter}


def _on(day: int, month: int) -> str:
    return wording.day(date(2026, month, day), get_language() or "en")


def _visit(when: str, title: str = "", text: str = "") -> Context:
    return {"title": title or _("One stamp"), "when": when, "text": text, "points": None}


def _more() -> list[Context]:
    return [
        _way("user-plus", _("Invite friends"), _("Two stamps for you, two for your guest")),
        _way(
            "message-circle", _("Ask %(name)s") % {"name": "Aylin Brandt"}, _("Mostly answers the same day")
        ),
        _way("settings-2", _("Messages and data"), _("Consents, language, export, deletion")),
    ]


def _way(icon: str, title: str, text: str) -> Context:
    return {"icon": icon, "title": title, "text": text, "url": "#"}


def _punch_history() -> list[Context]:
    today = wording.moment(_at(12, 3, 8, 12), get_language() or "en", now=_at(12, 3, 9, 0))
    street, station = _("Visit in Karl-Heine-Straße"), _("Visit at Plagwitzer Bahnhof")
    too_early = _("There is one stamp an hour, the last was 22 minutes old.")
    return [
        _visit(today.capitalize(), text=street),
        _visit(_on(27, 2), text=street),
        _visit(_on(13, 2), _("No second stamp"), too_early),
        _visit(_on(13, 2), text=station),
    ]


def _at(day: int, month: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=BERLIN)


def punch() -> Context:
    """Seven of ten stamps."""
    upper = {
        "kind": "punch",
        "title": _("Coffee card"),
        "aside": _("%(given)s of %(total)s") % {"given": 7, "total": 10},
        "places": places(given=_given(7), total=10, reward=_("free")),
        "motif": "cup",
        "next": _("Three more stamps and a coffee is free."),
        "note": _("Any size, with oat milk too."),
    }
    return {
        **_shop(MORGENROT),
        "card": _card("48217390", "Maximiliane Freifrau von Hohenthal-Bergenstein", _("Show at the counter")),
        "upper": upper,
        "install_url": "#",
        "wallet_url": "#",
        "history": _punch_history(),
        "more": _more(),
    }


def full() -> Context:
    """Ten of ten: redeem now."""
    page = punch()
    page["upper"] |= {
        "aside": _("%(given)s of %(total)s") % {"given": 10, "total": 10},
        "places": places(given=_given(10), total=10, reward=_("free")),
        "next": _("A coffee is waiting for you."),
        "note": _("Any size, with oat milk too. Valid until %(day)s.") % {"day": _on(26, 6)},
        "redeem_url": "#",
        "redeem_label": _("Redeem now"),
    }
    return page


def new() -> Context:
    """The first stamp is there; the one task is to keep the card."""
    page = punch()
    page["card"] = _card("48221067", "Björn Weißgerber", _("Show at the counter"))
    page["upper"] |= {
        "aside": _("%(given)s of %(total)s") % {"given": 1, "total": 10},
        "places": places(given=_given(1, 6), total=10, reward=_("free")),
        "next": _("Welcome, %(name)s. The first stamp is on us.") % {"name": "Björn"},
        "note": _("Show the code on your next visit, then the second one joins it."),
    }
    page["keep"] = {"sent_to": "bjoern@weissgerber.example"}
    page["history"], page["more"] = [], []
    page["history_empty"] = _(
        "After each visit it says here what you got and why. So far: one stamp to welcome you."
    )
    return page


def long_card() -> Context:
    """Twenty places, the most that are drawn as stamps."""
    page = punch()
    page["upper"] |= {
        "aside": _("%(given)s of %(total)s") % {"given": 10, "total": 20},
        "places": places(given=_given(10), total=20, reward=_("free"), on_the_way={15: ""}),
    }
    return page


def points() -> Context:
    """128 points, 22 short of the next reward, 40 about to lapse."""
    language = get_language() or "en"
    euro = wording.amount(100, "EUR", language, short=True)
    upper = {
        "kind": "points",
        "title": _("Bread points"),
        "aside": _("%(amount)s = 1 point") % {"amount": euro},
        "balance": 128,
        "unit": _("points"),
        "value": 128,
        "max": 150,
        "bar_from": "0",
        "bar_to": _("150 country loaf"),
        "bar_text": _("128 of 150 points to the country loaf"),
        "next": _("22 more points to the country loaf."),
        "note": _("That is about one purchase like your last."),
    }
    return {
        **_shop(FELDMANN),
        "card": _card("91420058", "Jürgen Großkreuz", _("Show at the counter")),
        "upper": upper,
        "expiry": {
            "title": _("40 points lapse on %(day)s.") % {"day": _on(31, 3)},
            "text": _("With the next purchase it is enough for the country loaf, then they are used."),
        },
        "rewards": _rewards(),
        "history": _points_history(language),
        "history_url": "#",
    }


def _rewards() -> list[Context]:
    return [
        _reward(_("Two rolls of your choice"), 40),
        _reward(_("Cinnamon bun"), 60),
        _reward(_("Cup of coffee"), 80),
        {**_reward(_("Wholegrain spelt bread"), 180), "url": "", "missing": _("52 short")},
    ]


def _reward(name: str, cost: int) -> Context:
    return {"name": name, "cost": _("%(points)s points") % {"points": cost}, "url": "#"}


def _points_history(language: str) -> list[Context]:
    def bought(minor: int) -> str:
        return _("Purchase %(amount)s") % {"amount": wording.amount(minor, "EUR", language)}

    cake = _("Refund %(amount)s") % {"amount": wording.amount(900, "EUR", language)}
    kept = _("1 point for each full euro. 40 cents are kept for the next time.")
    no_vouchers = _("Buying vouchers gives no points, redeeming them does.")
    return [
        _booked(18, bought(1840), _on(10, 3), kept),
        _booked(24, bought(1200), _on(3, 3), _("12 points, doubled on Tuesdays.")),
        _booked(0, bought(420), _on(27, 2), no_vouchers),
        _booked(-60, _("Cinnamon bun"), _on(21, 2), _("Redeemed at Jahnplatz.")),
        _booked(-9, cake, _on(18, 2), _("Cake brought back, the points with it.")),
    ]


def _booked(points_booked: int, title: str, when: str, text: str) -> Context:
    return {"points": points_booked, "title": title, "when": when, "text": text}


def tier() -> Context:
    """Gold until the end of next year, on the way to platinum."""
    language = get_language() or "en"

    def money(minor: int) -> str:
        return wording.amount(minor, "EUR", language, short=True)

    upper = {
        "kind": "tier",
        "title": _("Your tier"),
        "tier": "Gold",
        "until": _("until %(day)s") % {"day": wording.long_day(date(2027, 12, 31), language)},
        "value": 490,
        "max": 750,
        "bar_from": _("%(tier)s from %(amount)s") % {"tier": "Gold", "amount": money(75000)},
        "bar_to": _("%(tier)s from %(amount)s") % {"tier": "Platin", "amount": money(150000)},
        "bar_text": _("%(amount)s to %(tier)s") % {"amount": money(26000), "tier": "Platin"},
        "next": _("%(amount)s more to %(tier)s.") % {"amount": money(26000), "tier": "Platin"},
        "note": _("Twelve months count, so far %(amount)s.") % {"amount": money(124000)},
    }
    better = _("Eight instead of five percent, and twice a year an hour of fitting with Ingrid Lindqvist.")
    collection = _("The new collection two days early")
    perks = [
        _way("percent", _("Five percent on everything"), _("Taken off at the till by itself.")),
        _way(
            "scissors", _("Alterations at no charge"), _("Hems, sleeves and buttons, as often as you like.")
        ),
        _way("calendar-heart", collection, _("Next date: 2 April, 18:00. Six places left.")),
    ]
    return {
        **_shop(LINDQVIST),
        "card": _card("22074416", "Özlem Yıldırım-Österreicher", _("Show at the till")),
        "upper": upper,
        "perks": perks,
        "perks_title": _("What comes with %(tier)s") % {"tier": "Gold"},
        "next_tier": {
            "title": _("What would be different with %(tier)s?") % {"tier": "Platin"},
            "text": better,
        },
        "history": [],
        "history_empty": _("Your purchases will stand here."),
    }


def redeem() -> Context:
    """A code with 42 of 60 seconds left."""
    return {
        **_shop(MORGENROT),
        "reward": {"name": _("A coffee of your choice")},
        "code": "842133",
        "digits": "842133",
        "seconds": 42,
        "lasts": 60,
        "ends_at": _at(12, 3, 8, 15, 42),
        "after": _(
            "Then a new code appears, and until it is used your stamps stay untouched. "
            "A screenshot is not valid."
        ),
        "reload_url": "",
        "later_url": "#",
    }


def signup() -> Context:
    """A punch card's sign-up, nothing typed yet."""
    return {
        **_shop(MORGENROT),
        "offer": _("Ten stamps, a coffee on the house."),
        "offer_text": _("One stamp per visit, the first is on it already. No app, no password."),
        "places": places(given=_given(1), total=10, reward="10"),
        "motif": "cup",
        "action": "#",
        "values": {},
        "errors": {},
        "more_url": "#",
    }


def signup_error() -> Context:
    """A typing slip in the address: what was probably meant is offered."""
    return {
        **_shop(FELDMANN),
        "offer": _("A point for every euro, a loaf from 150 points."),
        "offer_text": "",
        "action": "#",
        "values": {"name": "Jürgen Großkreuz", "address": "juergen.grosskreuz@gmial.com"},
        "errors": {},
        "error_links": [("id_address", _("E-mail address"))],
        "suggestion": {
            "typed": "gmial.com",
            "domain": "gmail.com",
            "address": "juergen.grosskreuz@gmail.com",
        },
        "more_url": "#",
    }


def history() -> Context:
    """A month and a half of a points card."""
    rows = _points_history(get_language() or "en")
    language = get_language() or "en"
    return {
        **_shop(FELDMANN),
        "months": [
            {"title": wording.month(date(2026, 3, 1), language), "history": rows[:2]},
            {"title": wording.month(date(2026, 2, 1), language), "history": rows[2:]},
        ],
        "older_url": "#",
    }


def settings() -> Context:
    """Consents, language, export, deletion."""
    return {
        **_shop(MORGENROT),
        "action": "#",
        "purposes": [
            _purpose("news", _("News and offers"), _("At most two a week."), checked=True),
            _purpose("summary", _("Monthly summary"), _("Balance and rewards within reach.")),
            _purpose("birthday_greeting", _("Birthday greeting"), ""),
        ],
        "channels": [("email", "m.hohenthal@bergenstein.example"), ("sms", _("Text message"))],
        "channel": "email",
        "language_choices": [("de", "Deutsch"), ("en", "English")],
        "language": "de",
        "birthday": {"value": "", "hint": _("For a small surprise. Optional.")},
        "asks_address": True,
        "export_url": "#",
        "delete_url": "#",
    }


def _purpose(name: str, label: str, hint: str, *, checked: bool = False) -> Context:
    return {"name": name, "label": label, "hint": hint, "checked": checked}


def signin() -> Context:
    """The address is known: a code was sent."""
    page = {"step": "code", "title": _("You have a card already."), "sent_to": "j…z@gmail.com"}
    return {**_shop(MORGENROT), **page, "action": "#", "resend_url": "#"}


def unsubscribe() -> Context:
    """One click ended the news."""
    facts = {"done": True, "purpose": _("News and offers"), "address": "j…z@gmail.com"}
    return {**_shop(FELDMANN), **facts, "action": "#", "settings_url": "#"}


PAGES: dict[str, tuple[str, Callable[[], Context]]] = {
    "signup": ("card/signup.html", signup),
    "signup-error": ("card/signup.html", signup_error),
    "punch": ("card/card.html", punch),
    "full": ("card/card.html", full),
    "new": ("card/card.html", new),
    "long": ("card/card.html", long_card),
    "points": ("card/card.html", points),
    "tier": ("card/card.html", tier),
    "redeem": ("card/redeem.html", redeem),
    "history": ("card/history.html", history),
    "settings": ("card/settings.html", settings),
    "signin": ("card/signin.html", signin),
    "unsubscribe": ("card/unsubscribe.html", unsubscribe),
    "not-found": ("404.html", dict),
    "forbidden": ("403.html", dict),
    "fault": ("500.html", dict),
}
