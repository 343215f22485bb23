"""The grocer's shop in the product: programs of all types, members, two partners, sales. Only verbs that the API uses.

Its rules stand once more, apart from the product, in bench/reckoning.py.
"""

from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import Sum

from bench import reckoning
from bench.measuring import analyze
from campaigns import turning
from loyalty import tenancy
from loyalty.errors import Refused
from loyalty.merchants import registering
from members.models import Member
from programs import checking, enrolling
from programs.accounts import Account, Entry, Unlock
from programs.coalition import inviting, settlement
from programs.models import Program, Purchase
from programs.purchases import Item
from programs.subscriptions.models import Payment, Subscription
from rewards import catalogue, checkout, club, redeeming
from rewards.models import Redemption, Reward

TIMEZONE = "America/New_York"
POINTS, BY_VISIT, BY_SPEND = "One point per dollar", "A stamp per visit", "A stamp per 50 dollars"
TIERS, CLUB, SHARED = "Tiers by three months", "Club", "Street card"


def open_shop(opening):
    """A sandbox merchant whose clock stands at `opening`, with programs that start then. Returns it with its partners.

    {name: merchant}; its own name is "".
    """
    shop = _register("Complete Journey Grocery", opening)
    shops = {"": shop} | {
        name: _register(name, opening) for name, _points, _per in reckoning.PARTNERS.values()
    }
    with tenancy.scope(shop):
        made = {
            name: catalogue.create_program(type=kind, name=name, settings=settings)
            for name, (kind, settings) in _programs().items()
        }
        catalogue.create_reward(program=made[SHARED], name="A bunch of flowers", cost=reckoning.REWARD_POINTS)
        for name, points, per in reckoning.PARTNERS.values():
            earn = {"points": points, "per_minor": per}
            inviting.accept(inviting.invite(made[SHARED], shops[name].public_id, earn=earn))
    return shops


def _register(name, opening):
    return registering.register(
        name=name, email="grocer@example.com", currency="USD", timezone=TIMEZONE, country="US", language="en",
        sandbox=True, clock_at=opening,
    ).merchant  # fmt: skip


def _programs():
    card = {"stamps_required": reckoning.STAMPS_REQUIRED, "reward": {"name": "A basket of fruit"}}
    minutes = int(reckoning.COOLDOWN.total_seconds()) // 60
    tiers = [
        {"name": name, "threshold": threshold, "multiplier": str(halves / 2)}
        for name, threshold, halves in reckoning.TIERS
    ]
    return {
        POINTS: ("points", {"pending_days": reckoning.PENDING_DAYS,
                            "expiry": {"kind": "after", "months": reckoning.MONTHS_TO_EXPIRY}}),
        BY_VISIT: ("punch_card", card | {"stamp_per": "visit", "cooldown_minutes": minutes}),
        BY_SPEND: ("punch_card", card | {"stamp_per": "amount", "per_minor": reckoning.MINOR_PER_STAMP,
                                         "accumulate": True}),
        TIERS: ("tiered", {"earn": {}, "tiers": tiers, "downgrade": {"policy": "full", "grace_days": 0},
                           "window": {"kind": "rolling", "months": reckoning.WINDOW_MONTHS}}),
        CLUB: ("paid_vip", {"plans": [{"name": "Club", "price_minor": 990}], "benefits": {"multiplier": "2"}}),
        SHARED: ("coalition", {"fee_percent": str(reckoning.FEE_PERCENT)}),
    }  # fmt: skip


def turn_clock(shops, month):
    """Turn the clock to the end of a month; everything that is due on the way happens. Counts it."""
    following = (month + 1).start_time
    moment = datetime(following.year, following.month, 1, tzinfo=ZoneInfo(TIMEZONE))
    return turning.turn(merchant=shops[""], to=moment)


def let_join(shops, households):
    with tenancy.scope(shops[""]):
        rows = [{"external_id": str(household)} for household in households]
        for start in range(0, len(rows), 1000):
            enrolling.join_many(rows[start : start + 1000])


def feed(shops, year, places, batch):
    """Ring up the baskets at these places of the year, which lie together: so many in one transaction, at their tills.

    Yields how many are done. Raises what is refused.
    """
    first = year.first[places[0] : places[-1] + 2] if places else []
    lines = year.lines[first[0] : first[-1]][_ITEM] if places else []
    items = [Item(*row) for row in lines.itertuples(index=False)] if places else []
    by_shop = defaultdict(list)
    baskets = year.baskets.iloc[places].itertuples()
    for basket, (begin, end) in zip(baskets, pairwise(first), strict=True):
        by_shop[shop_of(basket.basket_id)].append((basket, tuple(items[begin - first[0] : end - first[0]])))
    for name, own in by_shop.items():
        for start in range(0, len(own), batch):
            partner = shops[name] if name else None
            with tenancy.scope(shops[""], acting=partner):
                sales = list(_sales(own[start : start + batch], partner))
                for result in checkout.ring_up_many(sales, actor="bench"):
                    if isinstance(result, Refused):
                        raise result
            yield len(sales)
    # What autovacuum does elsewhere: the measurement's own cluster runs without it.
    analyze()


