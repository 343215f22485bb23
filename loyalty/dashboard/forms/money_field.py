"""A field for an amount of money, as people write it: 0,85 · 3.90 · 1.200,50 € → minor units."""

import re
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty import money
from loyalty.design import wording


class MoneyField(forms.CharField):
    """Cleans to an integer in minor units of `currency` (set by the form), or None when it is left empty."""

    currency = "EUR"
    default_error_messages = {
        "unreadable": _("Please write an amount, e.g. 0.85."),
        "too_large": _("This amount is too large."),
    }

    def __init__(self, **options: object) -> None:
        super().__init__(**{"max_length": 20, **options})
        self.widget.attrs["inputmode"] = "decimal"

    def prepare_value(self, value: object) -> object:
        if not isinstance(value, int):
            return value
        digits = money.exponent(self.currency)
        return wording.plain(Decimal(value).scaleb(-digits), get_language() or "en", digits=digits)

    def clean(self, value: object) -> int | None:
        text = super().clean(value)
        return self._minor(text) if text else None

    def _minor(self, text: str) -> int:
        digits = money.exponent(self.currency)
        bare = re.sub(r"[^\d.,-]", "", text)
        # The last separator is the decimal one unless three digits follow it, as in 1.200.
        match = re.fullmatch(r"(\d[\d.,]*?)(?:[.,](\d{1,2}|\d{4,}))?", bare)
        if not match:
            raise forms.ValidationError(self.error_messages["unreadable"], "unreadable")
        whole, fraction = re.sub(r"[.,]", "", match[1]), match[2] or ""
        if len(fraction) > digits:
            raise forms.ValidationError(self.error_messages["unreadable"], "unreadable")
        try:
            minor = int(Decimal(f"{whole}.{fraction or 0}").scaleb(digits))
        except InvalidOperation:
            raise forms.ValidationError(self.error_messages["unreadable"], "unreadable") from None
        if minor > money.LARGEST_MINOR:
            raise forms.ValidationError(self.error_messages["too_large"], "too_large")
        return minor


def set_currency(form: forms.BaseForm, currency: str) -> None:
    """Tell all amounts of a form what they are in."""
    for field in form.fields.values():
        if isinstance(field, MoneyField):
            field.currency = currency
