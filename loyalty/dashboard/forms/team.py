"""What is typed about people, places and devices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.merchants.models import Location, Staff


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(label=_("May"))
    pin = forms.CharField(
        label=_("PIN"),
        max_length=6,
        required=False,
        help_text=_("Four to six digits, for the counter."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Only for who signs in here: they get a code by e-mail."),
    )

    def __init__(self, *args: Any, held: Staff | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (Staff.Role.CASHIER, _("stamp and redeem at the counter")),
            (Staff.Role.MANAGER, _("everything but the owners")),
            (Staff.Role.OWNER, _("everything")),
        ]
        if held is not None:
            self.fields["pin"].label = _("New PIN")
            self.fields["pin"].help_text = _("Left empty, it stays as it is.")


class LocationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("E.g. Karl-Heine-Straße."))
    address = forms.CharField(label=_("Address"), max_length=240, required=False)


class DeviceForm(forms.Form):
    name = forms.CharField(label=_("Name of this device"), max_length=120)
    location = forms.ChoiceField(label=_("Location"))

    def __init__(self, *args: Any, locations: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locations = {str(location.public_id): location for location in locations}
        self.fields["location"].choices = [(key, location.name) for key, location in self.locations.items()]

    def chosen(self) -> Location:
        return self.locations[self.cleaned_data["location"]]
