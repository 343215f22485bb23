"""Rewards, redemptions and vouchers as the API tells them."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from loyalty import ids, tenancy
from loyalty.rest.shapes import rewards as shapes
from loyalty.tenancy import prepared
from members import finding
from members.models import Member
from rewards import vouchers as voucher_verbs

SAME = ("name", "description", "kind", "cost", "value_minor", "skus", "min_purchase_minor", "cost_to_merchant_minor",
        "stock", "taken", "per_member", "valid_days", "starts_at", "ends_at", "archived_at", "created_at", "categories",
        "brands", "most_minor", "exclusive", "transferable", "tiers", "segments", "unlock", "early_access", "capacity",
        "takes_place_at", "partner_name", "partner_price_minor")  # fmt: skip


CODES = "SELECT redemption_id, code FROM {} WHERE merchant_id = %s AND redemption_id = ANY(%s::uuid[])"
LEFT = "SELECT id, balance - debt FROM programs_account WHERE merchant_id = %s AND id = ANY(%s::uuid[])"
PROGRAM_NEEDED = _("Send the program whose points it costs.")
AMOUNT_NEEDED = _("Send the amount that the voucher is used on.")


def columns(body):
    """The columns of a Reward that a body sends; its program is left to the caller."""
    sent = {name: getattr(body, name) for name in body.model_fields_set - {"program"}}
    if sent.get("percent") is not None:
        sent["percent"] = Decimal(sent["percent"])
    for name in ("unlock", "early_access"):
        if sent.get(name) is not None:
            sent[name] = sent[name].model_dump()
    if "applies_to" in sent:
        sent["applies_to"] = sent["applies_to"] or ""
    return sent


def reward(row):
    percent = None if row.percent is None else f"{Decimal(row.percent).normalize():f}"
    return shapes.Reward(
        id=row.public_id, program=ids.public("prg", row.program_id), percent=percent,
        applies_to=row.is_taken_off,
        **{name: getattr(row, name) for name in SAME},
    )  # fmt: skip


def redemption(row):
    return redemptions([row])[0]


def redemptions(rows):
    """Redemptions with the codes of their vouchers and gift cards and what is left on their accounts.

    Three statements in one round trip, however many redemptions.
    """
    merchant_id, asked = tenancy.merchant_id(), [row.id for row in rows]
    codes, cards, left = map(
        dict,
        prepared.several(
            (CODES.format("rewards_voucher"), (merchant_id, asked)),
            (CODES.format("gift_cards_giftcard"), (merchant_id, asked)),
            (LEFT, (merchant_id, [row.account_id for row in rows if row.account_id])),
        ),
    )
    return [
        shapes.Redemption(
            id=row.public_id, member=ids.public("mem", row.member_id), reward=ids.public("rwd", row.reward_id),
            cost=row.cost, use=row.use, status=row.status, at=row.at, cancelled_at=row.cancelled_at,
            location=ids.public("loc", row.location_id), actor=row.actor, text=row.text, voucher=codes.get(row.id),
            gift_card=cards.get(row.id), balance=left.get(row.account_id),
        )
        for row in rows
    ]  # fmt: skip


def voucher(row):
    return vouchers([row])[0]


def vouchers(rows):
    """Vouchers (with their reward) and where their members find them: one query more."""
    cards = finding.cards_of([Member(id=row.member_id) for row in rows if row.member_id])
    return [shapes.Voucher(**_voucher(row, cards.get(row.member_id))) for row in rows]


def gift(row):
    return shapes.VoucherGift(
        id=row.public_id, giver=ids.public("mem", row.giver_id), receiver=ids.public("mem", row.receiver_id),
        to_email=row.to_email or None, status=row.status, offered_at=row.offered_at, closed_at=row.closed_at,
    )  # fmt: skip


def used_voucher(row, discount_minor):
    return shapes.UsedVoucher(**voucher(row).model_dump(), discount_minor=discount_minor)


def _voucher(row, card):
    status = voucher_verbs.status(row)
    return {
        "code": row.code, "reward": row.reward.public_id, "name": row.reward.name, "kind": row.reward.kind,
        "member": ids.public("mem", row.member_id), "status": status,
        "valid_until": row.valid_until, "held_until": row.held_until if status == "held" else None,
        "used_at": row.used_at, "purchase": ids.public("pur", row.used_in_id),
        "created_at": row.created_at, "url": finding.card_url(card) if card else None,
    }  # fmt: skip
