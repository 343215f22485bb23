"""Vouchers: held by one till, used once, read as they are."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from programs.models import Purchase
from rewards import catalogue, checkout, redeeming, vouchers
from rewards.models import Voucher
from tests import makers

pytestmark = pytest.mark.django_db
TILL, OTHER = "Kasse 1 (API)", "Kasse 2 (API)"


@pytest.fixture
def cafe(db):
    return makers.merchant()


@pytest.fixture
def voucher(cafe):
    """A voucher of 5.00, valid for 30 days."""
    jonas, program = makers.member(cafe, "Jonas"), makers.points_program(cafe)
    makers.purchase(cafe, jonas, 10_000)
    with tenancy.scope(cafe):
        reward = catalogue.create_reward(
            program=program, name="5 €", cost=10, kind="amount_off", value_minor=500, valid_days=30
        )
        redemption = redeeming.redeem(member=jonas, reward=reward, use="later")
        return vouchers.of_redemption(redemption)


@pytest.fixture
def held(cafe, voucher):
    with tenancy.scope(cafe):
        return vouchers.hold(voucher, minutes=10, actor=TILL)


def after(cafe, **passed):
    makers.turn_to(cafe, makers.NOON + timedelta(**passed))


def test_a_held_voucher_says_so_until_its_time_is_over(cafe, held):
    with tenancy.scope(cafe):
        assert (vouchers.status(held), held.held_until) == ("held", makers.NOON + timedelta(minutes=10))
    after(cafe, minutes=10)
    with tenancy.scope(cafe):
        assert vouchers.status(vouchers.find(held.code)) == "open"


def test_another_till_is_refused_and_uses_nothing(cafe, held):
    with tenancy.scope(cafe):
        with pytest.raises(vouchers.VoucherHeld) as refusal:
            checkout.ring_up(checkout.Sale(None, 2000, vouchers=(held.code,)), actor=OTHER)
        assert (refusal.value.code, refusal.value.facts["held_until"]) == (
            "code_held",
            held.held_until.isoformat(),
        )
        assert Purchase.objects.filter(amount_minor=2000).count() == 0
        for verb in (vouchers.use, vouchers.void, vouchers.release):
            with pytest.raises(vouchers.VoucherHeld):
                verb(held, actor=OTHER)
        with pytest.raises(vouchers.VoucherHeld):
            vouchers.hold(held, minutes=1, actor=OTHER)
        assert Voucher.objects.get().held_by == TILL


def test_the_till_that_holds_it_uses_it_and_the_hold_is_over(cafe, held):
    with tenancy.scope(cafe):
        sale = checkout.Sale(None, 2000, vouchers=(held.code,))
        assert checkout.ring_up(sale, actor=TILL).purchase.net_minor == 1500
        used = Voucher.objects.get()
        assert (used.status, used.held_until, used.held_by) == ("used", None, "")


def test_released_it_is_anybodys_again(cafe, held):
    with tenancy.scope(cafe):
        vouchers.release(held, actor=TILL)
        assert vouchers.use(held, actor=OTHER).status == "used"


def test_after_its_time_another_till_holds_it_and_the_first_is_refused(cafe, held):
    after(cafe, minutes=11)
    with tenancy.scope(cafe):
        vouchers.hold(held, minutes=5, actor=OTHER)
        with pytest.raises(vouchers.VoucherHeld):
            vouchers.use(held, actor=TILL)


def test_holding_again_prolongs_the_hold(cafe, held):
    after(cafe, minutes=5)
    with tenancy.scope(cafe):
        assert vouchers.hold(held, minutes=10, actor=TILL).held_until == makers.NOON + timedelta(minutes=15)


def test_what_is_used_void_or_expired_is_not_held(cafe, voucher):
    with tenancy.scope(cafe):
        vouchers.void(voucher)
        with pytest.raises(vouchers.VoucherVoid):
            vouchers.hold(voucher, minutes=1, actor=TILL)
        Voucher.objects.update(status="open")
    after(cafe, days=31)
    with tenancy.scope(cafe):
        with pytest.raises(vouchers.VoucherExpired):
            vouchers.hold(voucher, minutes=1, actor=TILL)
        assert Voucher.objects.get().held_until is None


def test_a_preview_by_the_holder_shows_the_discount(cafe, held):
    with tenancy.scope(cafe):
        sale = checkout.Sale(None, 2000, vouchers=(held.code,))
        assert checkout.ring_up(sale, actor=TILL, preview=True).purchase.discount_minor == 500
        assert vouchers.status(Voucher.objects.get()) == "held"
