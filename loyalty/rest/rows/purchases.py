"""Purchases and refunds as the API tells them."""

from collections import defaultdict

from loyalty import ids
from loyalty.rest import acting
from loyalty.rest.rows import members
from loyalty.rest.shapes import purchases as shapes
from loyalty.rest.shapes.members import Unlocked
from programs.accounts import Unlock
from programs.crediting import CreditLine
from programs.models import Credit, Entry, Program
from programs.purchases import Recorded
from rewards import discount_words, standing
from rewards.gift_cards import spending
from rewards.models import Reward

KEPT = ("sku", "name", "category", "brand", "quantity", "amount_minor", "discount_minor", "returned")


def purchase(recorded, paid, *, state=None, is_stored=True):
    """One Recorded. state: the member's, where it is told. paid: as in purchases."""
    told = purchases([recorded], paid, is_stored=is_stored)[0]
    return told.model_copy(update={"member_state": state})


def purchases(several, paid, *, is_stored=True):
    """Many Recorded: the rewards they unlocked are read in one query.

    paid: what gift cards paid, {purchase id: [Payment]}.
    """
    unlocked = {unlock.reward_id for one in several for unlock in one.unlocks}
    rewards = {row.id: row for row in Reward.objects.filter(id__in=unlocked)} if unlocked else {}
    codes = standing.codes_of([unlock for one in several for unlock in one.unlocks])
    written = {}
    return [
        _purchase(one, rewards, codes, paid.get(one.purchase.id, ()), is_stored, written) for one in several
    ]


def listed(rows):
    """Purchase rows, as they were answered when they were recorded: four queries, however many."""
    keys = [row.id for row in rows]
    told = {row.id: Recorded(row, []) for row in rows}
    for credit in Credit.objects.filter(purchase_id__in=keys).select_related("program").order_by("id"):
        told[credit.purchase_id].credits.append(CreditLine(credit.program, credit))
    for unlock in Unlock.objects.filter(purchase_id__in=keys).order_by("at", "id"):
        told[unlock.purchase_id].unlocks.append(unlock)
    return purchases([told[row.id] for row in rows], spending.paid_in(keys))


def refunds(rows):
    """Refunds with what their entries took back: one query for all of them."""
    debits = defaultdict(lambda: defaultdict(int))
    taken = Entry.objects.filter(refund__in=rows, kind=Entry.Kind.REFUND).order_by("id")
    for entry in taken.select_related("account"):
        debits[entry.refund_id][entry.account.program_id] += entry.amount + entry.pending_amount
    return [
        shapes.Refund(
            **_refund(row), debits=[_debit(program, amount) for program, amount in debits[row.id].items()]
        )
        for row in rows
    ]


def made_refund(given_back, state):
    returned = [
        shapes.GivenBack(
            redemption=one.public_id,
            program=ids.public(Program.prefix, one.reward.program_id),
            amount=one.cost,
        )
        for one in given_back.returned
    ]
    returned += [
        shapes.GivenBack(redemption=None, program=program.public_id, amount=points)
        for program, points in given_back.restored
    ]
    debits = [_debit(program.id, amount) for program, amount in given_back.debits]
    return shapes.MadeRefund(
        **_refund(given_back.refund),
        debits=debits,
        returned=returned,
        member_state=state,
        gift_cards=[_payment(one) for one in given_back.gift_cards],
    )


def _purchase(recorded, rewards, codes, paid, is_stored, written):
    row = recorded.purchase
    return shapes.Purchase(
        id=row.public_id if is_stored else None, member=ids.public("mem", row.member_id),
        amount_minor=row.amount_minor, discount_minor=row.discount_minor, net_minor=row.net_minor,
        refunded_minor=row.refunded_minor, currency=row.currency,
        discounts=discount_words.told(row.discounts, row.currency),
        items=[shapes.Item(**{name: item[name] for name in KEPT}) for item in row.items],
        occurred_at=row.occurred_at, recorded_at=row.recorded_at, location=ids.public("loc", row.location_id),
        external_id=acting.told_external_id(row), actor=row.actor,
        credits=[_credit(line, written) for line in recorded.credits],
        unlocked=[
            Unlocked(reward=members.reward_name(rewards[one.reward_id]), voucher=codes.get(one.redemption_id))
            for one in recorded.unlocks if one.reward_id in rewards
        ],
        gift_cards=[_payment(one) for one in paid], member_state=None,
    )  # fmt: skip


def _credit(line, written):
    return shapes.Credit(
        program=line.program.public_id, amount=line.amount, unit=members.unit(line.program),
        available_at=line.credit.available_at, expires_at=line.credit.expires_at,
        because=members.reasons(line.because, line.program, written),
    )  # fmt: skip


def _payment(paid):
    return shapes.GiftCardPayment(
        code=paid.code, amount_minor=paid.amount_minor, balance_minor=paid.balance_minor
    )


def _refund(row):
    return {
        "id": row.public_id, "purchase": ids.public("pur", row.purchase_id), "amount_minor": row.amount_minor,
        "at": row.at,
    }  # fmt: skip


def _debit(program_id, amount):
    return shapes.Debit(program=ids.public(Program.prefix, program_id), amount=amount)
