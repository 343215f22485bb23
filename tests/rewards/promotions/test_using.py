"""Promotion codes are used like vouchers, within their limits, and come back with the last cent."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.errors import NotFound
from programs.models import Purchase
from rewards import catalogue, checkout, merging, vouchers
from rewards.models import Voucher
from rewards.promotions import making, using
from rewards.promotions.models import Promotion, PromotionUse
from rewards.redeeming import AlreadyUsed
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe(db):
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas")


def promotion(cafe, code="SOMMER26", count=None, percent=10, **limits):
    """10 % off, behind a shared code or `count` single-use ones: (Promotion, codes)."""
    with tenancy.scope(cafe):
        reward = catalogue.create_reward(
            name="10 % Sommer", kind="percent_off", percent=percent, unlocked_only=True
        )
        code = None if count else code
        return making.make(reward=reward, code=code, count=count, **limits)[:2]


def buy(cafe, *codes, member=None, amount=2000, **more):
    return makers.purchase(cafe, member, amount, vouchers=codes, **more).purchase


def uses(cafe):
    """How many count, by the promotion's own figure and by its rows: they agree."""
    with tenancy.scope(cafe):
        counted = PromotionUse.objects.filter(returned_at=None).count()
        assert Promotion.objects.get().used == counted
        return counted


def refused(cafe, kind, *codes, **sale):
    with tenancy.scope(cafe):
        before = (Purchase.objects.count(), PromotionUse.objects.count())
    with pytest.raises(kind) as refusal:
        buy(cafe, *codes, **sale)
    with tenancy.scope(cafe):
        assert (Purchase.objects.count(), PromotionUse.objects.count()) == before
    return refusal.value


@pytest.mark.parametrize("typed", ["SOMMER26", "sommer26", " Sommer-26 "])
def test_a_shared_code_takes_ten_percent_off_however_it_is_typed(cafe, typed):
    promotion(cafe)
    bought = buy(cafe, typed)
    assert (bought.discount_minor, bought.net_minor, bought.discounts[0]["voucher"]) == (
        200,
        1800,
        "SOMMER26",
    )
    assert uses(cafe) == 1


def test_a_preview_says_the_discount_and_uses_nothing(cafe):
    promotion(cafe, usage_limit=1)
    with tenancy.scope(cafe):
        sale = checkout.Sale(None, 2000, vouchers=("SOMMER26",))
        assert checkout.ring_up(sale, preview=True).purchase.discount_minor == 200
    assert uses(cafe) == 0


def test_a_limit_of_three_lets_three_pass(cafe):
    promotion(cafe, usage_limit=3)
    for _time in range(3):
        buy(cafe, "SOMMER26")
    refusal = refused(cafe, using.UsedUp, "SOMMER26")
    assert (refusal.code, refusal.facts["limit"]) == ("limit_reached", 3)


def test_a_limit_per_member_counts_each_by_themselves_and_needs_a_member(cafe, jonas):
    promotion(cafe, per_member=1)
    ines = makers.member(cafe, "Ines")
    buy(cafe, "SOMMER26", member=jonas)
    buy(cafe, "SOMMER26", member=ines)
    assert refused(cafe, using.UsedUpByMember, "SOMMER26", member=jonas).code == "limit_reached"
    assert refused(cafe, using.MembersOnly, "SOMMER26").code == "not_eligible"


def test_a_code_for_regulars_is_refused_to_everybody_else(cafe, jonas):
    promotion(cafe, members_only=True)
    refused(cafe, using.MembersOnly, "SOMMER26")
    assert buy(cafe, "SOMMER26", member=jonas).net_minor == 1800


def test_a_promotion_runs_from_its_start_up_to_its_end(cafe):
    start, end = makers.NOON + timedelta(days=1), makers.NOON + timedelta(days=2)
    promotion(cafe, starts_at=start, ends_at=end)
    assert refused(cafe, using.NotYet, "SOMMER26").code == "not_started"
    makers.turn_to(cafe, start)
    buy(cafe, "SOMMER26")
    makers.turn_to(cafe, end)
    assert refused(cafe, using.Over, "SOMMER26").code == "ended"


