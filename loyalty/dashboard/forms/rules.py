"""The editors of tiers, cash-back and discount cards: the settings that an owner changes, and no more.

What no control shows stays as it is. Rewards are told by their names; program_editing finds or makes them.
"""

import re
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from loyalty.dashboard.forms.money_field import MoneyField, set_currency
from loyalty.design import wording

MOST_TIERS = 20


class DecimalText(forms.CharField):
    """A number with decimals, as people write it ("7,5"), kept as the text that settings take ("7.5")."""

    def __init__(self, *, most: int, unreadable: object, **options: Any) -> None:
        super().__init__(**{"max_length": 8, "required": False, **options})
        self.most, self.unreadable = most, unreadable
        self.widget.attrs["inputmode"] = "decimal"

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or not re.fullmatch(r"[\d.]+", str(value)) else _written(str(value))

    def clean(self, value: Any) -> str | None:
        text = super().clean(value).replace(",", ".").replace("%", "").strip()
        if not text:
            return None
        if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or float(text) > self.most:
            raise forms.ValidationError(str(self.unreadable))
        return text


def _written(text: str) -> str:
    """7.5 as it is written in the active language."""
    digits = len(text.partition(".")[2])
    return wording.plain(float(text), (get_language() or "en"), digits=digits)


def percent_field(label: object, **options: Any) -> DecimalText:
    unreadable = gettext_lazy("Please write a percentage from 0 to 100.")
    return DecimalText(label=label, most=100, unreadable=unreadable, **options)


class RulesForm(forms.Form):
    """before: the settings as they are. names: of the rewards in them, by public id."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)

    def __init__(
        self, *args: Any, currency: str, before: dict[str, Any], names: dict[str, str], **kwargs: Any
    ) -> None:
        self.before, self.names, self.currency = before, names, currency
        super().__init__(*args, **kwargs)
        self.make_fields()
        set_currency(self, currency)

    def make_fields(self) -> None:
        """Add fields that depend on the settings."""

    def settings(self) -> dict[str, Any]:
        """The settings as they shall be; a reward by its id where it stays, else by its columns."""
        raise NotImplementedError

    def reward(self, before: str | None, name: str, **columns: Any) -> str | dict[str, Any] | None:
        if not name:
            return None
        if before and self.names.get(before) == name:
            return before
        return {"name": name, "kind": "product", **columns}


class CashBackForm(RulesForm):
    per_minor = MoneyField(label=gettext_lazy("For every full"))
    value_minor = MoneyField(label=gettext_lazy("there is a gift card of"))

    def clean_per_minor(self) -> int:
        if not self.cleaned_data["per_minor"]:
            raise forms.ValidationError(_("For how much is there a gift card?"))
        return self.cleaned_data["per_minor"]

    def clean_value_minor(self) -> int:
        if not self.cleaned_data["value_minor"]:
            raise forms.ValidationError(_("Write how much is on the gift card."))
        return self.cleaned_data["value_minor"]

    def settings(self) -> dict[str, Any]:
        given = self.cleaned_data
        settings = self.before | {"per_minor": given["per_minor"]}
        if given["value_minor"] == self.initial.get("value_minor"):
            return settings
        worth = wording.amount(given["value_minor"], self.currency, (get_language() or "en"), short=True)
        name = _("Gift card of %(amount)s") % {"amount": worth}
        return settings | {"reward": {"name": name, "kind": "gift_card", "value_minor": given["value_minor"]}}


class DiscountCardForm(RulesForm):
    discount_percent = percent_field(gettext_lazy("Discount"), required=True)
    min_minor = MoneyField(label=gettext_lazy("From a purchase of"), required=False)
    categories = forms.CharField(
        label=gettext_lazy("Only on these categories"), required=False, max_length=500,
        help_text=gettext_lazy("Separated by commas. Empty: on everything."),
    )  # fmt: skip

    def settings(self) -> dict[str, Any]:
        given = self.cleaned_data
        categories = [one.strip() for one in given["categories"].split(",") if one.strip()]
        return self.before | {
            "discount_percent": given["discount_percent"], "min_minor": given["min_minor"] or 0,
            "categories": categories,
        }  # fmt: skip


class TieredForm(RulesForm):
    """One row for each tier, and an empty one for a further tier. A tier without a name is taken away."""

    def make_fields(self) -> None:
        rows = list(self.before["tiers"])
        self.count = min(len(rows) + 1, MOST_TIERS)
        by_money = self.before["qualify_by"] == "spend"
        for number in range(self.count):
            tier = rows[number] if number < len(rows) else {}
            first = number == 0
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Tier"), max_length=120, required=first, initial=tier.get("name", "")
            )
            threshold: forms.Field = (
                MoneyField(label=_("from"), required=False)
                if by_money
                else forms.IntegerField(label=_("from"), required=False, min_value=0)
            )
            threshold.initial = tier.get("threshold")
            self.fields[f"threshold_{number}"] = threshold
            self.fields[f"percent_{number}"] = percent_field(
                _("Discount"), initial=tier.get("discount_percent")
            )
            self.fields[f"times_{number}"] = DecimalText(
                label=_("Points times"), most=100, unreadable=_("Please write a number such as 1.5."),
                initial=tier.get("multiplier", "1") if tier else None,
            )  # fmt: skip
            reward = self.names.get(tier.get("entry_reward") or "", "")
            self.fields[f"reward_{number}"] = forms.CharField(
                label=_("Gift on reaching it"), max_length=120, required=False, initial=reward
            )

    def rows(self) -> list[dict[str, Any]]:
        """The rows for the template: fields, and whether it is the empty one."""
        names = ("name", "threshold", "percent", "times", "reward")
        return [
            {name: self[f"{name}_{number}"] for name in names}
            | {"number": number + 1, "is_new": number >= len(self.before["tiers"])}
            for number in range(self.count)
        ]

    def settings(self) -> dict[str, Any]:
        return self.before | {"tiers": [tier for number in range(self.count) if (tier := self._tier(number))]}

    def _tier(self, number: int) -> dict[str, Any] | None:
        given = {name: self.cleaned_data[f"{name}_{number}"]
                 for name in ("name", "threshold", "percent", "times", "reward")}  # fmt: skip
        if not given["name"]:
            return None
        tiers = self.before["tiers"]
        tier = tiers[number] if number < len(tiers) else {}
        return tier | {
            "name": given["name"], "threshold": given["threshold"] or 0, "discount_percent": given["percent"],
            "multiplier": given["times"] or "1",
            "entry_reward": self.reward(tier.get("entry_reward"), given["reward"]),
        }  # fmt: skip


EDITORS: dict[str, type[RulesForm]] = {
    "tiered": TieredForm,
    "cash_back": CashBackForm,
    "discount_card": DiscountCardForm,
}
