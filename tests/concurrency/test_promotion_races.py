"""Many hands on one promotion, one voucher, at the same moment: real connections, and right figures afterwards."""

import pytest

from loyalty import tenancy
from loyalty.errors import Refused
from rewards import catalogue, checkout, vouchers
from rewards.gifts import giving
from rewards.models import Reward, Voucher
from rewards.promotions import making, using
from rewards.promotions.models import Promotion, PromotionUse
from tests import makers
from tests.concurrency.threads import at_once, codes
from tests.programs import books


@pytest.fixture
def cafe(real_database):
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)
    with tenancy.scope(merchant):
        for promotion in Promotion.objects.all():
            uses = PromotionUse.objects.filter(promotion=promotion, returned_at=None)
            assert promotion.used == uses.count()


def promotion(cafe, code=None, **limits):
    """1.00 off: the codes."""
    with tenancy.scope(cafe):
        reward = catalogue.create_reward(name="1 €", kind="amount_off", value_minor=100, unlocked_only=True)
        return making.make(reward=reward, code=code, **limits)[1]


def buy(*vouchers, member=None):
    return lambda: checkout.ring_up(checkout.Sale(member, 1000, vouchers=vouchers))


def used(cafe):
    with tenancy.scope(cafe):
        return sorted(Promotion.objects.values_list("used", flat=True))


def test_26_of_five_at_once_with_a_limit_of_three_exactly_three_pass(cafe):
    promotion(cafe, "SOMMER26", usage_limit=3)
    results = at_once(cafe, *[buy("SOMMER26")] * 5)
    assert codes(results) == ["done"] * 3 + ["limit_reached"] * 2
    assert used(cafe) == [3]


def test_of_twenty_with_a_single_use_code_exactly_one_passes(cafe):
    (code,) = promotion(cafe, count=1)
    results = at_once(cafe, *[buy(code)] * 20)
    assert codes(results) == ["code_used"] * 19 + ["done"]
    assert used(cafe) == [1]


def test_a_guest_at_five_tills_uses_a_code_once_per_member(cafe):
    promotion(cafe, "SOMMER26", per_member=1)
    jonas = makers.member(cafe, "Jonas")
    results = at_once(cafe, *[buy("SOMMER26", member=jonas)] * 5)
    assert codes(results) == ["done"] + ["limit_reached"] * 4


def test_uses_by_hand_and_on_purchases_share_the_limit(cafe):
    promotion(cafe, "SOMMER26", usage_limit=4)
    by_hand = [lambda: using.use_by_itself(using.find("SOMMER26"))] * 5
    results = at_once(cafe, *by_hand, *[buy("SOMMER26")] * 5)
    assert codes(results).count("done") == 4
    assert used(cafe) == [4]


def test_codes_in_opposite_order_do_not_wait_in_a_circle(cafe):
    promotion(cafe, "ERSTER"), promotion(cafe, "ZWEITER")
    at_once(cafe, *[buy("ERSTER", "ZWEITER"), buy("ZWEITER", "ERSTER")] * 5)
    assert used(cafe) == [10, 10]


def test_batches_in_opposite_order_do_not_wait_in_a_circle(cafe):
    promotion(cafe, "ERSTER"), promotion(cafe, "ZWEITER")

    def batch(*names):
        return lambda: checkout.ring_up_many([checkout.Sale(None, 1000, vouchers=(name,)) for name in names])

    at_once(cafe, *[batch("ERSTER", "ZWEITER"), batch("ZWEITER", "ERSTER")] * 3)
    assert used(cafe) == [6, 6]


def test_purchases_and_returns_at_once_end_in_a_right_count(cafe):
    promotion(cafe, "SOMMER26", usage_limit=5)
    bought = [makers.purchase(cafe, None, 1000, vouchers=("SOMMER26",)).purchase for _place in range(5)]
    returns = [lambda purchase=purchase: checkout.give_back(purchase) for purchase in bought]
    results = at_once(cafe, *returns, *[buy("SOMMER26")] * 5)
    assert codes(results[:5]) == ["done"] * 5
    assert used(cafe) == [codes(results[5:]).count("done")]


def test_of_five_tills_that_hold_a_voucher_exactly_one_does_and_it_alone_uses_it(cafe):
    (code,) = promotion(cafe, count=1)
    with tenancy.scope(cafe):
        voucher = vouchers.find(code)
    tills = [f"Kasse {number}" for number in range(5)]
    holds = [lambda till=till: vouchers.hold(voucher, minutes=5, actor=till) for till in tills]
    results = at_once(cafe, *holds)
    assert codes(results) == ["code_held"] * 4 + ["done"]
    winner = next(till for till, one in zip(tills, results, strict=True) if not isinstance(one, Refused))
    sale = checkout.Sale(None, 1000, vouchers=(code,))
    rung = at_once(cafe, *[lambda till=till: checkout.ring_up(sale, actor=till) for till in tills])
    assert [till for till, one in zip(tills, rung, strict=True) if not isinstance(one, Refused)] == [winner]
    with tenancy.scope(cafe):
        assert Voucher.objects.get().status == "used"


def test_of_acceptances_a_use_and_a_taking_back_exactly_one_is_done(cafe):
    jonas = makers.member(cafe, "Jonas", email="jonas@example.org")
    (code,) = promotion(cafe, count=1)
    with tenancy.scope(cafe):
        Reward.objects.update(transferable=True)
        Voucher.objects.update(member=jonas)
        gift = giving.offer(vouchers.find(code), to_email="ines@example.org")
    ines = makers.member(cafe, "Ines", email="ines@example.org")
    accept = [lambda: giving.accept(gift)] * 3
    results = at_once(cafe, *accept, buy(code, member=jonas), lambda: giving.take_back(gift.voucher))
    with tenancy.scope(cafe):
        voucher = Voucher.objects.get()
    accepted = codes(results[:3]).count("done")
    assert accepted <= 1
    assert voucher.member_id == (ines.id if accepted else jonas.id)
    used = not isinstance(results[3], Refused)
    assert voucher.status == ("used" if used else "open")
    assert not (accepted and (used or not isinstance(results[4], Refused)))
