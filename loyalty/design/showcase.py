"""What the page /design/ shows: tokens with their measured contrast, components, ten merchants' colours."""

from typing import Any

from django.utils.translation import gettext as _

from loyalty import colour
from loyalty.design import examples
from loyalty.design.brand import Brand
from loyalty.design.stamps import FREE, GIVEN, REWARD, TAKEN_BACK, WAITING, Place

Row = dict[str, Any]

# Name, value, custom property and use, then what it is measured against and how that reads.
LIGHT = [
    ("paper", "#F6F5F1", "--color-base-200", "page ground", "#1B2233", "ink on it"),
    ("surface", "#FFFFFF", "--color-base-100", "cards, content", "#1B2233", "ink on it"),
    ("line", "#E3E0D8", "--color-base-300", "hairlines, not for controls", "#1B2233", "ink on it"),
    ("edge", "#858B99", "--edge", "borders of controls", "#FFFFFF", "on surface"),
    ("muted", "#5A6172", "--muted", "second text", "#FFFFFF", "on surface"),
    ("ink", "#1B2233", "--color-base-content", "text", "#FFFFFF", "on surface"),
    ("ink blue", "#1B2540", "--color-primary", "the one primary action", "#FFFFFF", "its text"),
    ("data", "#2B4C9B", "--color-secondary", "charts, links in data", "#FFFFFF", "on surface"),
    ("brass", "#E2B04A", "--color-accent", "a reward is ready, tiers", "#1B2233", "ink on it"),
    ("brass text", "#76530F", "--brass", "brass as text and icon", "#FFFFFF", "on surface"),
    ("success", "#1B7046", "--color-success", "done", "#FFFFFF", "on surface"),
    ("warning", "#F0B429", "--color-warning", "waiting, ink on it", "#1B2233", "ink on it"),
    ("error", "#B3261E", "--color-error", "refused, invalid", "#FFFFFF", "on surface"),
]
DARK = [
    ("paper", "#12161F", "--color-base-200", "", "#ECEAE4", "ink on it"),
    ("surface", "#1B212D", "--color-base-100", "", "#ECEAE4", "ink on it"),
    ("line", "#2F3747", "--color-base-300", "", "#ECEAE4", "ink on it"),
    ("edge", "#737C8F", "--edge", "", "#1B212D", "on surface"),
    ("muted", "#A6ACBA", "--muted", "", "#1B212D", "on surface"),
    ("ink", "#ECEAE4", "--color-base-content", "", "#1B212D", "on surface"),
    ("ink blue", "#ECEAE4", "--color-primary", "", "#12161F", "its text"),
    ("data", "#9DB4F0", "--color-secondary", "", "#1B212D", "on surface"),
    ("brass", "#E2B04A", "--color-accent", "", "#1B2233", "ink on it"),
    ("brass text", "#E9C372", "--brass", "", "#1B212D", "on surface"),
    ("success", "#63C896", "--color-success", "", "#1B212D", "on surface"),
    ("warning", "#F0B429", "--color-warning", "", "#1B2233", "ink on it"),
    ("error", "#FF9A8F", "--color-error", "", "#1B212D", "on surface"),
]
SHOPS = [
    ("Café Morgenrot", "#C5381F"),
    ("Bäckerei Feldmann", "#F3B61F"),
    ("Lindqvist", "#1F4B3F"),
    ("Apotheke am Markt", "#0E7C86"),
    ("Hofladen Österreicher", "#7A8B2E"),
    ("Salon Özdemir", "#E8648A"),
    ("Radwerk", "#FFF000"),
    ("Papeterie Weiß", "#F2E9D8"),
    ("Studio Kohl", "#101010"),
    ("Eisenwaren Groß", "#8C8C8C"),
]
IN_THE_DARK = ("#C5381F", "#F3B61F", "#1F4B3F", "#E8648A", "#101010")
TYPE = [
    ("4xl", "56 / 56", "800, −0.04 em", "Figures on a card", "128 Punkte", "text-4xl font-extrabold"),
    (
        "3xl",
        "36 / 39",
        "800, −0.03 em",
        "Question, sign-up",
        "Wie oft kommt ein Gast?",
        "text-3xl font-extrabold",
    ),
    ("2xl", "28 / 32", "800, −0.025 em", "Page title", "Guten Morgen, Aylin", "text-2xl font-extrabold"),
    ("xl", "22 / 27", "700, −0.015 em", "The next step", "Noch drei Stempel.", "text-xl font-bold"),
    ("lg", "18 / 25", "700", "Section", "Heute an der Theke", "text-lg font-bold"),
    ("base", "16 / 24", "400, 600", "Reading", "Maximiliane von Hohenthal-Bergenstein", "text-base"),
    ("sm", "15 / 22", "400, 600", "Dashboard, second line", "Es gibt einen Stempel pro Stunde.", "text-sm"),
    ("xs", "13 / 18", "400, 600", "Notes; never smaller", "So gerechnet", "text-xs"),
]
SPACES = [
    (space, f"size-{space // 4}") for space in (4, 8, 12, 16, 20, 24, 32, 40, 56)
]  # The style sheet has them from templates/design/foundations.html.
CORNERS = [
    ("6", "tag", "rounded-tag border"),
    ("8", "filter", "rounded-filter border"),
    ("10", "field, button", "rounded-field border"),
    ("14", "card, panel", "rounded-box border"),
    ("", "card shadow", "rounded-box shadow-card"),
]
ICONS = [
    ("house", "Start"),
    ("users-round", "Gäste"),
    ("stamp", "Stempel"),
    ("gift", "Belohnung"),
    ("send", "Nachricht"),
    ("chart-no-axes-column", "Auswertung"),
    ("inbox", "Postfach"),
    ("printer", "Drucken"),
    ("scan-line", "Scannen"),
    ("search", "Suchen"),
    ("user-plus", "Einladen"),
    ("undo-2", "Rückgängig"),
    ("cloud-off", "Ohne Netz"),
    ("octagon-alert", "Fehler"),
    ("check", "Erledigt"),
    ("hourglass", "Verfällt"),
    ("flag", "Aufgefallen"),
    ("lock", "Noch nicht"),
    ("wallet", "Wallet"),
    ("smartphone", "Startbildschirm"),
]


