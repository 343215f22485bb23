"""Gift cards are issued, topped up, prolonged and voided.

Rule: docs/rules/gift-cards.md, "Gift cards".
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, ids, tenancy
from loyalty.errors import Invalid, Refused
from loyalty.events import recording
from loyalty.money import LARGEST_MINOR
from rewards import codes
from rewards.gift_cards import books, finding
from rewards.gift_cards.models import GiftCard, GiftCardEntry

Kind = GiftCardEntry.Kind


class GiftCardUsed(Refused):
    code = "code_used"
    sentence = gettext_lazy("This gift card has already been used.")


def issue(
    *, balance_minor, currency=None, expires_at=None, member=None, redemption=None, actor=""
) -> GiftCard:
    """Issue a gift card with money on it, under a new code.

    currency: the merchant's, which is also the default. expires_at: from when on it cannot be spent; None: never.
    member: who it is given to. redemption: what it was given for. Raises Invalid.
    """
    currency = currency or tenancy.merchant().currency
    _refuse_wrong(balance_minor, currency, expires_at)
    card = GiftCard.objects.create(
        code=codes.new(), currency=currency, initial_minor=balance_minor, expires_at=expires_at, member=member,
        redemption=redemption, reward_id=redemption.reward_id if redemption else None, created_at=clock.now(),
    )  # fmt: skip
    entry = books.write(card, Kind.ISSUE, balance_minor, actor=actor)
    tell("gift_card.issued", card, entry)
    return card


def top_up(card, *, amount_minor, actor="") -> GiftCardEntry:
    """Put more money on a card. Locks it. Raises GiftCardVoid, GiftCardExpired, Invalid."""
    card = books.lock([card.id])[card.id]
    finding.refuse_unusable(card)
    if not 0 < amount_minor <= LARGEST_MINOR - card.balance_minor:
        raise Invalid({"amount_minor": [_("A gift card holds at most 10^12 minor units.")]})
    entry = books.write(card, Kind.TOP_UP, amount_minor, actor=actor)
    tell("gift_card.topped_up", card, entry)
    return entry


def set_expiry(card, *, expires_at) -> GiftCard:
    """Change until when a card can be spent; what is left on an expired one can be spent again. Raises GiftCardVoid."""
    card = books.lock([card.id])[card.id]
    finding.refuse_void(card)
    _refuse_wrong(card.initial_minor, tenancy.merchant().currency, expires_at)
    card.expires_at = expires_at
    card.save(update_fields=["expires_at"])
    return card


def void(card, *, actor="") -> GiftCard:
    """Take a card out of use: what is left on it is gone. Doing so again changes nothing. Locks it."""
    card = books.lock([card.id])[card.id]
    if card.is_void:
        return card
    entry = books.write(card, Kind.VOID, -card.balance_minor, actor=actor)
    card.voided_at = clock.now()
    card.save(update_fields=["voided_at"])
    tell("gift_card.voided", card, entry)
    return card


def take_back(redemption, *, actor=""):
    """Void the gift card of a redemption that is cancelled, if it made one. Locks the card.

    Raises GiftCardUsed once anything was paid with it, or put on it.
    """
    card = finding.of_redemption(redemption)
    if card is None:
        return
    books.lock([card.id])
    if GiftCardEntry.objects.filter(gift_card=card).exclude(kind__in=[Kind.ISSUE, Kind.VOID]).exists():
        raise GiftCardUsed(gift_card=card.code)
    void(card, actor=actor)


def tell(kind, card, entry):
    """News of a card: by its id, and never by its code, which is as good as money."""
    recording.record(
        kind, member_id=card.member_id, gift_card=card.public_id, amount_minor=entry.amount_minor,
        balance_minor=card.balance_minor, currency=card.currency, purchase=ids.public("pur", entry.purchase_id),
    )  # fmt: skip


def _refuse_wrong(balance_minor, currency, expires_at):
    wrong = {}
    if not 0 < balance_minor <= LARGEST_MINOR:
        wrong["balance_minor"] = [_("A gift card holds more than 0, and at most 10^12 minor units.")]
    if currency != tenancy.merchant().currency:
        wrong["currency"] = [
            _("This shop counts in %(currency)s.") % {"currency": tenancy.merchant().currency}
        ]
    if expires_at is not None and expires_at <= clock.now():
        wrong["expires_at"] = [_("The end must lie ahead.")]
    if wrong:
        raise Invalid(wrong)
