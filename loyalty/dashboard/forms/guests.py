"""What is typed about a guest."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs import units
from programs.models import Program


class GuestForm(forms.Form):
    """Name and addresses. The verbs check them; here only the shape of the form is."""

    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    email = forms.CharField(label=_("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=_("Mobile number"), max_length=30, required=False)
    birthday = forms.DateField(
        label=_("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.input_type = "email"
        self.fields["phone"].widget.input_type = "tel"
        self.fields["birthday"].widget.input_type = "date"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("email") or given.get("phone") or self.errors):
            raise forms.ValidationError(
                _("An e-mail address or a mobile number is needed to find the card again.")
            )
        return given

    def columns(self) -> dict[str, Any]:
        """The fields as the verbs take them: "" for what was left empty, a birthday as a date or None."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "phone", "birthday")}


class CorrectionForm(forms.Form):
    program = forms.ChoiceField(label=_("Card"))
    amount = forms.IntegerField(
        label=_("How many"),
        min_value=-1_000_000,
        max_value=1_000_000,
        help_text=_("With a minus in front they are taken off, e.g. −1."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Your guest reads it too, e.g.: The scanner was off."),
    )

    def __init__(self, *args: Any, programs: list[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programs = {program.public_id: program for program in programs}
        self.fields["program"].choices = [(key, _named(program)) for key, program in self.programs.items()]

    def chosen(self) -> Program:
        return self.programs[self.cleaned_data["program"]]


def _named(program: Program) -> str:
    """Where money is counted, the amount is written in its smallest unit."""
    if not units.counts_money(program):
        return program.name
    return gettext("%(program)s, in cents") % {"program": program.name}