def shop_of(basket_id):
    return reckoning.PARTNERS.get(int(basket_id) % 10, ("",))[0]


def _sales(baskets, partner):
    # Read anew for each batch, as each request to the API does.
    members = {member.external_id: member for member in Member.objects.all()}
    for basket, items in baskets:
        yield checkout.Sale(
            member=members[str(basket.household_id)], amount_minor=basket.amount_minor, currency="USD", items=items,
            occurred_at=basket.at.to_pydatetime(), external_id=str(basket.basket_id),
            partner=partner.id if partner else None,
        )  # fmt: skip


# The order of Item's fields. The lines' names are not in the data.
_ITEM = ["amount_minor", "sku", "name", "category", "brand", "quantity"]


def begin_club(shops):
    """Those of the households that are in the club subscribe, and pay the first fee."""
    with tenancy.scope(shops[""]):
        program = Program.objects.get(name=CLUB)
        for member in Member.objects.order_by("id"):
            if reckoning.in_club(int(member.external_id)):
                club.subscribe(member=member, program=program, plan="Club")


def pay_fees(shops):
    with tenancy.scope(shops[""]):
        due = Subscription.objects.filter(status="past_due").select_related("member")
        for one in due.order_by("id"):
            if reckoning.pays_on(int(one.member.external_id)):
                club.pay(one)


def take_rewards(shops, households):
    """Each of the households takes a reward for its shared points, at the shop that it goes to for them."""
    for household in households:
        with tenancy.scope(shops[""], acting=shops[reckoning.takes_them_at(household)]):
            member = Member.objects.get(external_id=str(household))
            reward = Reward.objects.get(cost=reckoning.REWARD_POINTS, program__name=SHARED)
            redeeming.redeem(member=member, reward=reward, actor="bench")


def check(shops):
    with tenancy.scope(shops[""]):
        return checking.check()


def standings(shops):
    """What each household has: {household_id: reckoning.Deserved}."""
    with tenancy.scope(shops[""]):
        members = Member.objects.values_list("id", "external_id", "visits")
        rows = Account.objects.select_related("program")
        accounts = {(row.member_id, row.program.name): row for row in rows}
        unlocks = Counter(
            Unlock.objects.filter(status=Unlock.Status.OPEN).values_list(
                "member_id", "account__program__name"
            )
        )
        return {
            int(external_id): _standing(member, visits, accounts, unlocks)
            for member, external_id, visits in members
        }


def _standing(member, visits, accounts, unlocks):
    own = {name: accounts[member, name] for name in (POINTS, BY_VISIT, BY_SPEND, TIERS, CLUB, SHARED)}
    return reckoning.Deserved(
        visits, own[POINTS].balance, own[POINTS].pending,
        own[BY_VISIT].balance, unlocks[member, BY_VISIT], own[BY_SPEND].balance, unlocks[member, BY_SPEND],
        own[TIERS].level, own[TIERS].balance, own[SHARED].balance, own[CLUB].level,
    )  # fmt: skip


def cleared(shops, month):
    """What the settlement of a month says, by shop: (issued points, owes, is owed, fee)."""
    names = {merchant.id: name for name, merchant in shops.items()}
    with tenancy.scope(shops[""]):
        settled = settlement.of_month(Program.objects.get(name=SHARED), month.start_time.date())
    figures = {
        names[one.partner_id]: (one.issued_points, one.owes_minor, one.is_owed_minor, one.fee_minor)
        for one in settled.partners
    }
    return {name: figures.get(name, (0, 0, 0, 0)) for name in shops}


def totals(shops):
    with tenancy.scope(shops[""]):
        given = dict(Account.objects.values_list("program__name").annotate(Sum("lifetime")))
        return {
            "members": Member.objects.count(),
            "purchases": Purchase.objects.count(),
            "minor units": Purchase.objects.aggregate(Sum("net_minor"))["net_minor__sum"],
            "entries": Entry.objects.count(),
            "unlocked rewards": Unlock.objects.count(),
            "rewards taken": Redemption.objects.count(),
            "fees of the club": Payment.objects.count(),
            **{program.name: given.get(program.name, 0) for program in Program.objects.order_by("id")},
        }
