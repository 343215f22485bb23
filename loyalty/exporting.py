"""Everything we hold of a member, to take along (Art. 15 and 20 GDPR). One shape for the card, dashboard and API."""

from campaigns.models import Message
from loyalty import ids
from members import finding
from members.contacts import keeping as contacts
from members.models import CardToken, Consent
from programs.coalition.models import Introduction
from programs.models import Account, Credit, Entry, Purchase, Refund
from programs.subscriptions import telling
from rewards.gift_cards import finding as gift_cards
from rewards.gift_cards.models import GiftCard
from rewards.models import Redemption, Voucher


def of_member(member) -> dict:
    """All that is stored of a member, JSON-ready: ids as in the API, amounts in minor units, times in UTC.

    Of the cards that were merged into this one, too.
    """
    everyone = finding.everyone(member)
    purchases = list(Purchase.objects.filter(member=member).order_by("occurred_at", "id"))
    return {
        "member": _member(member),
        "introductions": [
            _introduction(row) for row in Introduction.objects.filter(member=member).order_by("id")
        ],
        "contacts": [_contact(row) for row in contacts.of(member).order_by("id")],
        "consents": [
            _consent(row) for row in Consent.objects.filter(member__in=everyone).order_by("at", "id")
        ],
        "accounts": [
            _account(row) for row in Account.objects.filter(member=member).select_related("program")
        ],
        "entries": [_entry(row) for row in _entries(everyone)],
        "purchases": _purchases(purchases),
        "redemptions": [_redemption(row) for row in _redemptions(member)],
        "vouchers": [_voucher(row) for row in Voucher.objects.filter(member=member).select_related("reward")],
        "gift_cards": [_gift_card(row) for row in GiftCard.objects.filter(member=member).order_by("id")],
        "subscriptions": telling.everything_of(member),
        "seats": telling.seats_of(member),
        "messages": [
            _message(row) for row in Message.objects.filter(member__in=everyone).order_by("created_at", "id")
        ],
    }


def _member(row):
    cards = CardToken.objects.filter(
        merchant=row.merchant_id, member_id__in=finding.everyone(row), revoked_at=None
    )
    return {
        "id": row.public_id, "kind": row.kind,
        "number": row.number, "name": row.name, "email": row.email, "phone": row.phone,
        "birthday": _at(row.birthday), "language": row.language, "timezone": row.timezone,
        "external_id": row.external_id, "status": row.status, "joined_at": _at(row.joined_at), "visits": row.visits,
        "last_visit_at": _at(row.last_visit_at), "cards": [finding.card_url(card) for card in cards],
        "referred_by": ids.public("mem", row.referred_by_id),
    }  # fmt: skip


def _introduction(row):
    return {"partner": ids.public("mer", row.partner_id), "name": row.name, "at": _at(row.at)}


def _contact(row):
    return {"id": row.public_id, "name": row.name, "email": row.email, "phone": row.phone}


def _consent(row):
    return {"purpose": row.purpose, "given": row.given, "confirmed": row.confirmed, "at": _at(row.at),
            "evidence": row.evidence}  # fmt: skip


def _account(row):
    return {"program": row.program.name, "balance": row.balance - row.debt, "pending": row.pending,
            "lifetime": row.lifetime}  # fmt: skip


def _entries(everyone):
    rows = Entry.objects.filter(account__member__in=everyone).select_related("account__program")
    return rows.order_by("booked_at", "account_id", "number")


def _entry(row):
    return {"id": row.public_id, "program": row.account.program.name, "kind": row.kind, "amount": row.amount,
            "pending_amount": row.pending_amount, "balance_after": row.balance_after, "at": _at(row.at),
            "purchase": ids.public("pur", row.purchase_id), "reason": row.reason}  # fmt: skip


def _purchases(purchases):
    ids_ = [row.id for row in purchases]
    credits, refunds = {}, {}
    for row in Credit.objects.filter(purchase_id__in=ids_).select_related("program"):
        given = {
            "program": row.program.name,
            "amount": row.amount,
            "taken_back": row.taken_back,
            "because": row.because,
        }
        credits.setdefault(row.purchase_id, []).append(given)
    for row in Refund.objects.filter(purchase_id__in=ids_).order_by("at"):
        refunds.setdefault(row.purchase_id, []).append({"amount_minor": row.amount_minor, "at": _at(row.at)})
    return [
        {"id": row.public_id, "occurred_at": _at(row.occurred_at), "amount_minor": row.amount_minor,
         "discount_minor": row.discount_minor, "net_minor": row.net_minor, "currency": row.currency,
         "items": row.items, "external_id": row.external_id, "credits": credits.get(row.id, []),
         "refunds": refunds.get(row.id, [])}
        for row in purchases
    ]  # fmt: skip


def _redemptions(member):
    return Redemption.objects.filter(member=member).select_related("reward").order_by("at", "id")


def _redemption(row):
    return {
        "id": row.public_id,
        "reward": row.reward.name,
        "cost": row.cost,
        "status": row.status,
        "at": _at(row.at),
    }


def _voucher(row):
    return {
        "code": row.code,
        "reward": row.reward.name,
        "status": row.status,
        "valid_until": _at(row.valid_until),
    }


def _gift_card(row):
    return {"code": row.code, "balance_minor": row.balance_minor, "currency": row.currency,
            "status": gift_cards.status(row), "expires_at": _at(row.expires_at)}  # fmt: skip


def _message(row):
    return {
        "campaign": row.campaign,
        "channel": row.channel,
        "status": row.status,
        "sent_at": _at(row.sent_at),
    }


def _at(moment):
    return moment.isoformat() if moment else None
