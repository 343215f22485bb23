"""What is typed about a reward."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.dashboard.forms.money_field import MoneyField, set_currency
from programs.models import Program
from rewards.models import Reward

# What has settings that this form does not ask for: made by the API, and changed here in what it asks for.
WITH_MORE = frozenset({Reward.Kind.EXPERIENCE, Reward.Kind.RECOGNITION, Reward.Kind.PARTNER})


class RewardForm(forms.Form):
    """A reward for points, or the one that a full card gives: that has no price in points."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As guests read it, e.g. Two rolls of your choice.")
    )
    description = forms.CharField(label=_("What else there is to say"), max_length=240, required=False)
    program = forms.ChoiceField(label=_("Program"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Reward.Kind.choices)
    cost = forms.IntegerField(label=_("Costs so many points"), min_value=1, max_value=1_000_000_000)
    value_minor = MoneyField(label=_("What the guest saves"), required=False)
    percent = forms.DecimalField(
        label=_("Percent off"), min_value=0, max_value=100, max_digits=6, decimal_places=3, required=False
    )
    cost_to_merchant_minor = MoneyField(
        label=_("What it costs you"), required=False, help_text=_("The purchase price. Only you see it.")
    )
    min_purchase_minor = MoneyField(label=_("From a purchase of"), required=False)
    stock = forms.IntegerField(
        label=_("Stock"), min_value=0, required=False, help_text=_("Left empty: as many as are wanted.")
    )
    per_member = forms.IntegerField(
        label=_("At most, per guest"), min_value=1, max_value=10_000, required=False
    )

    def __init__(
        self, *args: Any, currency: str, programs: list[Program], held: Reward | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_currency(self, currency)
        self.programs = {str(program.public_id): program for program in programs}
        self.fields["program"].choices = [(key, program.name) for key, program in self.programs.items()]
        kept = held.kind if held is not None else None
        kinds = [(key, name) for key, name in Reward.Kind.choices if key not in WITH_MORE or key == kept]
        self.fields["kind"].choices = kinds
        if held is not None and held.cost == 0:
            self.fields["cost"] = forms.IntegerField(label=self.fields["cost"].label, min_value=0)
        if held is not None:
            # What points were paid for does not turn into something else.
            del self.fields["program"]
        if held is not None and held.unlocked_only:
            for name in ("kind", "cost", "percent", "min_purchase_minor", "stock", "per_member"):
                del self.fields[name]

    def columns(self) -> dict[str, Any]:
        """The columns of the reward. What does not belong to its kind is left out."""
        given = dict(self.cleaned_data)
        if "program" in given:
            given["program"] = self.programs[given["program"]]
        if "min_purchase_minor" in given:
            given["min_purchase_minor"] = given["min_purchase_minor"] or 0
        kind = given.get("kind")
        if kind == Reward.Kind.PRODUCT:
            given |= {"percent": None}
        elif kind == Reward.Kind.AMOUNT_OFF:
            given |= {"percent": None, "cost_to_merchant_minor": None}
        elif kind == Reward.Kind.PERCENT_OFF:
            given |= {"value_minor": None, "cost_to_merchant_minor": None}
        return given


def values(reward: Reward) -> dict[str, Any]:
    """The reward as its form shows it."""
    names = ["name", "description", "kind", "cost", "value_minor", "percent", "cost_to_merchant_minor"]
    names += ["stock", "per_member"]
    return {name: getattr(reward, name) for name in names} | {
        "min_purchase_minor": reward.min_purchase_minor or None
    }
