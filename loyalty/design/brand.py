"""A merchant's five tokens as a style sheet of a few lines, and what is shown of the merchant on a page."""

from dataclasses import dataclass
from functools import lru_cache

from loyalty import colour

# In the dark the table of a punch card is a little darker than the merchant's colour, so that it does not glow.
TABLE_SHARE = 0.76
DARK_SURFACE = "#1B212D"
BRASS_ON = "#E9C372"


@dataclass(frozen=True)
class Brand:
    """What a page shows of a merchant.

    name: as on the shop's sign.  line: what stands small below it.  colour: '#RRGGBB'.  motif: a drawing's
    name (see motifs), for logo and stamps.  logo_url: an uploaded picture, shown instead of motif and name
    where `logo_has_name`, else beside the name.
    """

    name: str
    colour: str
    line: str = ""
    motif: str = ""
    logo_url: str = ""
    logo_has_name: bool = False

    @property
    def initial(self) -> str:
        return self.name[:1].upper()


@lru_cache(maxsize=1024)
def style(given: str, selector: str = ":root") -> str:
    """Return the CSS that sets a merchant's tokens for light and dark on `selector`.

    ':root' follows the theme of the page; any other selector also a theme set on an element around it.
    Raises ValueError for a bad colour.
    """
    themes = colour.tokens(given)
    light, dark = _declarations(themes["light"], dark=False), _declarations(themes["dark"], dark=True)
    if selector == ":root":
        bright_in_dark = ":root:not([data-theme])"
        chosen_dark = ":root[data-theme=stammgast-dark]"
    else:
        bright_in_dark = f":root:not([data-theme]) {selector}"
        chosen_dark = f"[data-theme=stammgast-dark] {selector}"
    return (
        f"{selector}{{{light}}}@media (prefers-color-scheme:dark){{{bright_in_dark}{{{dark}}}}}"
        f"{chosen_dark}{{{dark}}}"
    )


def _declarations(tokens: dict[str, str], *, dark: bool) -> str:
    table = tokens["m"]
    if dark and tokens["m_on"] == colour.WHITE:
        table = colour.mix(table, DARK_SURFACE, TABLE_SHARE)
    # Brass on the merchant's stock, for the name of a tier, where it shows; else the colour of the text.
    brass = BRASS_ON if colour.contrast(BRASS_ON, tokens["m"]) >= colour.MARK_RATIO else tokens["m_on"]
    pairs = {**tokens, "m_table": table, "m_brass": brass}
    return ";".join(f"--{name.replace('_', '-')}:{value}" for name, value in pairs.items())
