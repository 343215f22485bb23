"""The editors of the two program types: a few sentence-like controls, and the settings they stand for."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from loyalty.dashboard.forms.money_field import MoneyField, set_currency

MOST_STAMPS = 60
COOLDOWNS = [
    ("0", _("any time")),
    ("30", _("30 minutes")),
    ("60", _("60 minutes")),
    ("120", _("two hours")),
    ("240", _("four hours")),
    ("720", _("twelve hours")),
    ("1440", _("24 hours")),
]
EXPIRIES: dict[str, tuple[object, dict[str, Any]]] = {
    "never": (_("never"), {"kind": "never"}),
    "inactivity-6": (_("six months after the last visit"), {"kind": "inactivity", "months": 6}),
    "inactivity-12": (_("twelve months after the last visit"), {"kind": "inactivity", "months": 12}),
    "inactivity-24": (_("24 months after the last visit"), {"kind": "inactivity", "months": 24}),
    "after-12": (
        _("twelve months after they were given, at the end of the month"),
        {"kind": "after", "months": 12, "round_to": "month_end"},
    ),
    "after-36": (
        _("three years after they were given, at the end of the year"),
        {"kind": "after", "months": 36, "round_to": "year_end"},
    ),
    "yearly": (_("each year on 31 December"), {"kind": "yearly", "month_day": "12-31"}),
}
KEPT = "kept"


class ProgramForm(forms.Form):
    """What both editors share. `before`: the settings as they are; what no control shows stays as it is."""

    type = ""
    name = forms.CharField(label=_("Name of the card"), max_length=120)
    expiry = forms.ChoiceField(label=_("Expiry"))

    def __init__(
        self, *args: Any, currency: str, before: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.before = before or {}
        set_currency(self, currency)
        self.fields["expiry"].choices = [(key, words) for key, (words, _rule) in EXPIRIES.items()]
        if expiry_key(self.before.get("expiry")) == KEPT:
            self.fields["expiry"].choices += [(KEPT, _("as it is now"))]

    def expiry_rule(self) -> dict[str, Any]:
        chosen = self.cleaned_data["expiry"]
        return self.before["expiry"] if chosen == KEPT else EXPIRIES[chosen][1]


class PunchCardForm(ProgramForm):
    type = "punch_card"
    stamp_per = forms.ChoiceField(
        label=_("One stamp is given"),
        choices=[("visit", _("per visit")), ("item", _("per item")), ("amount", _("per amount"))],
    )
    per_minor = MoneyField(label=_("Amount for one stamp"), required=False)
    stamps_required = forms.IntegerField(label=_("Stamps to the reward"), min_value=2, max_value=MOST_STAMPS)
    welcome_stamps = forms.IntegerField(label=_("As a welcome"), min_value=0, max_value=MOST_STAMPS)
    reward_name = forms.CharField(label=_("Reward"), max_length=120)
    reward_cost = MoneyField(label=_("What it costs you"), required=False)
    reward_value = MoneyField(label=_("What the guest saves"), required=False)
    interim_at = forms.IntegerField(label=_("Stamps to the reward on the way"), min_value=1, required=False)
    interim_name = forms.CharField(label=_("Reward on the way"), max_length=120, required=False)
    cooldown_minutes = forms.ChoiceField(label=_("At most one stamp in"), choices=COOLDOWNS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minutes = str(self.before.get("cooldown_minutes", "60"))
        if minutes not in dict(COOLDOWNS):
            self.fields["cooldown_minutes"].choices += [(minutes, _("%s minutes") % minutes)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        required = given.get("stamps_required")
        if given.get("stamp_per") == "amount" and not given.get("per_minor"):
            self.add_error("per_minor", _("For how much is there one stamp?"))
        if required and (given.get("welcome_stamps") or 0) >= required:
            self.add_error("welcome_stamps", _("The card would be full at once. Please give fewer."))
        self._clean_interim(given, required)
        return given

    def _clean_interim(self, given: dict[str, Any], required: int | None) -> None:
        at, name = given.get("interim_at"), given.get("interim_name")
        if name and not at:
            self.add_error("interim_at", _("At which stamp is it given?"))
        if at and required and at >= required:
            self.add_error("interim_at", _("On the way is before the card is full."))

    def settings(self) -> dict[str, Any]:
        """The settings of the program type, without the rewards: their ids are known where they are stored."""
        given = self.cleaned_data
        return self.before | {
            "stamp_per": given["stamp_per"],
            "per_minor": given["per_minor"] if given["stamp_per"] == "amount" else None,
            "accumulate": given["stamp_per"] == "amount",
            "stamps_required": given["stamps_required"],
            "welcome_stamps": given["welcome_stamps"],
            "cooldown_minutes": int(given["cooldown_minutes"]),
            "expiry": self.expiry_rule(),
        }

    def reward(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "name": given["reward_name"],
            "kind": "product",
            "cost_to_merchant_minor": given["reward_cost"],
            "value_minor": given["reward_value"],
        }

    def interim(self) -> dict[str, Any] | None:
        """The reward on the way, {"at", "name"}, or None without one."""
        given = self.cleaned_data
        if not given["interim_name"]:
            return None
        return {"at": given["interim_at"], "name": given["interim_name"]}


class PointsForm(ProgramForm):
    type = "points"
    points = forms.IntegerField(label=_("So many points"), min_value=1, max_value=1_000_000)
    per_minor = MoneyField(label=pgettext_lazy("points per amount", "for each"))
    accumulate = forms.BooleanField(label=_("Cents that are left count at the next purchase"), required=False)
    pending_days = forms.ChoiceField(
        label=_("Can be spent"),
        choices=[("0", _("at once")), ("7", _("after 7 days")), ("14", _("after 14 days")),
                 ("30", _("after 30 days"))],
    )  # fmt: skip
    reward_name = forms.CharField(label=_("First reward"), max_length=120, required=False)
    reward_points = forms.IntegerField(label=_("Costs so many points"), min_value=1, required=False)
    reward_cost = MoneyField(label=_("What it costs you"), required=False)

    def __init__(self, *args: Any, first: bool = False, **kwargs: Any) -> None:
        """first: the program is being made, and its first reward with it."""
        super().__init__(*args, **kwargs)
        if first:
            self.fields["reward_name"].required = self.fields["reward_points"].required = True
        else:
            for name in ("reward_name", "reward_points", "reward_cost"):
                del self.fields[name]
        days = str(self.before.get("pending_days", "0"))
        if days not in dict(self.fields["pending_days"].choices):
            self.fields["pending_days"].choices += [(days, _("after %s days") % days)]

    def clean_per_minor(self) -> int:
        if not self.cleaned_data["per_minor"]:
            raise forms.ValidationError(_("For how much are the points given?"))
        return self.cleaned_data["per_minor"]

    def settings(self) -> dict[str, Any]:
        given = self.cleaned_data
        earn = self.before.get("earn", {}) | {
            "points": given["points"],
            "per_minor": given["per_minor"],
            "accumulate": given["accumulate"],
        }
        days = int(given["pending_days"])
        return self.before | {"earn": earn, "pending_days": days, "expiry": self.expiry_rule()}

    def reward(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        if not given.get("reward_name"):
            return None
        return {
            "name": given["reward_name"],
            "kind": "product",
            "cost": given["reward_points"],
            "cost_to_merchant_minor": given["reward_cost"],
        }


def expiry_key(rule: dict[str, Any] | None) -> str:
    """Which line of the expiry control stands for these settings; "kept" if none does."""
    if not rule:
        return "never"
    bare = {name: value for name, value in rule.items() if value is not None}
    return next((key for key, (_words, known) in EXPIRIES.items() if known == bare), KEPT)


FORMS: dict[str, type[ProgramForm]] = {form.type: form for form in (PunchCardForm, PointsForm)}


def start_values(type_name: str) -> dict[str, Any]:
    """What the editor of a new program starts with: what works for most."""
    if type_name == "points":
        return {
            "name": gettext("Points card"),
            "points": 1,
            "per_minor": 100,
            "accumulate": True,
            "pending_days": "0",
            "expiry": "after-36",
        }
    return {
        "name": gettext("Stamp card"),
        "stamp_per": "visit",
        "stamps_required": 10,
        "welcome_stamps": 1,
        "cooldown_minutes": "60",
        "expiry": "inactivity-12",
    }
