"""Budgets, tiers and referrals, when everybody comes at the same moment."""

import pytest

from loyalty import tenancy
from programs import catalogue
from programs.accounts import Account, Unlock
from programs.bonuses import Bonus, RuleBudget
from rewards import catalogue as rewards
from rewards import checkout
from rewards.models import Voucher
from tests import makers
from tests.concurrency.threads import at_once
from tests.programs import books


@pytest.fixture
def cafe(real_database):
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


def rule(cafe, program, event, gives, **more):
    definition = {"name": "Regel", "when": {"event": event}, "gives": gives, **more}
    with tenancy.scope(cafe):
        return catalogue.add_rule(program, definition=definition)


def buys(member, amount_minor=100, **more):
    return lambda: checkout.ring_up(checkout.Sale(member, amount_minor, **more))


def test_twenty_purchases_at_once_never_give_more_than_the_budget(cafe):
    program = makers.points_program(cafe, earn={"per_minor": 10**12})
    rule(cafe, program, "visit", {"amount": 7}, limit={"total": 50})
    guests = [makers.member(cafe, f"Gast {number}") for number in range(20)]
    results = at_once(cafe, *[buys(guest) for guest in guests])
    assert sorted(one.credits[0].amount for one in results) == [0] * 12 + [1] + [7] * 7
    with tenancy.scope(cafe):
        assert RuleBudget.objects.get().given == 50


def test_a_tier_reached_by_many_purchases_at_once_gives_one_entry_reward(cafe):
    jonas = makers.member(cafe, "Jonas")
    tiers = [{"name": "Gold", "threshold": 1000, "entry_reward": {"name": "Ein Glas Sekt"}}]
    with tenancy.scope(cafe):
        rewards.create_program(type="tiered", name="Stammkunden", settings={"tiers": tiers})
    at_once(cafe, *[buys(jonas, 1000)] * 10)
    with tenancy.scope(cafe):
        account = Account.objects.get(member=jonas)
        assert (account.level, account.qualifying) == ("Gold", 10000)
        assert (Unlock.objects.count(), Voucher.objects.count()) == (1, 1)


def test_a_friends_first_purchase_counts_once_however_often_it_is_sent_at_once(cafe):
    program = makers.points_program(cafe)
    rule(cafe, program, "referral", {"referrer": 100, "referred": 50})
    jonas = makers.member(cafe, "Jonas")
    ines = makers.member(cafe, "Ines", referred_by=jonas)
    at_once(cafe, *[buys(ines)] * 8, *[buys(jonas)] * 4)
    with tenancy.scope(cafe):
        assert Bonus.objects.get().amount == 100
    assert makers.balance(cafe, jonas, program) == 100 + 4
    assert makers.balance(cafe, ines, program) == 50 + 8
