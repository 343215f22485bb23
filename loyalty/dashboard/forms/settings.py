"""What is typed in the settings."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.merchants.models import Language


class ShopSettingsForm(forms.Form):
    name = forms.CharField(label=_("Name of the shop"), max_length=120)
    tagline = forms.CharField(label=_("What stands below it"), max_length=160, required=False)
    contact_name = forms.CharField(
        label=_("Who answers guests"), max_length=120, required=False, help_text=_("Stands under the mails.")
    )
    email = forms.EmailField(label=_("E-mail address for answers"))
    timezone = forms.ChoiceField(label=_("Timezone"))
    language = forms.ChoiceField(label=_("Language of the card and the mails"), choices=Language.choices)
    informal = forms.ChoiceField(
        label=_("How guests are addressed in German"),
        choices=[("", _("Sie, formally")), ("1", _("du, informally"))],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = [
            (zone, zone) for zone in sorted(available_timezones()) if "/" in zone
        ]

    def clean_informal(self) -> bool:
        return bool(self.cleaned_data["informal"])


class LegalForm(forms.Form):
    legal_name = forms.CharField(
        label=_("Name of the company"), max_length=160, required=False, help_text=_("As in the imprint.")
    )
    legal_address = forms.CharField(label=_("Address"), max_length=240, required=False)
    imprint_url = forms.URLField(
        label=_("Address of your imprint"),
        required=False,
        assume_scheme="https",
        help_text=_("Left empty, we show one."),
    )
    privacy_url = forms.URLField(
        label=_("Address of your privacy notice"),
        required=False,
        assume_scheme="https",
        help_text=_("Left empty, we show one that fits the card."),
    )


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG or SVG, at most 200 KB. It takes the place of the picture in the sign."),
    )


class KeyForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=120, help_text=_("E.g. till, web shop."))
    scope = forms.ChoiceField(
        label=_("It may"),
        choices=[
            ("counter", _("stamp, redeem and read")),
            ("read", _("only read")),
            ("admin", _("everything")),
        ],
    )
