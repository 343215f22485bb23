"""Over random histories a segment has exactly those members of whom its rule is true by a plain reading of it.

The plain reading here knows nothing of the database: it goes through each guest's purchases one by one.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty import tenancy
from members.segments import choosing, defining, tree
from programs.models import Purchase
from programs.purchases import Item
from rewards import checkout
from tests import makers

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, two weeks after the clocks were changed.
NOW = datetime(2026, 4, 13, 9, 30, tzinfo=UTC)
SKUS = ("brot", "kuchen", "kaffee")


@dataclass
class Bought:
    """at: in UTC. given_back: a share of the amount, in quarters; 4 is all of it."""

    at: datetime
    amount_minor: int
    sku: str
    given_back: int


@dataclass
class Guest:
    language: str
    joined_at: datetime
    bought: list[Bought] = field(default_factory=list)

    def visits(self, days=None):
        """The purchases that count: not returned whole, and within so many days of the calendar."""
        first = date.min if days is None else NOW.astimezone(BERLIN).date() - timedelta(days=days)
        return [
            one for one in self.bought if one.given_back < 4 and one.at.astimezone(BERLIN).date() >= first
        ]


def holds(rule, guest):
    """Whether a rule is true of a guest, read plainly."""
    if "field" in rule:
        return PLAINLY[rule["field"]](rule, guest)
    ((joint, parts),) = rule.items()
    each = [holds(part, guest) for part in parts]
    return {"all": all(each), "any": any(each), "none": not any(each)}[joint]


def number(rule, figure):
    return {
        "is": figure == rule["value"],
        "at_least": figure >= rule["value"],
        "at_most": figure <= rule["value"],
    }[rule["is"]]


def spent(one):
    return one.amount_minor - one.amount_minor * one.given_back // 4


def visit_time(rule, guest):
    local = [one.at.astimezone(BERLIN) for one in guest.visits(rule["within_days"])]
    then = [
        at for at in local
        if at.isoweekday() in rule["weekdays"] and rule["from"] <= at.strftime("%H:%M") < rule["to"]
    ]  # fmt: skip
    share = 100 * len(then) - rule["value"] * len(local)
    return bool(local) and (share >= 0 if rule["is"] == "at_least" else share <= 0)


def moment(rule, at):
    if at is None:
        return False
    ago = (NOW.astimezone(BERLIN).date() - at.astimezone(BERLIN).date()).days
    return ago <= rule["value"] if rule["is"] == "within_days" else ago > rule["value"]


PLAINLY = {
    "visits": lambda rule, guest: number(rule, len(guest.visits(rule.get("within_days")))),
    "spend": lambda rule, guest: number(rule, sum(map(spent, guest.visits(rule.get("within_days"))))),
    "visit_time": visit_time,
    "products": lambda rule, guest: any(
        one.sku == rule["value"] for one in guest.visits(rule.get("within_days"))
    ),
    "last_visit": lambda rule, guest: moment(rule, max((one.at for one in guest.bought), default=None)),
    "joined": lambda rule, guest: moment(rule, guest.joined_at),
    "language": lambda rule, guest: (guest.language == rule["value"]) == (rule["is"] == "is"),
}

# Near midnight and near the borders of the hours, on both sides of the night when the clocks change.
moments = st.builds(
    lambda days, hours, minutes: NOW - timedelta(days=days, hours=hours, minutes=minutes),
    st.integers(0, 40), st.sampled_from([0, 1, 2, 3, 9, 10, 11, 12, 13]), st.sampled_from([0, 29, 30, 31]),
)  # fmt: skip
purchases = st.builds(
    Bought, moments, st.integers(0, 5).map(lambda euros: euros * 400), st.sampled_from(SKUS),
    st.sampled_from([0, 0, 0, 1, 4]),
)  # fmt: skip
guests = st.builds(Guest, st.sampled_from(["de", "en"]), moments, st.lists(purchases, max_size=5))
days = st.one_of(st.none(), st.integers(0, 40))


def condition(name, **parts):
    rule = st.fixed_dictionaries({"field": st.just(name), **parts})
    return rule.map(lambda made: {key: value for key, value in made.items() if value is not None})


numbers = st.sampled_from(["is", "at_least", "at_most"])
words = st.sampled_from(["is", "is_not"])
spans = st.sampled_from(["within_days", "older_than_days"])
conditions = st.one_of(
    condition("visits", **{"is": numbers}, value=st.integers(0, 4), within_days=days),
    condition("spend", **{"is": numbers}, value=st.sampled_from([0, 400, 800, 1500]), within_days=days),
    condition(
        "visit_time", **{"is": st.sampled_from(["at_least", "at_most"])}, value=st.sampled_from([0, 33, 50, 100]),
        weekdays=st.lists(st.integers(1, 7), min_size=1, max_size=5, unique=True), **{"from": st.just("00:00")},
        to=st.sampled_from(["09:00", "11:00", "23:00"]), within_days=st.integers(0, 40),
    ),
    condition("products", **{"is": st.just("contains")}, value=st.sampled_from(SKUS), within_days=days),
    condition("last_visit", **{"is": spans}, value=st.integers(0, 40)),
    condition("joined", **{"is": spans}, value=st.integers(0, 40)),
    condition("language", **{"is": words}, value=st.sampled_from(["de", "en"])),
)  # fmt: skip
joints = st.sampled_from(["all", "any", "none"])


def groups(inner):
    return st.builds(lambda joint, parts: {joint: parts}, joints, st.lists(inner, min_size=1, max_size=3))


rules = st.recursive(conditions, groups, max_leaves=5).map(
    lambda rule: {"all": [rule]} if "field" in rule else rule
)


@pytest.mark.django_db
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(guests, min_size=1, max_size=5), st.lists(rules, min_size=1, max_size=4))
def test_a_segment_has_those_members_of_whom_its_rule_is_true(people, asked):
    asked = [rule for rule in asked if depth(rule) <= tree.DEEPEST]
    cafe = makers.merchant(at=NOW)
    members = [live(cafe, guest) for guest in people]
    with tenancy.scope(cafe):
        segments = [defining.create(name="x", rule=tree.read(rule)) for rule in asked]
        among = choosing.among([one.public_id for one in segments], [member.id for member in members])
        for rule, segment in zip(asked, segments, strict=True):
            right = {member.id for member, guest in zip(members, people, strict=True) if holds(rule, guest)}
            assert set(choosing.members_of(segment).values_list("id", flat=True)) == right
            assert {one for one in among if segment.public_id in among[one]} == right


def depth(rule):
    return 0 if "field" in rule else 1 + max(depth(part) for parts in rule.values() for part in parts)


def live(cafe, guest):
    """The guest's life in the café, through the verbs of the counter."""
    member = makers.member(cafe, "Gast", language=guest.language, at=guest.joined_at)
    for one in guest.bought:
        item = Item(one.amount_minor, sku=one.sku)
        sold = makers.purchase(cafe, member, one.amount_minor, occurred_at=one.at, items=(item,)).purchase
        with tenancy.scope(cafe):
            if one.given_back == 4:
                checkout.give_back(sold)
            elif one.given_back and one.amount_minor:
                checkout.give_back(sold, amount_minor=one.amount_minor // 4)
            assert Purchase.objects.get(id=sold.id).refunded_minor == one.amount_minor * one.given_back // 4
    return member
