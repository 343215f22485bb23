"""The whole sale: vouchers take money off, the purchase is recorded and earns; and the whole return of it.

Screens and the API record purchases here. Rule: docs/rules.md, "Discounts" and "Refunds".
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from loyalty import tenancy
from loyalty.errors import Refused
from loyalty.merchants.models import Location
from members import locking
from members.models import Member
from programs import crediting, purchases, refunding
from programs.models import Purchase
from programs.purchases import Item, NewPurchase, Points, Recorded
from rewards import granting, redeeming, taking_off, vouchers
from rewards.gift_cards import spending
from rewards.models import Redemption, Voucher
from rewards.promotions import using


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale as it comes from a till. amount_minor: before discounts. vouchers, gift_cards: codes.

    points: to be taken as money. partner: in a coalition, the merchant at which it happens.
    """

    member: Member | None
    amount_minor: int
    currency: str | None = None
    items: tuple[Item, ...] = ()
    occurred_at: datetime | None = None
    location: Location | None = None
    external_id: str | None = None
    vouchers: tuple[str, ...] = ()
    gift_cards: tuple[str, ...] = ()
    points: Points | None = None
    partner: UUID | None = None

    @property
    def is_plain(self):
        """Whether nothing is used up by it, so that it can be recorded together with others."""
        return not (self.vouchers or self.gift_cards)

    def new_purchase(self, held=()):
        """held: vouchers to be used in it."""
        return NewPurchase(
            self.member, self.amount_minor, self.currency, self.items, self.occurred_at, self.location,
            self.external_id, take_off=partial(taking_off.take_off, held, self.items) if held else None,
            points=self.points, partner=self.partner,
        )  # fmt: skip


@dataclass(slots=True)
class GivenBack:
    """refund, debits, restored as in refunding.Refunded. returned: redemptions whose points came back.

    gift_cards: what gift cards got back, of what they had paid.
    """

    refund: refunding.Refund
    debits: list
    returned: list[Redemption] = field(default_factory=list)
    restored: list = field(default_factory=list)
    gift_cards: list[spending.Payment] = field(default_factory=list)


def ring_up(sale: Sale, *, actor="", preview=False) -> Recorded:
    """Record a sale with its vouchers and gift cards. preview: says what would happen and stores nothing.

    Raises what a voucher or gift card is refused for (code_used, code_expired, below_minimum …) and what the
    purchase is; nothing is written then. A repeat by external id answers with the first purchase, uses no voucher
    and charges no gift card. Locks the member, the gift cards, promotions, the vouchers, then the accounts.
    """
    if sale.is_plain:
        new = sale.new_purchase()
        return purchases.preview(new) if preview else _granted(purchases.record(new, actor=actor), actor)
    cards = _hold_gift_cards(sale, preview)
    held, promotions = _hold(sale, preview)
    # Only now: who used these vouchers under the same external id has committed, and is seen.
    first = _first(sale)
    if first is not None:
        return purchases.repeated(first)
    for card in cards:
        spending.refuse_unfit(card, tenancy.merchant().currency)
    for voucher in held:
        if voucher.id in promotions:
            using.refuse_unfit(promotions[voucher.id], sale.member)
        vouchers.refuse_unusable(voucher, actor=actor)
        taking_off.refuse_unfit(voucher, amount_minor=sale.amount_minor, items=sale.items)
    taking_off.refuse_together(held)
    new = sale.new_purchase(held)
    if preview:
        return purchases.preview(new)
    recorded = purchases.record(new, actor=actor)
    if not recorded.is_repeat:
        _use_up(held, promotions, sale.member, recorded.purchase, actor)
        # They pay, they do not discount: what is due is what is left after the vouchers.
        due = recorded.purchase.net_minor
        spending.charge_for_purchase(cards, recorded.purchase, due_minor=due, actor=actor)
    return _granted(recorded, actor)


def _use_up(held, promotions, member, purchase, actor):
    for voucher in held:
        if voucher.id in promotions:
            using.use(voucher, promotions[voucher.id], member=member, purchase=purchase, actor=actor)
        else:
            vouchers.use(voucher, purchase=purchase, actor=actor)


def _granted(recorded, actor):
    """What is handed out at once, is."""
    if not recorded.is_repeat:
        granting.issue(recorded.unlocks, actor=actor)
    return recorded


def gift_cards_paid(rung_up) -> dict:
    """What gift cards paid of sales that ring_up has answered, (Sale, Recorded) each: {purchase id: [Payment]}."""
    asked = [recorded.purchase.id for sale, recorded in rung_up if sale.gift_cards or recorded.is_repeat]
    return spending.paid_in(asked)


