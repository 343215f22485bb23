"""Money leaves gift cards, in parts and on purchases, and comes back to them.

Rule: docs/rules/gift-cards.md, "Paying with gift cards" and "Money back to gift cards".
"""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.errors import Invalid, Refused
from rewards import codes
from rewards.gift_cards import books, finding, issuing
from rewards.gift_cards.models import GiftCard, GiftCardEntry

Kind = GiftCardEntry.Kind


class NotEnoughOnCard(Refused):
    code = "insufficient_balance"
    sentence = gettext_lazy(
        "There is not enough on this gift card. Charge less, and take the rest another way."
    )


class NothingToGiveBack(Refused):
    code = "nothing_left"
    sentence = gettext_lazy("Not that much was paid with this gift card.")


@dataclass(frozen=True, slots=True)
class Payment:
    """What a gift card paid of a purchase, or got back for it. balance_minor: what was on it right afterwards."""

    code: str
    amount_minor: int
    balance_minor: int


def charge(card, *, amount_minor, actor="") -> GiftCardEntry:
    """Take an amount off a card, whole or not at all. Locks it.

    Raises NotEnoughOnCard, GiftCardVoid, GiftCardExpired, Invalid.
    """
    card = books.lock([card.id])[card.id]
    finding.refuse_unusable(card)
    _refuse_nothing(amount_minor)
    if amount_minor > card.balance_minor:
        raise NotEnoughOnCard(
            balance_minor=card.balance_minor, amount_minor=amount_minor,
            missing_minor=amount_minor - card.balance_minor,
        )  # fmt: skip
    entry = books.write(card, Kind.CHARGE, -amount_minor, actor=actor)
    issuing.tell("gift_card.charged", card, entry)
    return entry


def refund(card, *, amount_minor=None, actor="") -> GiftCardEntry:
    """Give money back to a card, up to what was paid with it and has not come back. None: all of that.

    An expired card takes it, too; it can be prolonged. Locks it. Raises NothingToGiveBack, GiftCardVoid, Invalid.
    """
    card = books.lock([card.id])[card.id]
    finding.refuse_void(card)
    spent = _spent([card.id])[card.id]
    amount_minor = spent if amount_minor is None and spent else amount_minor
    if amount_minor is None or amount_minor > spent:
        raise NothingToGiveBack(left_minor=spent)
    _refuse_nothing(amount_minor)
    entry = books.write(card, Kind.REFUND, amount_minor, actor=actor)
    issuing.tell("gift_card.refunded", card, entry)
    return entry


def hold(texts, *, lock=True) -> list[GiftCard]:
    """The gift cards of codes that are to pay a purchase, in the order given.

    Locks them in id order until the transaction ends (lock=False: only looks, for a preview).
    Raises NotFound, and Invalid for one that is given twice. Whether they can pay: refuse_unfit.
    """
    cards = [finding.find(text) for text in texts]
    for place, card in enumerate(cards):
        if card.id in {one.id for one in cards[:place]}:
            raise Invalid({f"gift_cards.{place}": [_("This gift card is given twice.")]})
    if lock:
        fresh = books.lock(card.id for card in cards)
        cards = [fresh[card.id] for card in cards]
    return cards


def refuse_unfit(card, currency):
    """A card that cannot pay in this currency now. Raises GiftCardVoid, GiftCardExpired, OtherCurrency."""
    finding.refuse_unusable(card)
    finding.refuse_other_currency(card, currency)


def lock_all(texts):
    """Lock the cards of many purchases in id order; codes that name none are left for their purchase to refuse."""
    if parsed := {codes.parse(text) for text in texts} - {None}:
        books.lock(GiftCard.objects.filter(code__in=parsed).values_list("id", flat=True))


def shares(cards, due_minor) -> list[tuple[GiftCard, int]]:
    """What each card pays of what is due: the first as much as it can, then the next.

    Cards that pay nothing are left out.
    """
    paying = []
    for card in cards:
        amount = min(card.balance_minor, due_minor)
        due_minor -= amount
        if amount > 0:
            paying.append((card, amount))
    return paying


def charge_for_purchase(cards, purchase, *, due_minor, actor="") -> list[Payment]:
    """Let held cards (see hold) pay what is due of a recorded purchase, in the order given, as far as they reach."""
    return [_pay(card, amount, purchase, actor) for card, amount in shares(cards, due_minor)]


def would_pay(cards, *, due_minor) -> list[Payment]:
    """What charge_for_purchase would answer; nothing is stored."""
    return [
        Payment(card.code, amount, card.balance_minor - amount) for card, amount in shares(cards, due_minor)
    ]


def paid_in(purchase_ids) -> dict:
    """What gift cards paid of purchases, as it was answered then: {purchase id: [Payment]}. One statement."""
    found: dict = {}
    if not purchase_ids:
        return found
    rows = GiftCardEntry.objects.filter(purchase_id__in=list(purchase_ids), kind=Kind.CHARGE)
    for row in rows.select_related("gift_card").order_by("id"):
        payment = Payment(row.gift_card.code, -row.amount_minor, row.balance_after_minor)
        found.setdefault(row.purchase_id, []).append(payment)
    return found


def give_back_for_purchase(purchase, *, refund, actor="") -> list[Payment]:
    """Give each card back what it paid of a purchase that was returned whole. Locks the cards in id order.

    Never more than was paid with a card and has not come back to it by hand. A void card takes nothing.
    """
    paid = dict(
        GiftCardEntry.objects.filter(purchase_id=purchase.id, kind=Kind.CHARGE)
        .values_list("gift_card_id")
        .annotate(Sum("amount_minor"))
    )
    if not paid:
        return []
    cards, spent = books.lock(paid), _spent(paid)
    back = [(card, min(-paid[card.id], spent[card.id])) for card in cards.values() if not card.is_void]
    return [_take(card, amount, purchase, refund, actor) for card, amount in back if amount > 0]


def _pay(card, amount, purchase, actor):
    entry = books.write(card, Kind.CHARGE, -amount, purchase=purchase, actor=actor)
    issuing.tell("gift_card.charged", card, entry)
    return Payment(card.code, amount, card.balance_minor)


def _take(card, amount, purchase, refund, actor):
    entry = books.write(card, Kind.REFUND, amount, purchase=purchase, refund=refund, actor=actor)
    issuing.tell("gift_card.refunded", card, entry)
    return Payment(card.code, amount, card.balance_minor)


def _spent(card_ids) -> dict:
    """What was paid with cards and has not come back, of cards that are locked: {card id: minor units}."""
    rows = GiftCardEntry.objects.filter(gift_card_id__in=list(card_ids), kind__in=[Kind.CHARGE, Kind.REFUND])
    sums = dict(rows.values_list("gift_card_id").annotate(Sum("amount_minor")))
    return {card_id: -sums.get(card_id, 0) for card_id in card_ids}


def _refuse_nothing(amount_minor):
    if amount_minor <= 0:
        raise Invalid({"amount_minor": [_("The amount must be more than 0.")]})
