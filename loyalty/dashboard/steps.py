"""The way from nothing to a card that can be stamped: which question comes when."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty.merchants.models import Merchant

ORDER = ("account", "shop", "look", "program")
LABELS = {
    "account": _("Your account"),
    "shop": _("Your shop"),
    "look": _("How it looks"),
    "program": _("The card"),
}


@dataclass(frozen=True)
class Step:
    label: object
    state: str
    note: str = ""
    href: str = ""


def steps(current: str, merchant: Merchant | None, email: str = "") -> list[Step]:
    """The steps as the side of the page lists them, with what was answered so far."""
    place = ORDER.index(current) if current in ORDER else len(ORDER)
    rows = []
    for number, name in enumerate(ORDER):
        state = "done" if number < place else "now" if number == place else "later"
        note, href = _answer(name, merchant, email) if state == "done" else ("", "")
        rows.append(Step(LABELS[name], state, note, href))
    return rows


def _answer(name: str, merchant: Merchant | None, email: str) -> tuple[str, str]:
    if name == "account":
        return email, ""
    if name == "shop" and merchant:
        return merchant.name, reverse("dashboard:start_shop")
    if name == "look" and merchant:
        return merchant.colour, reverse("dashboard:start_look")
    return "", ""
