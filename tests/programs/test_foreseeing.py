"""Whom a change would touch: members and what they stand before, and the last purchases by old and by new rules."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from programs import catalogue, foreseeing
from programs.accounts import Account, Entry
from programs.foreseeing import Outstanding, Steps, Tiers
from programs.models import Program, ProgramVersion
from rewards import catalogue as rewards
from rewards import checkout
from tests import makers

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def guests(cafe):
    return [makers.member(cafe, name, email=f"{name}@example.org") for name in ("ada", "bea", "cem")]


def foresee(cafe, **changes):
    with tenancy.scope(cafe):
        live = catalogue.current(Program.objects.all())[0]
        settings = live.settings.model_dump(mode="json", by_alias=True) | changes
        read = catalogue.read_settings(live.program.type, settings)
        return foreseeing.foresee(live, read, costs=rewards.costs(live.program))


def visits(cafe, member, times, amount_minor=1000):
    for _ in range(times):
        makers.purchase(cafe, member, amount_minor)


def test_a_smaller_card_is_reached_by_some_and_nearer_to_others(cafe, guests):
    makers.punch_card(cafe, stamps_required=10)
    visits(cafe, guests[0], 8)
    visits(cafe, guests[1], 2)
    found = foresee(cafe, stamps_required=8)
    assert found.members == 2
    assert found.steps == Steps(nearer=1, farther=0, reached=1, same=0)
    assert foresee(cafe, stamps_required=12).steps == Steps(nearer=0, farther=2, reached=0, same=0)


def test_a_better_rate_brings_everybody_nearer_in_money(cafe, guests):
    makers.points_program(cafe, rewards=[("Landbrot", 40)])
    visits(cafe, guests[0], 1)
    visits(cafe, guests[1], 5)
    # Who has it already has nothing before them.
    assert foresee(cafe, earn={"points": 2}).steps == Steps(nearer=1, farther=0, reached=0, same=1)
    assert foresee(cafe, earn={"per_minor": 200}).steps == Steps(nearer=0, farther=1, reached=0, same=1)


def test_the_last_purchases_by_old_and_by_new_rules(cafe, guests):
    makers.points_program(cafe)
    visits(cafe, guests[0], 2, 1990)
    visits(cafe, guests[1], 1, 150)
    replay = foresee(cafe, earn={"points": 1, "per_minor": 200}).replay
    assert (replay.purchases, replay.replayed, replay.is_sample) == (3, 3, False)
    # 19 + 19 + 1 by the rules of now; 9 + 9 + 0 by the new ones.
    assert (replay.before, replay.after) == (39, 18)
    assert (replay.more, replay.less, replay.same) == (0, 2, 0)


def test_what_is_carried_is_carried_in_the_replay(cafe, guests):
    makers.points_program(cafe)
    visits(cafe, guests[0], 3, 150)
    visits(cafe, guests[1], 1, 100)
    replay = foresee(cafe, earn={"accumulate": True}).replay
    # 1.50 three times: 1 + 1 + 1 without the fraction, 4 with it.
    assert (replay.before, replay.after, replay.more, replay.same) == (4, 5, 1, 1)


def test_purchases_longer_ago_and_returned_ones_are_left_out(cafe, guests):
    makers.points_program(cafe)
    visits(cafe, guests[0], 1)
    makers.turn_to(cafe, makers.NOON + 91 * DAY)
    bought = makers.purchase(cafe, guests[0], 1000)
    visits(cafe, guests[0], 1, 700)
    with tenancy.scope(cafe):
        checkout.give_back(bought.purchase)
    replay = foresee(cafe, earn={"points": 2}).replay
    assert (replay.purchases, replay.before, replay.after) == (1, 7, 14)


def test_of_very_many_purchases_a_part_is_replayed_and_it_is_said(cafe, guests, monkeypatch):
    makers.points_program(cafe)
    for guest in guests:
        visits(cafe, guest, 2)
    monkeypatch.setattr(foreseeing, "MOST_REPLAYED", 5)
    replay = foresee(cafe, earn={"points": 2}).replay
    assert replay.is_sample
    assert replay.purchases == 6
    # Whole accounts or none of an account.
    assert replay.replayed in (0, 2, 4, 6)
    assert (replay.before, replay.after) == (replay.replayed * 10, replay.replayed * 20)


def test_thresholds_that_rise_let_some_fall_and_lower_ones_let_some_rise(cafe, guests):
    tiers = [{"name": "Bronze", "threshold": 0}, {"name": "Silber", "threshold": 20000}]
    with tenancy.scope(cafe):
        rewards.create_program(type="tiered", name="Stufen", settings={"tiers": tiers})
    for guest, amount in zip(guests, (19900, 20000, 30000), strict=True):
        makers.purchase(cafe, guest, amount)
    higher, lower = ([tiers[0], tiers[1] | {"threshold": n}] for n in (25000, 15000))
    assert foresee(cafe, tiers=higher).tiers == Tiers(rise=0, fall=1, same=2)
    assert foresee(cafe, tiers=lower).tiers == Tiers(rise=1, fall=0, same=2)
    assert foresee(cafe, tiers=higher, downgrade={"policy": "never"}).tiers == Tiers(rise=0, fall=0, same=3)
    assert foresee(cafe, qualify_by="visits").tiers is None


def test_what_was_earned_keeps_its_date_unless_activity_prolongs_it(cafe, guests):
    makers.points_program(cafe, expiry={"kind": "inactivity", "months": 12})
    visits(cafe, guests[0], 1)
    assert foresee(cafe, earn={"points": 2}).outstanding == Outstanding(amount=10, with_date=10, affected=0)
    assert foresee(cafe, expiry={"kind": "never"}).outstanding == Outstanding(
        amount=10, with_date=10, affected=10
    )


def test_a_new_expiry_touches_nothing_that_was_earned_before(cafe, guests):
    makers.points_program(cafe, expiry={"kind": "after", "months": 12})
    visits(cafe, guests[0], 1)
    assert foresee(cafe, expiry={"kind": "after", "months": 3}).outstanding == Outstanding(10, 10, 0)


def test_nothing_is_written(cafe, guests):
    makers.punch_card(cafe, stamps_required=10)
    visits(cafe, guests[0], 8)

    def rows():
        with tenancy.scope(cafe):
            return (
                Entry.objects.count(),
                ProgramVersion.objects.count(),
                list(Account.objects.values_list("balance")),
            )

    before = rows()
    foresee(cafe, stamps_required=5)
    assert rows() == before
