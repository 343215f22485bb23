"""Tiered programs: their settings, what a purchase counts, and reviews through the real verbs."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from loyalty import tenancy
from programs import catalogue, checking, reviewing
from programs.accounts import Account, LevelChange, Unlock
from programs.types import tiered
from rewards import catalogue as rewards
from rewards import checkout, granting
from rewards.models import Voucher
from tests import makers
from tests.makers import NOON
from tests.programs import pure

BERLIN = ZoneInfo("Europe/Berlin")
TIERS = [
    {"name": "Bronze", "threshold": 0},
    {"name": "Silber", "threshold": 20000},
    {"name": "Gold", "threshold": 30000},
]
FULL = {"policy": "full", "grace_days": 30}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tiers": []}, "tiers"),
        ({"tiers": [TIERS[1], TIERS[0]]}, "lowest to the highest"),
        ({"tiers": [TIERS[0], TIERS[0] | {"threshold": 5}]}, "a name of its own"),
        ({"tiers": [TIERS[0] | {"multiplier": "x"}]}, "multiplier"),
        ({"tiers": [TIERS[0] | {"discount_percent": "101"}]}, "discount_percent"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, words):
    with pytest.raises(ValidationError) as caught:
        tiered.Settings.read(settings)
    assert words in str(caught.value)


@pytest.mark.parametrize(("by", "counts"), [("spend", 1250), ("points", 12), ("visits", 1)])
def test_what_a_purchase_counts(by, counts):
    settings = tiered.Settings.read({"tiers": TIERS, "qualify_by": by, "earn": {}})
    assert tiered.TYPE.qualifies(settings, pure.basket(1250), 12) == counts
    assert tiered.TYPE.qualifies(settings, pure.basket(1250, is_visit=False), 12) == 0


@pytest.fixture
def cafe(db):
    merchant = makers.merchant()
    yield merchant
    with tenancy.scope(merchant):
        assert checking.check() == []


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


def program(cafe, **settings):
    with tenancy.scope(cafe):
        return rewards.create_program(
            type="tiered", name="Stammkunden", settings={"tiers": TIERS, **settings}
        )


def held(cafe, jonas):
    with tenancy.scope(cafe):
        return Account.objects.get(member=jonas, program__type="tiered").level


def changes(cafe):
    with tenancy.scope(cafe):
        return list(LevelChange.objects.order_by("id").values_list("before", "after", "reason", "at"))


def review(cafe):
    with tenancy.scope(cafe):
        return reviewing.run_due()["tier_reviews"]


def test_who_joins_has_the_lowest_tier_if_it_wants_nothing(cafe):
    program(cafe)
    ines = makers.member(cafe, "Ines")
    assert held(cafe, ines) == "Bronze"
    assert changes(cafe) == [("", "Bronze", "reached", NOON)]


def test_a_review_stamps_what_it_finds_with_the_moment_at_which_it_was_due(cafe, jonas):
    program(cafe, downgrade={"policy": "full", "grace_days": 10})
    makers.purchase(cafe, jonas, 30000)
    makers.turn_to(cafe, NOON + timedelta(days=3 * 366))
    assert review(cafe) == 1
    assert changes(cafe)[-1] == ("Gold", "Bronze", "lost", datetime(2027, 3, 23, tzinfo=BERLIN))
    assert review(cafe) == 0


def test_a_purchase_reviews_what_was_due_before_it(cafe, jonas):
    program(cafe, downgrade={"policy": "full", "grace_days": 0})
    makers.purchase(cafe, jonas, 30000)
    makers.turn_to(cafe, NOON + timedelta(days=400))
    makers.purchase(cafe, jonas, 20000)
    assert [change[:2] for change in changes(cafe)] == [
        ("", "Gold"),
        ("Gold", "Bronze"),
        ("Bronze", "Silber"),
    ]


def test_a_purchase_sent_too_late_to_count_counts_for_nothing(cafe, jonas):
    with tenancy.scope(cafe):
        rewards.create_program(
            type="tiered", name="Alt", settings={"tiers": TIERS}, starts_at=NOON - timedelta(days=1000)
        )
    makers.purchase(cafe, jonas, 30000, occurred_at=NOON - timedelta(days=500))
    makers.purchase(cafe, jonas, 20000, occurred_at=NOON - timedelta(days=300))
    assert held(cafe, jonas) == "Silber"


def test_a_refund_does_not_take_a_tier_that_was_reached_before_that_purchase(cafe, jonas):
    program(cafe, downgrade={"policy": "one_step", "grace_days": 30})
    makers.purchase(cafe, jonas, 30000)
    makers.turn_to(cafe, NOON + timedelta(days=370))
    recorded = makers.purchase(cafe, jonas, 5000)
    with tenancy.scope(cafe):
        checkout.give_back(recorded.purchase)
    assert held(cafe, jonas) == "Gold"


def test_a_refund_takes_a_tier_also_where_tiers_are_never_lost(cafe, jonas):
    program(cafe, downgrade={"policy": "never", "grace_days": 30})
    recorded = makers.purchase(cafe, jonas, 30000)
    with tenancy.scope(cafe):
        checkout.give_back(recorded.purchase, amount_minor=10001)
    assert held(cafe, jonas) == "Bronze"
    assert changes(cafe)[-1][:3] == ("Gold", "Bronze", "refunded")


def test_higher_thresholds_begin_a_grace_and_lower_ones_lift_at_the_next_purchase(cafe, jonas):
    row = program(cafe, downgrade={"policy": "full", "grace_days": 30})
    makers.purchase(cafe, jonas, 20000)
    dearer = [TIERS[0], TIERS[1] | {"threshold": 25000}, TIERS[2]]
    with tenancy.scope(cafe):
        rewards.change_program(
            row, actor="", settings={"tiers": dearer, "downgrade": {"policy": "full", "grace_days": 30}}
        )
    makers.purchase(cafe, jonas, 100)
    assert held(cafe, jonas) == "Silber"
    makers.turn_to(cafe, NOON + timedelta(days=31))
    review(cafe)
    assert held(cafe, jonas) == "Bronze"


def test_a_tier_that_is_gone_from_the_program_is_replaced_by_what_is_reached(cafe, jonas):
    row = program(cafe)
    makers.purchase(cafe, jonas, 30000)
    with tenancy.scope(cafe):
        rewards.change_program(
            row, actor="", settings={"tiers": [TIERS[0], {"name": "Platin", "threshold": 10000}]}
        )
    makers.purchase(cafe, jonas, 0)
    assert held(cafe, jonas) == "Platin"


def test_whoever_passes_several_tiers_gets_each_entry_reward_once(cafe, jonas):
    rewarded = [one | {"entry_reward": {"name": f"Zu {one['name']}"}} for one in TIERS[1:]]
    program(cafe, tiers=[TIERS[0], *rewarded])
    makers.purchase(cafe, jonas, 30000)
    makers.purchase(cafe, jonas, 30000)
    with tenancy.scope(cafe):
        assert Voucher.objects.count() == 2
        assert set(Unlock.objects.values_list("level", "status")) == {("Silber", "taken"), ("Gold", "taken")}
        assert granting.issue_due() == 0


def test_the_snapshot_of_what_counts_is_checked(cafe, jonas):
    program(cafe)
    makers.purchase(cafe, jonas, 12345)
    with tenancy.scope(cafe):
        Account.objects.filter(member=jonas).update(qualifying=1)
        (problem,) = checking.check()
        assert (problem.code, problem.found, problem.expected) == ("qualifying", 1, 12345)
        Account.objects.filter(member=jonas).update(qualifying=12345)


def test_a_program_in_force_says_in_plain_words_what_its_tiers_want(cafe):
    from programs import explaining

    row = program(cafe)
    with tenancy.scope(cafe):
        (live,) = catalogue.current(type(row).objects.filter(id=row.id))
        sentences = [str(one) for one in explaining.sentences(live, currency="EUR")]
    assert any("Gold" in one and "300" in one for one in sentences)


def test_a_refund_comes_after_what_was_due_before_it(cafe, jonas):
    program(cafe, downgrade={"policy": "full", "grace_days": 30})
    makers.purchase(cafe, jonas, 30000)
    makers.turn_to(cafe, NOON + timedelta(days=396))
    late = makers.purchase(cafe, jonas, 100, occurred_at=NOON)
    with tenancy.scope(cafe):
        checkout.give_back(late.purchase)
    assert [change[1:3] for change in changes(cafe)] == [("Gold", "reached"), ("Bronze", "lost")]


def test_tiers_by_points_give_them_in_the_usual_way_where_nothing_is_said():
    settings = tiered.Settings.read({"tiers": TIERS, "qualify_by": "points"})
    assert tiered.TYPE.deserve(settings, (), pure.basket(1999), pure.had()).amount == 19
    assert (
        tiered.TYPE.deserve(
            settings.model_copy(update={"qualify_by": "spend"}), (), pure.basket(1999), pure.had()
        ).amount
        == 0
    )
