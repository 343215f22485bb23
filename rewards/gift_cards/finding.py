"""A gift card is found by its code, and refused where it cannot be used."""

from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.errors import NotFound, Refused
from rewards import codes
from rewards.gift_cards.models import GiftCard


class GiftCardVoid(Refused):
    code = "code_void"
    sentence = _("This gift card is no longer good.")


class GiftCardExpired(Refused):
    code = "code_expired"
    sentence = _("This gift card has expired. Whoever runs the shop can prolong it.")


class OtherCurrency(Refused):
    code = "other_currency"
    sentence = _("This gift card holds %(card_currency)s, and the purchase is in %(currency)s.")


def find(text) -> GiftCard:
    """The gift card of a code, as typed or scanned. Raises NotFound, also for a code with a slip of the pen."""
    code = codes.parse(text)
    card = GiftCard.objects.filter(code=code).first() if code else None
    if card is None:
        raise NotFound(code=text)
    return card


def of_redemption(redemption) -> GiftCard | None:
    """The gift card that a redemption made, if it made one."""
    return GiftCard.objects.filter(redemption=redemption).first()


def status(card) -> str:
    """active, expired or void. A card that is spent stays active: money can come back to it."""
    if card.is_void:
        return "void"
    return "expired" if card.is_expired(clock.now()) else "active"


def refuse_unusable(card):
    """Raises GiftCardVoid, GiftCardExpired."""
    refuse_void(card)
    if card.is_expired(clock.now()):
        raise GiftCardExpired(gift_card=card.code, expires_at=card.expires_at.isoformat())


def refuse_void(card):
    if card.is_void:
        raise GiftCardVoid(gift_card=card.code)


def refuse_other_currency(card, currency):
    """A shop may change its currency, as countries do; what is on older cards is not the new one."""
    if card.currency != currency:
        raise OtherCurrency(gift_card=card.code, card_currency=card.currency, currency=currency)
