"""The shop that is measured: programs with rules, members with cards, a key. Made by the verbs of the product."""

import json
from dataclasses import dataclass
from uuid import uuid4

from django.db.models import Sum

from bench.load import Request
from loyalty import tenancy
from loyalty.merchants import registering
from loyalty.merchants.models import Merchant
from members.models import Member
from programs import catalogue as _catalogue
from programs import checking, enrolling
from programs.models import Account, Credit, Program, Purchase
from rewards import catalogue
from rewards.models import Redemption, Reward

# A purchase of 12.80 on two lines: twice 12.8 points, rounded down, and 3 for the loaf.
AMOUNT_MINOR, POINTS = 1280, 28
ITEMS = [
    {"sku": "loaf", "name": "Landbrot", "category": "bread", "quantity": 1, "amount_minor": 480},
    {"sku": "cake", "name": "Käsekuchen", "category": "cake", "quantity": 2, "amount_minor": 800},
]
COST = 5


@dataclass(frozen=True)
class Shop:
    merchant: Merchant
    secret: str
    members: list[Member]
    programs: list[Program]
    rewards: list[Reward]


def open_shop(*, members: int, programs: int = 1, rewards: int = 0, points: int = 0) -> Shop:
    """A shop with so many programs: points with rules, a punch card, points again. points: what each member has."""
    registered = registering.register(
        name="Bäckerei Maß & Zeit", email=f"{uuid4().hex}@example.com", currency="EUR", timezone="Europe/Berlin",
        country="DE",
    )  # fmt: skip
    with tenancy.scope(registered.merchant):
        made = [make() for make in (_points, _card, _dearer)[:programs]]
        offered = [
            catalogue.create_reward(program=made[0], name=f"Nr. {n}", cost=COST) for n in range(rewards)
        ]
        if points:
            rule = {"name": "Start", "when": {"event": "joined"}, "gives": {"amount": points}}
            _catalogue.add_rule(made[0], definition=rule)
        for start in range(0, members, 1000):
            enrolling.join_many([{"external_id": f"m{n}"} for n in range(start, min(members, start + 1000))])
        return Shop(
            registered.merchant, registered.api_key, list(Member.objects.order_by("id")), made, offered
        )


def _points():
    program = catalogue.create_program(
        type="points",
        name="Brotpunkte",
        settings={"earn": {"points": 1, "per_minor": 100, "limit": {"per_day": 10**9}}},
    )
    for definition in (
        {"name": "Doppelt", "when": {"event": "purchase"}, "if": {"weekdays": [*range(1, 8)]},
         "gives": {"multiplier": "2"}},
        {"name": "Brottag", "when": {"event": "item"}, "if": {"categories": ["bread"]}, "gives": {"per_item": 3}},
    ):  # fmt: skip
        _catalogue.add_rule(program, definition=definition)
    return program


def _card():
    settings = {"reward": {"name": "Ein Kaffee"}, "stamps_required": 10}
    return catalogue.create_program(type="punch_card", name="Kaffeekarte", settings=settings)


def _dearer():
    earn = {"points": 1, "per_minor": 1000, "accumulate": True}
    settings = {"earn": earn, "expiry": {"kind": "after", "months": 12}}
    return catalogue.create_program(type="points", name="Jahrespunkte", settings=settings)


def sales(shop: Shop, count: int, *, external_ids: bool = False) -> list[Request]:
    """So many purchases, one member after the other."""
    return [
        Request("/api/v1/purchases", json.dumps(sale(shop, n, external_ids)).encode(), uuid4().hex)
        for n in range(count)
    ]


def sale(shop: Shop, n: int, external_ids: bool = False) -> dict:
    member = shop.members[n % len(shop.members)]
    body = {"member": member.public_id, "amount_minor": AMOUNT_MINOR, "items": ITEMS}
    return body | {"external_id": uuid4().hex} if external_ids else body


def redemptions(shop: Shop, count: int) -> list[Request]:
    """So many redemptions, one member after the other, one reward after the other."""
    return [
        Request("/api/v1/redemptions", json.dumps({"member": member.public_id, "reward": reward.public_id}).encode(),
                uuid4().hex)
        for member, reward in (
            (shop.members[n % len(shop.members)], shop.rewards[n % len(shop.rewards)]) for n in range(count)
        )
    ]  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """What is in the books of a shop."""

    purchases: int
    credits: int
    redemptions: int
    points: int
    problems: int


def counts(shop: Shop) -> Counts:
    """points: in the first program, after debt. problems: what check_ledger found."""
    with tenancy.scope(shop.merchant):
        held = Account.objects.filter(program=shop.programs[0])
        return Counts(
            Purchase.objects.count(), Credit.objects.count(), Redemption.objects.count(),
            held.aggregate(held=Sum("balance"))["held"] or 0, len(checking.check()),
        )  # fmt: skip


def points_of(shop: Shop, member: Member) -> int:
    with tenancy.scope(shop.merchant):
        return Account.objects.get(member=member, program=shop.programs[0]).balance
