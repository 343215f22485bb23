"""A gift card at the counter: what is on it, and paying with it, in part or whole.

Rule: docs/rules/gift-cards.md, "Paying with gift cards".
"""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.counter import once, tells, words
from loyalty.counter.doors import Desk
from loyalty.counter.tells import Declined, Told
from loyalty.design import wording
from loyalty.errors import NotFound, Refused
from rewards import codes
from rewards.gift_cards import finding, spending
from rewards.gift_cards.models import GiftCard


@dataclass(frozen=True)
class Shown:
    """What the counter shows of a gift card. refused: why nothing can be paid with it, or ""."""

    id: str
    code: str
    url: str
    balance: str
    until: str
    refused: str


def of(card: GiftCard) -> Shown:
    return Shown(
        id=card.public_id, code=codes.display(card.code), url=reverse("counter:gift_card", args=[card.public_id]),
        balance=money(card.balance_minor, card.currency), until=_until(card), refused=_refused(card),
    )  # fmt: skip


def read(text: str) -> GiftCard | None:
    """The gift card of a code that was scanned or typed; None for anything else, also a voucher's code."""
    try:
        return finding.find(text)
    except NotFound:
        return None


def charge(desk: Desk, *, key: str, gift_card: str, amount_minor: int | None) -> Told:
    """Take an amount off a gift card; None: all that is on it. Counts once per key."""
    return once.once(desk.device, key, lambda: _charge(desk, gift_card, amount_minor))


def undo(desk: Desk, thing) -> None:
    """Put back what a charge has taken."""
    card = GiftCard.objects.by_public_id(GiftCard.prefix, thing["id"])
    spending.refund(card, amount_minor=thing["amount_minor"], actor=desk.actor)


def issued_by(redemption) -> str:
    """What to say of the gift card that a redemption has issued, with its code; "" where it issued none."""
    card = finding.of_redemption(redemption)
    if card is None:
        return ""
    facts = {"code": codes.display(card.code), "amount": money(card.balance_minor, card.currency)}
    return _("Gift card %(code)s with %(amount)s.") % facts


def money(minor: int, currency: str) -> str:
    return wording.amount(minor, currency, words.language())


def _charge(desk, public_id, amount_minor):
    card = GiftCard.objects.by_public_id(GiftCard.prefix, public_id)
    spending.refuse_unfit(card, tenancy.merchant().currency)
    if amount_minor == 0:
        line = _("Please enter how much is paid with it.")
        raise Declined(tells.refused(_("No amount."), line, tells.nothing_booked()))
    entry = spending.charge(
        card, amount_minor=card.balance_minor if amount_minor is None else amount_minor, actor=desk.actor
    )
    taken = money(-entry.amount_minor, card.currency)
    left = _("%(amount)s is left on the gift card.") % {
        "amount": money(entry.balance_after_minor, card.currency)
    }
    return tells.done(
        _("Paid"), _("%(amount)s was taken from the gift card.") % {"amount": taken}, left,
        text=_("%(amount)s from a gift card") % {"amount": taken}, icon="wallet",
        thing={"kind": "gift_card", "id": card.public_id, "amount_minor": -entry.amount_minor},
    )  # fmt: skip


def _until(card):
    if card.expires_at is None:
        return ""
    # What ends at 24:00 ends on the day before.
    last_day = (timezone.localtime(card.expires_at) - timedelta(microseconds=1)).date()
    return _("until %(day)s") % {"day": wording.long_day(last_day, words.language())}


def _refused(card):
    try:
        spending.refuse_unfit(card, tenancy.merchant().currency)
    except Refused as refused:
        return str(refused)
    return "" if card.balance_minor else _("Nothing is left on it.")
