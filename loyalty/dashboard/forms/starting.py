"""The questions asked when a shop starts."""

import re
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_territory_currencies
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty.design import svg, wording

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
# Countries whose customers we can speak to: the European Union, its neighbours, and the English-speaking world.
COUNTRIES = [
    "DE", "AT", "CH", "BE", "BG", "CY", "CZ", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT",
    "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "US", "CA", "AU", "NZ",
]  # fmt: skip
# Twelve colours that are far enough apart; any other can be typed.
COLOURS = [
    "#C5381F", "#E8648A", "#8E2F6B", "#5B3E99", "#2B4C9B", "#0E7C86", "#1F4B3F", "#6C7C1B", "#F3B61F", "#B8622B",
    "#5C4033", "#101010",
]  # fmt: skip


# Where a country has several timezones: the one of its capital, or of most people.
CAPITALS = {
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon",
    "CY": "Asia/Nicosia",
    "US": "America/New_York",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
}


class ShopForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the shop"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    tagline = forms.CharField(
        label=_("What stands below it"),
        max_length=160,
        required=False,
        help_text=_("E.g. café and roastery, Leipzig. May stay empty."),
    )
    owner_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("So that your team sees who changed something."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    country = forms.ChoiceField(label=_("Country"))
    timezone = forms.CharField(label=_("Timezone"), max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territories = wording.locale(get_language() or "en").territories
        named = sorted(((territories[code], code) for code in COUNTRIES), key=lambda pair: pair[0])
        self.fields["country"].choices = [(code, name) for name, code in named]

    def currency(self) -> str:
        """The money of the country."""
        return get_territory_currencies(self.cleaned_data["country"])[0]

    def place(self) -> str:
        """The timezone that the browser told, if it is one of the country; else the country's first."""
        told, country = self.cleaned_data["timezone"], self.cleaned_data["country"]
        zones = zones_of(country)
        return told if told in zones or (told in available_timezones() and not zones) else zones[0]


class LookForm(forms.Form):
    colour = forms.CharField(label=_("Colour"), max_length=7)
    motif = forms.ChoiceField(label=_("Picture in the stamp"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].choices = [(name, name) for name in svg.motif_names()]

    def clean_colour(self) -> str:
        colour = self.cleaned_data["colour"].strip()
        colour = colour if colour.startswith("#") else f"#{colour}"
        if not _HEX.fullmatch(colour):
            raise forms.ValidationError(_("Write a colour as # and six hex digits, e.g. #C5381F."))
        return colour.upper()


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN for the counter"),
        max_length=6,
        help_text=_("Four to six digits. With it you stamp and redeem at the counter."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def zones_of(country: str) -> list[str]:
    """The timezones of a country, its capital's first: Germany → ["Europe/Berlin", "Europe/Busingen"]."""
    known = available_timezones()
    zones = sorted(
        zone for zone, where in get_global("zone_territories").items() if where == country and zone in known
    )
    first = CAPITALS.get(country)
    return [first, *(zone for zone in zones if zone != first)] if first else zones or ["Europe/Berlin"]