def page() -> Row:
    """Return everything the page needs; it is built only from the real parts."""
    return {
        "light": [_swatch(*row) for row in LIGHT],
        "dark": [_swatch(*row) for row in DARK],
        "type_rows": TYPE,
        "spaces": SPACES,
        "corners": CORNERS,
        "icons": ICONS,
        "stamps": _stamps(),
        "shops": [_shop(*shop) for shop in SHOPS],
        "dark_shops": [_shop(*shop) for shop in SHOPS if shop[1] in IN_THE_DARK],
        "columns": [
            {"label": "Name"},
            {"label": "Zuletzt da", "sort": "descending", "href": "#table"},
            {"label": "Umsatz", "num": True},
        ],
        "rows": [
            ("Maximiliane Freifrau von Hohenthal-Bergenstein", "heute, 8:12", "284,60\u202f€"),
            ("Jürgen Großkreuz", "heute, 8:09", "611,20\u202f€"),
            ("Özlem Yıldırım", "heute, 7:56", "1.148,90\u202f€"),
        ],
        "trend": [3, 6, 4, 11, 9, 14, 12, 16, 14, 17, 19, 23],
        "day": [2, 5, 8, 6, None, None],
        "usual": [0, 0, 0, 0, 4, 3],
        "heat": [(41, 1), (45, 2), (50, 3), (56, 4), (62, 5)],
        "figures": _figures(),
        "units": [("visit", "je Besuch"), ("item", "je Artikel"), ("amount", "je Betrag")],
        "brand_of": examples.MORGENROT,
    }


def _swatch(name: str, value: str, token: str, use: str, against: str, how: str) -> Row:
    ratio = f"{colour.contrast(value, against):.1f}:1"
    return {"name": name, "value": value, "token": token, "use": use, "measured": f"{how} {ratio}"}


def _shop(name: str, given: str) -> Row:
    tokens = colour.tokens(given)
    light, dark = tokens["light"], tokens["dark"]
    return {
        "brand": Brand(name, given),
        "css": f"shop-{given[1:].lower()}",
        "colour": given,
        "light": [
            ("given", given, ""),
            ("m", light["m"], _ratio(light["m"], light["m_on"])),
            ("text", light["m_text"], _ratio(light["m_text"], colour.LIGHT_GROUND)),
            ("mark", light["m_mark"], _ratio(light["m_mark"], colour.LIGHT_CARD)),
        ],
        "dark": [
            ("text", dark["m_text"], _ratio(dark["m_text"], colour.DARK_CARD)),
            ("mark", dark["m_mark"], _ratio(dark["m_mark"], colour.DARK_CARD)),
        ],
        "places": [Place(GIVEN, seed=f"{given}{count}") for count in range(3)] + [Place(FREE), Place(FREE)],
    }


def _ratio(one: str, other: str) -> str:
    return f"{colour.contrast(one, other):.1f}:1"


def _stamps() -> list[Row]:
    day = examples.DAYS[6]
    on = examples.date(2026, day[1], day[0])
    return [
        {"label": _("given"), "motif": "cup", "kind": GIVEN, "on": on},
        {"label": _("free place"), "motif": "cup", "kind": FREE, "word": "8"},
        {"label": _("bakery"), "motif": "croissant", "kind": GIVEN, "on": on},
        {"label": _("hairdresser"), "motif": "scissors", "kind": GIVEN, "on": on},
        {"label": _("pet shop"), "motif": "paw", "kind": GIVEN, "on": on},
        {"label": _("bookshop"), "motif": "book", "kind": GIVEN, "on": on},
        {"label": _("florist"), "motif": "flower", "kind": GIVEN, "on": on},
        {"label": _("reward"), "motif": "cup", "kind": REWARD, "word": "gratis"},
        {"label": _("waiting for the net"), "motif": "cup", "kind": WAITING},
        {"label": _("taken back"), "motif": "cup", "kind": TAKEN_BACK, "on": examples.date(2026, 2, 27)},
    ]


def _figures() -> list[Row]:
    trend = [3, 6, 4, 11, 9, 14, 12, 16, 14, 17, 19, 23]
    came_back = "Gäste vom Februar, die im März wieder da waren"
    return [
        _figure("Kommen wieder", "63\u202f%", trend, "+4 Punkte", came_back),
        _figure("Besuche mit Karte", "412", trend, "+9\u202f%", "letzte sieben Tage"),
        _figure("Kosten", "1,1\u202f%", trend[::-1], "−0,2 Punkte", "Belohnungen am Umsatz mit Karte"),
        {"label": "Noch offen", "empty_from": "ab der ersten Einlösung"},
    ]


def _figure(label: str, value: str, trend: list[int], delta: str, note: str) -> Row:
    facts = {"label": label, "value": value, "trend": trend, "delta": delta, "note": note}
    return {**facts, "delta_kind": "good", "href": "#figures"}
