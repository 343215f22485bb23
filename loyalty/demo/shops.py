"""The three shops of the demo, and the guests that everybody is shown."""

from dataclasses import dataclass, field

PASSWORD = "guten-morgen-2026"
PIN = "4826"


@dataclass(frozen=True)
class Guest:
    """The guest whose card is shown. purchases: amounts in minor units, spread evenly over the twelve weeks."""

    name: str
    email: str
    purchases: tuple[int, ...]


@dataclass(frozen=True)
class Shop:
    """A merchant of the demo. programs: arguments of rewards.catalogue.create_program. rewards: for points.
    guest_saves_for: the balance at which the shown guest redeems the dearest reward within reach.
    """

    name: str
    tagline: str
    email: str
    owner: str
    colour: str
    motif: str
    street: str
    staff: tuple[str, ...]
    programs: tuple[dict, ...]
    guest: Guest
    basket_minor: int
    guests: int
    guest_saves_for: int = 10**6
    informal: bool = False
    rewards: tuple[dict, ...] = ()
    location_names: tuple[str, ...] = field(default=("Hauptgeschäft",))


MORGENROT = Shop(
    name="Morgenrot", tagline="Café & Rösterei, Leipzig", email="aylin@morgenrot.example", owner="Aylin Brandt",
    colour="#C5381F", motif="cup", street="Karl-Heine-Straße 41, 04229 Leipzig", staff=("Lena", "Tom"),
    location_names=("Karl-Heine-Straße", "Plagwitzer Bahnhof"),
    programs=(
        {"type": "punch_card", "name": "Kaffeekarte", "settings": {
            "stamps_required": 10, "welcome_stamps": 1, "cooldown_minutes": 60,
            "reward": {"name": "Ein Kaffee nach Wahl", "description": "Jede Größe, auch mit Hafermilch.",
                       "value_minor": 390, "cost_to_merchant_minor": 85},
        }},
    ),
    guest=Guest("Maximiliane Freifrau von Hohenthal-Bergenstein", "maximiliane@hohenthal.example", (520,) * 16),
    basket_minor=620, guests=64,
)  # fmt: skip

FELDMANN = Shop(
    name="Feldmann", tagline="Handwerksbäckerei seit 1924", email="hinnerk@feldmann.example", owner="Hinnerk Feldmann",
    colour="#F3B61F", motif="wheat", street="Jahnplatz 9, 33602 Bielefeld", staff=("Svenja",),
    location_names=("Jahnplatz",),
    programs=(
        {"type": "points", "name": "Brotpunkte", "settings": {
            "earn": {"points": 1, "per_minor": 100, "accumulate": True},
            "expiry": {"kind": "after", "months": 12, "round_to": "month_end"},
        }},
    ),
    rewards=(
        {"name": "Zwei Brötchen nach Wahl", "cost": 40, "value_minor": 130, "cost_to_merchant_minor": 35},
        {"name": "Franzbrötchen", "cost": 60, "value_minor": 240, "cost_to_merchant_minor": 60},
        {"name": "Becher Kaffee", "cost": 80, "value_minor": 290, "cost_to_merchant_minor": 55},
        {"name": "Landbrot", "cost": 150, "value_minor": 590, "cost_to_merchant_minor": 170},
        {"name": "Dinkel-Vollkornbrot", "cost": 180, "value_minor": 690, "cost_to_merchant_minor": 210},
    ),
    guest=Guest("Jürgen Großkreuz", "juergen@grosskreuz.example",
                (1840, 2260, 1120, 1690, 1840, 980, 2430, 1210, 1660, 1290, 1750, 2050, 1890, 2330, 1400, 2060)),
    basket_minor=1140, guests=52, guest_saves_for=150,
)  # fmt: skip

LINDQVIST = Shop(
    name="Lindqvist", tagline="Mode und Maß, München", email="ingrid@lindqvist.example", owner="Ingrid Lindqvist",
    colour="#1F4B3F", motif="scissors", street="Schellingstraße 3, 80799 München", staff=("Noah",), informal=True,
    location_names=("Schellingstraße",),
    programs=(
        {"type": "tiered", "name": "Stammkundenkarte", "settings": {
            "window": {"kind": "rolling", "months": 12}, "downgrade": {"policy": "one_step", "grace_days": 30},
            "tiers": [
                {"name": "Silber", "threshold": 0, "perks": ["Änderungen zum halben Preis"]},
                {"name": "Gold", "threshold": 75000, "discount_percent": "5",
                 "perks": ["Änderungen ohne Aufpreis", "Neue Kollektion zwei Tage früher"]},
                {"name": "Platin", "threshold": 150000, "discount_percent": "8",
                 "perks": ["Zweimal im Jahr eine Stunde Maßberatung mit Ingrid Lindqvist"],
                 "entry_reward": {"name": "Ein Tuch nach Wahl", "description": "Aus der neuen Kollektion.",
                                  "value_minor": 4900, "cost_to_merchant_minor": 1900}},
            ],
        }},
    ),
    guest=Guest("Özlem Yıldırım-Österreicher", "oezlem@yildirim.example",
                (18900, 22400, 15900, 19800, 16400, 17600, 15700)),
    basket_minor=5900, guests=38,
)  # fmt: skip

SHOPS = (MORGENROT, FELDMANN, LINDQVIST)

FIRST = (
    "Katharina Björn Aylin Moritz Svetlana Thore Şirin Friedrich Clara Nguyen Paul Emilia Jonas Greta Milan Hannah "
    "Karim Luise Oskar Ida Matteo Frieda Anton Zoë Levi Marlene Theo Rosa Emil Johanna Yusuf Lotte Kasimir Ella"
).split()
LAST = (
    "Weißgerber Öztürk Müller Schönfeld Kowalski Hartmann Yıldız Sauer Bachmann Petrović Lindner Thi-Hoang Krüger "
    "Vogel Brandes Großmann Jäger Nowak Winter Özdemir Schulze Förster Mayer-Lüdenscheidt Keller Roth Santos"
).split()