def test_a_closed_promotion_is_over_and_opened_again_it_runs(cafe):
    mine, _codes = promotion(cafe)
    with tenancy.scope(cafe):
        making.change(mine, closed=True)
    refused(cafe, using.Over, "SOMMER26")
    with tenancy.scope(cafe):
        making.change(mine, closed=False)
    assert buy(cafe, "SOMMER26").net_minor == 1800


def test_a_single_use_code_is_good_once(cafe):
    _mine, (code, other) = promotion(cafe, count=2)
    assert buy(cafe, code).net_minor == 1800
    assert refused(cafe, AlreadyUsed, code).code == "code_used"
    assert buy(cafe, other).net_minor == 1800
    assert uses(cafe) == 2


def test_two_codes_of_a_promotion_in_one_purchase_both_count_for_its_limits(cafe, jonas):
    _mine, codes = promotion(cafe, count=3, per_member=1)
    refused(cafe, using.UsedUpByMember, *codes[:2], member=jonas)
    assert uses(cafe) == 0
    buy(cafe, codes[0], member=jonas)
    assert uses(cafe) == 1


def test_the_same_code_twice_in_a_purchase_is_refused(cafe):
    promotion(cafe)
    refused(cafe, AlreadyUsed, "SOMMER26", "sommer-26")


def test_an_unknown_code_is_not_found(cafe):
    refused(cafe, NotFound, "WINTER26")


def test_the_use_comes_back_with_the_last_cent_and_not_before(cafe):
    promotion(cafe, usage_limit=1)
    bought = buy(cafe, "SOMMER26")
    with tenancy.scope(cafe):
        checkout.give_back(bought, amount_minor=1799)
    assert uses(cafe) == 1
    refused(cafe, using.UsedUp, "SOMMER26")
    with tenancy.scope(cafe):
        checkout.give_back(bought, amount_minor=1)
    assert uses(cafe) == 0
    assert buy(cafe, "SOMMER26").net_minor == 1800


def test_a_single_use_code_is_good_again_after_the_last_cent(cafe, jonas):
    _mine, (code,) = promotion(cafe, count=1, per_member=1)
    bought = buy(cafe, code, member=jonas)
    with tenancy.scope(cafe):
        checkout.give_back(bought)
        assert vouchers.status(vouchers.find(code)) == "open"
    assert uses(cafe) == 0
    buy(cafe, code, member=jonas)
    assert uses(cafe) == 1


def test_a_repeat_of_the_purchase_uses_nothing_more(cafe):
    promotion(cafe)
    first = buy(cafe, "SOMMER26", external_id="bon-1")
    assert buy(cafe, "SOMMER26", external_id="bon-1").id == first.id
    assert uses(cafe) == 1


def test_in_a_batch_the_good_rows_are_kept(cafe):
    promotion(cafe, usage_limit=1)
    with tenancy.scope(cafe):
        sales = [checkout.Sale(None, 2000, vouchers=("SOMMER26",)) for _place in range(3)]
        first, *rest = checkout.ring_up_many(sales)
    assert (first.purchase.net_minor, [one.code for one in rest]) == (1800, ["limit_reached"] * 2)
    assert uses(cafe) == 1


def test_what_a_merged_card_used_counts_for_the_survivor(cafe, jonas):
    promotion(cafe, per_member=1)
    twin = makers.member(cafe, "Jonas W.")
    buy(cafe, "SOMMER26", member=twin)
    with tenancy.scope(cafe):
        merging.merge(twin, jonas)
    refused(cafe, using.UsedUpByMember, "SOMMER26", member=jonas)


def test_a_new_end_holds_for_codes_that_are_made(cafe):
    mine, (code,) = promotion(cafe, count=1)
    end = makers.NOON + timedelta(days=1)
    with tenancy.scope(cafe):
        making.change(mine, ends_at=end)
        assert Voucher.objects.get(code=code).valid_until == end
    makers.turn_to(cafe, end)
    with tenancy.scope(cafe):
        assert vouchers.status(vouchers.find(code)) == "expired"
    refused(cafe, using.Over, code)
