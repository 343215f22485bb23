"""Workers that come late change nothing in the books: what was due bears its own moment, whoever finds it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from campaigns import turning
from loyalty import tenancy
from loyalty.events.models import Event
from programs import checking
from programs.accounts import Account, Entry, LevelChange, Lot, Unlock
from rewards import catalogue as rewards
from tests import makers
from tests.campaigns import shop
from tests.campaigns.test_turning_property import BUYING, EXPIRY, START, TIERS

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def life(buying, *, expiry, pending, works):
    """A year of a shop. works: everything is done when it is due; or nothing at all before the year is over."""
    cafe = makers.merchant(at=START)
    makers.points_program(cafe, pending_days=pending, expiry=expiry)
    makers.punch_card(cafe, stamps_required=2, pending_days=pending, expiry=expiry)
    with tenancy.scope(cafe):
        rewards.create_program(type="tiered", name="Stufen", settings=TIERS)
    guests = [shop.guest(cafe, name, f"{name}@example.org") for name in ("jonas", "eda")]
    for day, guest, cents in sorted(buying):
        if works:
            turning.turn(merchant=cafe, to=START + day * DAY)
        else:
            makers.turn_to(cafe, START + day * DAY)
        makers.purchase(cafe, guests[guest], cents)
    turning.turn(merchant=cafe, to=START + 366 * DAY)
    with tenancy.scope(cafe):
        assert list(checking.check()) == []
        return told()


def told():
    whose = ("account__member__email", "account__program__type")
    tables = {
        "entries": Entry.objects.values_list(*whose, "number", "kind", "amount", "pending_amount", "at"),
        "accounts": Account.objects.values_list(
            "member__email", "program__type", "balance", "pending", "lifetime", "next_due_at", "level",
            "level_since_at", "level_until_at", "qualifying", "review_at",
        ),
        "lots": Lot.objects.values_list(*whose, "amount", "remaining", "issued_at", "available_at", "expires_at"),
        "unlocks": Unlock.objects.values_list(*whose, "reward__name", "status", "at"),
        "levels": LevelChange.objects.values_list(*whose, "before", "after", "reason", "at"),
        "news": Event.objects.filter(kind__in=["points.activated", "points.expired", "tier.lost", "tier.at_risk"]
            ).values_list("kind", "at", "payload__amount"),
    }  # fmt: skip
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}


@hypothesis(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(buying=BUYING, expiry=EXPIRY, pending=st.sampled_from([0, 1, 14]))
def test_books_do_not_depend_on_when_they_are_looked_at(db, buying, expiry, pending):
    facts = {"buying": buying, "expiry": expiry, "pending": pending}
    assert life(**facts, works=False) == life(**facts, works=True)
