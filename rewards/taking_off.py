"""Vouchers on a sale: which may be used on it, together with which, and what they take off.

Rule: docs/rules/rewards.md, "What is taken off".
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Refused
from programs.taking_off import Discount
from rewards import discounts
from rewards.discounts import Line, Offer


class NotADiscount(Refused):
    code = "not_a_discount"
    sentence = _("This voucher is handed over, not taken off a purchase. Redeem it by its code.")


class BelowMinimum(Refused):
    code = "below_minimum"
    sentence = _("This voucher needs a larger purchase.")


class NothingToTakeOff(Refused):
    code = "not_eligible"
    sentence = _("Nothing in this purchase is what the voucher is for.")


class NotCombinable(Refused):
    code = "not_combinable"
    sentence = _("The voucher %(voucher)s cannot be used together with others.")


def refuse_unfit(voucher, *, amount_minor, items):
    """Raises NotADiscount, BelowMinimum, NothingToTakeOff: what does nothing on a sale is not used up on it."""
    reward = voucher.reward
    if reward.is_handed_over:
        raise NotADiscount(voucher=voucher.code)
    if amount_minor < reward.min_purchase_minor:
        raise BelowMinimum(voucher=voucher.code, minimum_minor=reward.min_purchase_minor)
    needs_items = reward.is_taken_off != reward.AppliesTo.PURCHASE
    if needs_items and not any(reward.is_for(item) for item in items):
        raise NothingToTakeOff(voucher=voucher.code, reason="items")


def refuse_together(held):
    """Raises NotCombinable, naming the voucher that does not go with the others."""
    if alone := discounts.not_combinable([offer_of(voucher) for voucher in held]):
        raise NotCombinable(voucher=alone.label)


def take_off(held, items, due_minor, left):
    """What vouchers take off what is due, and off what is left of the lines, in the order in which they do."""
    lines = [
        Line(item.sku, amount, item.category, item.brand, item.quantity)
        for item, amount in zip(items, left, strict=True)
    ]
    taken = discounts.take_off([offer_of(voucher) for voucher in held], due_minor, lines)
    rewards = {voucher.code: voucher.reward for voucher in held}
    return [Discount(one.amount_minor, one.line, _label(one, rewards[one.label])) for one in taken]


def offer_of(voucher) -> Offer:
    reward = voucher.reward
    return Offer(
        voucher.code, reward.value_minor if reward.kind == reward.Kind.AMOUNT_OFF else None,
        reward.percent if reward.kind == reward.Kind.PERCENT_OFF else None,
        tuple(reward.skus), tuple(reward.categories), tuple(reward.brands), reward.is_taken_off, reward.most_minor,
        reward.exclusive,
    )  # fmt: skip


def _label(taken, reward):
    """What the answer says of it, beside the amount; the sentence is made when it is read."""
    label = {"voucher": taken.label, "kind": reward.kind, "applies_to": reward.is_taken_off, "why": taken.why}
    if reward.kind == reward.Kind.PERCENT_OFF:
        label["percent"] = f"{Decimal(reward.percent).normalize():f}"
    elif reward.kind == reward.Kind.AMOUNT_OFF:
        label["value_minor"] = reward.value_minor
    if taken.why == discounts.MOST:
        label["most_minor"] = reward.most_minor
    return label | ({} if taken.line is None else {"line": taken.line})
