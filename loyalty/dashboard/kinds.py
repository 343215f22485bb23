"""What the program types are called in the dashboard, and their icons."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    name: str
    label: object
    icon: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("punch_card", _("Stamps"), "stamp"),
        Kind("points", _("Points"), "star"),
        Kind("tiered", _("Tiers"), "trophy"),
        Kind("paid_vip", _("Paid club"), "credit-card"),
        Kind("coalition", _("Points at several shops"), "users-round"),
        Kind("discount_card", _("Discount card"), "percent"),
        Kind("cash_back", _("Cash-back"), "wallet"),
    )
}


def of(program) -> Kind:
    """The kind of a program; one that is not known yet goes by its own name."""
    return KINDS.get(program.type, Kind(program.type, program.type, "tag"))
