"""The grocer's shop in the product: its programs, its members, its sales. Only verbs that the API uses too."""

from collections import Counter
from itertools import pairwise

from django.db.models import Sum

from bench import journey
from loyalty import tenancy
from loyalty.errors import Refused
from loyalty.merchants import registering
from members.models import Member
from programs import checking, enrolling
from programs.accounts import Account, Entry, Unlock
from programs.models import Program, Purchase
from programs.purchases import Item
from rewards import catalogue, checkout

POINTS, BY_VISIT, BY_SPEND = "One point per dollar", "A stamp per visit", "A stamp per 50 dollars"


def open_shop(opening):
    """A sandbox merchant whose clock stands at `opening`, with three programs that start then."""
    shop = registering.register(
        name="Complete Journey Grocery", email="grocer@example.com", currency="USD", timezone="America/New_York",
        country="US", language="en", sandbox=True, clock_at=opening,
    ).merchant  # fmt: skip
    card = {"stamps_required": journey.STAMPS_REQUIRED, "reward": {"name": "A basket of fruit"}}
    per_visit = {"stamp_per": "visit", "cooldown_minutes": journey.COOLDOWN.seconds // 60}
    per_spend = {"stamp_per": "amount", "per_minor": journey.MINOR_PER_STAMP, "accumulate": True}
    earn = {"points": 1, "per_minor": journey.MINOR_PER_POINT, "rounding": "down"}
    with tenancy.scope(shop):
        catalogue.create_program(type="points", name=POINTS, settings={"earn": earn})
        catalogue.create_program(type="punch_card", name=BY_VISIT, settings=card | per_visit)
        catalogue.create_program(type="punch_card", name=BY_SPEND, settings=card | per_spend)
    return shop


def turn_clock(shop, moment):
    """Set the clock forward. Nothing falls due on the way: what these programs give neither waits nor expires."""
    shop.clock_at = moment
    shop.save(update_fields=["clock_at"])


def let_join(shop, households):
    with tenancy.scope(shop):
        rows = [{"external_id": str(household)} for household in households]
        for start in range(0, len(rows), 1000):
            enrolling.join_many(rows[start : start + 1000])


def feed(shop, year, batch):
    """Ring up the year, so many baskets in one transaction. Yields how many are done. Raises what is refused."""
    for start in range(0, len(year.baskets), batch):
        with tenancy.scope(shop):
            sales = list(_sales(year, start, start + batch))
            for result in checkout.ring_up_many(sales, actor="bench"):
                if isinstance(result, Refused):
                    raise result
        yield start + len(sales)


def _sales(year, start, end):
    # Read anew for each batch, as each request to the API does.
    members = {member.external_id: member for member in Member.objects.all()}
    first = year.first[start : end + 1]
    items = [Item(*row) for row in year.lines[first[0] : first[-1]][_ITEM].itertuples(index=False)]
    baskets = year.baskets[start:end].itertuples()
    for basket, (begin, stop) in zip(baskets, pairwise(first - first[0]), strict=True):
        yield checkout.Sale(
            member=members[str(basket.household_id)], amount_minor=basket.amount_minor, currency="USD",
            items=tuple(items[begin:stop]), occurred_at=basket.at.to_pydatetime(), external_id=str(basket.basket_id),
        )  # fmt: skip


# The order of Item's fields. The lines' names are not in the data.
_ITEM = ["amount_minor", "sku", "name", "category", "brand", "quantity"]


def check(shop):
    with tenancy.scope(shop):
        return checking.check()


def standings(shop):
    """What each household has: {household_id: journey.Deserved}."""
    with tenancy.scope(shop):
        members = Member.objects.values_list("id", "external_id", "visits")
        balances = {
            row[:2]: row[2] for row in Account.objects.values_list("member", "program__name", "balance")
        }
        rows = Unlock.objects.filter(status=Unlock.Status.OPEN)
        unlocks = Counter(rows.values_list("member_id", "account__program__name"))
        return {
            int(external_id): journey.Deserved(
                visits, balances.get((member, POINTS), 0),
                balances.get((member, BY_VISIT), 0), unlocks[member, BY_VISIT],
                balances.get((member, BY_SPEND), 0), unlocks[member, BY_SPEND],
            )
            for member, external_id, visits in members
        }  # fmt: skip


def totals(shop):
    with tenancy.scope(shop):
        given = dict(Account.objects.values_list("program__name").annotate(Sum("lifetime")))
        return {
            "members": Member.objects.count(),
            "purchases": Purchase.objects.count(),
            "minor units": Purchase.objects.aggregate(Sum("net_minor"))["net_minor__sum"],
            "entries": Entry.objects.count(),
            "unlocked rewards": Unlock.objects.count(),
            **{program.name: given.get(program.name, 0) for program in Program.objects.order_by("id")},
        }