def gift_cards_would_pay(sale: Sale, recorded: Recorded) -> dict:
    """The same for a preview: of a sale that was not recorded before, what they would pay."""
    if recorded.is_repeat:
        return gift_cards_paid([(sale, recorded)])
    cards = spending.hold(sale.gift_cards, lock=False)
    return {recorded.purchase.id: spending.would_pay(cards, due_minor=recorded.purchase.net_minor)}


def ring_up_many(sales: list[Sale], *, actor="") -> list[Recorded | Refused]:
    """Record many sales in the order given; good ones are kept when others are refused.

    Runs of plain sales are recorded together; one with vouchers or gift cards is recorded by itself, in its place.
    Locks all members first, then all gift cards, then all promotions, each in id order, so that two batches do not
    wait for each other in a circle.
    """
    locking.lock(_people(sales))
    spending.lock_all(code for sale in sales for code in sale.gift_cards)
    using.lock_all({code for sale in sales for code in sale.vouchers})
    results: list[Recorded | Refused] = []
    run: list[Sale] = []
    for sale in sales:
        if not sale.is_plain:
            results += _record_plain(run, actor)
            results.append(_ring_up_or_refuse(sale, actor))
            run = []
        else:
            run.append(sale)
    return results + _record_plain(run, actor)


def _record_plain(sales, actor):
    results = purchases.record_many([one.new_purchase() for one in sales], actor=actor)
    return [one if isinstance(one, Refused) else _granted(one, actor) for one in results]


def give_back(purchase, *, amount_minor=None, items=None, actor="") -> GivenBack:
    """Refund a purchase (see refunding.refund). With its last cent the points spent on its vouchers come back, gift
    cards get back what they paid, and uses of promotions count no more.
    """
    _lock_everybody(purchase)
    refunded = refunding.refund(purchase, amount_minor=amount_minor, items=items, actor=actor)
    granting.withdraw(refunded.lost, actor=actor)
    if purchase.member_id:
        granting.pay_debts(purchase, actor=actor)
    returned, paid_back = [], []
    if Purchase.objects.filter(id=purchase.id, returned_at__isnull=False).exists():
        used = Redemption.objects.filter(status=Redemption.Status.DONE, id__in=_redemptions_in(purchase))
        for redemption in used.order_by("id"):
            redeeming.give_back_points(redemption, actor=actor)
            returned.append(redemption)
        paid_back = spending.give_back_for_purchase(purchase, refund=refunded.refund, actor=actor)
        using.give_back(purchase)
    return GivenBack(refunded.refund, refunded.debits, returned, refunded.restored, paid_back)


def _first(sale):
    return Purchase.objects.filter(external_id=sale.external_id).first() if sale.external_id else None


def _hold_gift_cards(sale, preview):
    """The gift cards of a sale, in the order given; locked, after the member, unless it is a preview."""
    if sale.gift_cards and not preview:
        locking.lock(_people([sale]))
    return spending.hold(sale.gift_cards, lock=not preview)


def _hold(sale, preview):
    """The vouchers of a sale, in the order given, and the promotions behind them by voucher id.

    Locked, after the member, unless it is a preview.
    """
    found = [using.find(code) for code in sale.vouchers]
    twice = [
        voucher for place, voucher in enumerate(found) if voucher.id in {one.id for one in found[:place]}
    ]
    if twice:
        raise redeeming.AlreadyUsed(voucher=twice[0].code)
    if not preview:
        locking.lock(_people([sale]))
    promotions = using.terms(found, lock=not preview)
    fresh = {} if preview else vouchers.lock(found)
    # A promotion's shared code only stands for it: it is no row to be locked.
    return [fresh.get(voucher.id, voucher) for voucher in found], promotions


def _lock_everybody(purchase):
    """Whoever the refund touches, and who paid for the vouchers used in it: their points may come back, too."""
    owners = Redemption.objects.filter(id__in=_redemptions_in(purchase)).values_list("member_id", flat=True)
    locking.lock(refunding.members_of(purchase) | set(owners))


def _people(sales):
    """Whoever recording these sales will lock: all at once, so that nobody waits in a circle."""
    return {sale.member.id for sale in sales if sale.member} | crediting.referrers(sales)


def _redemptions_in(purchase):
    rows = Voucher.objects.filter(used_in=purchase, redemption__isnull=False)
    return list(rows.values_list("redemption_id", flat=True))


def _ring_up_or_refuse(sale, actor):
    # A savepoint of its own, so that a refusal half-way leaves nothing behind.
    try:
        with transaction.atomic():
            return ring_up(sale, actor=actor)
    except Refused as refusal:
        return refusal
