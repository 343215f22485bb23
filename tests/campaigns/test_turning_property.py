"""One turn of a year is 365 turns of a day, and turns to any moments: the same books, the same messages.

What is compared names rows by what they are about, and leaves ids and hashes out.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from campaigns import turning
from campaigns.models import Message
from loyalty import tenancy
from programs import catalogue, checking
from programs.accounts import Account, Entry, LevelChange, Lot, Unlock
from programs.endings import closing
from programs.endings.models import Warned
from programs.subscriptions import subscribing
from programs.subscriptions.models import Subscription
from rewards import catalogue as rewards
from rewards.models import Voucher
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# A leap year, and both changes of the clock in between.
START = datetime(2027, 11, 3, 9, 30, tzinfo=UTC)

EXPIRY = st.sampled_from(
    [
        {"kind": "never"},
        {"kind": "after", "months": 1},
        {"kind": "after", "months": 3, "round_to": "month_end"},
        {"kind": "after", "months": 6, "round_to": "year_end"},
        {"kind": "inactivity", "months": 2},
        {"kind": "yearly", "month_day": "02-29"},
    ]
)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "America/St_Johns"]
)
# (day of the year, guest, cents)
BUYING = st.lists(
    st.tuples(st.integers(0, 364), st.integers(0, 1), st.integers(0, 9000)), min_size=1, max_size=8
)


def moments(days):
    """Turning the clock at these days of the year, and at its end."""
    return [START + day * DAY for day in sorted({*days, 366})]


def life(stops, *, zone, expiry, pending, buying, marks, closes_on):
    """A year of a shop, in which the clock is turned to each of the stops; what is in its books then."""
    cafe = makers.merchant(at=START, timezone=zone)
    points = makers.points_program(
        cafe,
        rewards=[("Zwei Brötchen", 20), ("Landbrot", 90)],
        pending_days=pending,
        expiry=expiry,
        warn_days=marks,
    )
    makers.punch_card(
        cafe,
        stamps_required=3,
        pending_days=pending,
        expiry=expiry,
        interim=[{"at": 2, "reward": {"name": "Keks"}}],
    )
    with tenancy.scope(cafe):
        catalogue.add_rule(
            points, definition={"name": "Geburtstag", "when": {"event": "birthday"}, "gives": {"amount": 25}}
        )
        rewards.create_program(type="tiered", name="Stufen", settings=TIERS)
        club = rewards.create_program(type="paid_vip", name="Club", settings=CLUB)
    guests = [
        shop.guest(cafe, "Jonas", "jonas@example.org", birthday=date(1990, 2, 28)),
        shop.guest(cafe, "Eda", "eda@example.org", birthday=date(1992, 2, 29)),
    ]
    with tenancy.scope(cafe):
        subscribing.subscribe(member=guests[0], program=club, plan="Monat", payment="counter")
        if closes_on is not None:
            closing.close(
                points, ends_at=START + closes_on * DAY, redeem_until=START + (closes_on + 20) * DAY
            )
    todo = sorted(buying)
    counted = {}
    for stop in sorted({*stops, *(START + day * DAY for day, _guest, _cents in todo)}):
        for kind, count in turning.turn(merchant=cafe, to=stop).items():
            counted[kind] = counted.get(kind, 0) + count
        while todo and START + todo[0][0] * DAY == stop:
            _day, guest, cents = todo.pop(0)
            makers.purchase(cafe, guests[guest], cents)
    with tenancy.scope(cafe):
        assert list(checking.check()) == []
        return counted, told(cafe)


TIERS = {
    "qualify_by": "spend",
    "window": {"kind": "rolling", "months": 2},
    "downgrade": {"policy": "one_step", "grace_days": 30},
    "tiers": [
        {"name": "Bronze", "threshold": 0},
        {"name": "Silber", "threshold": 5000, "multiplier": "1.5", "entry_reward": {"name": "Tasse"}},
        {"name": "Gold", "threshold": 12000, "multiplier": "2"},
    ],
}
CLUB = {
    "plans": [{"name": "Monat", "price_minor": 990, "interval": "month", "trial_days": 0}],
    "grace_days": 5,
}


def told(cafe):
    whose = ("account__member__email", "account__program__type")
    tables = {
        "entries": Entry.objects.values_list(
            *whose, "number", "kind", "amount", "pending_amount", "balance_after", "at"
        ),
        "accounts": Account.objects.values_list(
            "member__email", "program__type", "balance", "pending", "debt", "lifetime", "entries", "next_due_at",
            "level", "level_since_at", "level_until_at", "qualifying", "review_at",
        ),
        "lots": Lot.objects.values_list(*whose, "amount", "remaining", "issued_at", "available_at", "expires_at"),
        "unlocks": Unlock.objects.values_list(*whose, "reward__name", "status", "cost", "position", "at"),
        "levels": LevelChange.objects.values_list(*whose, "before", "after", "reason", "at"),
        "warned": Warned.objects.values_list(*whose, "expires_at", "days", "amount", "at"),
        "subscriptions": Subscription.objects.values_list("member__email", "status", "period_ends_at", "next_due_at"),
        "vouchers": Voucher.objects.values_list("member__email", "reward__name", "status", "valid_until", "created_at"),
        "messages": Message.objects.values_list("member__email", "campaign", "status", "due_at", "sent_at", "problem"),
    }  # fmt: skip
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}


@hypothesis(
    max_examples=3,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(
    zone=ZONES,
    expiry=EXPIRY,
    pending=st.sampled_from([0, 1, 14]),
    buying=BUYING,
    marks=st.sampled_from([[30], [30, 7], []]),
    closes_on=st.none() | st.integers(1, 300),
    stops=st.sets(st.integers(0, 365), max_size=6),
)
def test_one_turn_of_a_year_is_as_many_turns_as_you_like(
    db, zone, expiry, pending, buying, marks, closes_on, stops
):
    facts = {
        "zone": zone,
        "expiry": expiry,
        "pending": pending,
        "buying": buying,
        "marks": marks,
        "closes_on": closes_on,
    }
    once = life([START + 366 * DAY], **facts)
    assert life(moments(stops), **facts) == once
