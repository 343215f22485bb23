"""Rewards are taken, paid for once, and given back: each refusal writes nothing at all."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.merchants.models import Location
from members import privacy
from programs.models import Unlock
from rewards import catalogue, redeeming, vouchers
from rewards.models import Redemption, Reward, Voucher
from tests import makers
from tests.makers import NOON
from tests.programs import books

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


@pytest.fixture
def points(cafe, jonas):
    """A points program in which Jonas has 100."""
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 10_000)
    return program


def reward(cafe, program, cost=50, **columns):
    with tenancy.scope(cafe):
        return catalogue.create_reward(program=program, name="Krapfen", cost=cost, **columns)


def redeem(cafe, member, wanted, **more):
    with tenancy.scope(cafe):
        return redeeming.redeem(member=member, reward=wanted, **more)


def voucher_of(cafe, redemption):
    with tenancy.scope(cafe):
        return Voucher.objects.get(redemption=redemption)


def refused(cafe, member, wanted, code, **facts):
    with books.refused(cafe, code, **facts):
        redeeming.redeem(member=member, reward=wanted)


def test_a_reward_costs_its_points_and_is_handed_over(cafe, jonas, points):
    redemption = redeem(cafe, jonas, reward(cafe, points))
    assert (redemption.cost, redemption.status) == (50, "done")
    assert makers.balance(cafe, jonas, points) == 50
    with tenancy.scope(cafe):
        assert Voucher.objects.count() == 0


@pytest.mark.parametrize(
    ("use", "columns"),
    [
        ("later", {}),
        ("now", {"kind": "amount_off", "value_minor": 500}),
        ("now", {"kind": "percent_off", "percent": 10}),
    ],
)
def test_what_is_used_later_or_takes_money_off_is_a_voucher(cafe, jonas, points, use, columns):
    redemption = redeem(cafe, jonas, reward(cafe, points, valid_days=30, **columns), use=use)
    voucher = voucher_of(cafe, redemption)
    assert (voucher.status, voucher.member_id) == ("open", jonas.id)
    assert voucher.valid_until.isoformat() == "2026-04-11T22:00:00+00:00", "to the end of the thirtieth day"


def test_too_little_is_refused_with_the_figures(cafe, jonas):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 300)
    makers.purchase(cafe, jonas, 100)
    refused(cafe, jonas, reward(cafe, program, 5), "insufficient_balance", balance=4, cost=5, missing=1)


def test_what_is_out_of_stock_costs_nothing(cafe, jonas, points):
    wanted = reward(cafe, points, stock=1)
    redeem(cafe, jonas, wanted)
    refused(cafe, jonas, wanted, "out_of_stock")
    assert makers.balance(cafe, jonas, points) == 50


def test_so_often_per_guest(cafe, jonas, points):
    wanted = reward(cafe, points, 10, per_member=2)
    redeem(cafe, jonas, wanted)
    again = redeem(cafe, jonas, wanted)
    refused(cafe, jonas, wanted, "limit_reached", limit=2)
    with tenancy.scope(cafe):
        redeeming.cancel(again)
    redeem(cafe, jonas, wanted)


def test_not_yet_and_no_more(cafe, jonas, points):
    refused(cafe, jonas, reward(cafe, points, starts_at=NOON + DAY), "not_started")
    refused(cafe, jonas, reward(cafe, points, ends_at=NOON), "ended")
    gone = reward(cafe, points)
    with tenancy.scope(cafe):
        catalogue.archive(gone)
    refused(cafe, jonas, gone, "ended")


def test_who_was_forgotten_takes_nothing(cafe, jonas, points):
    wanted = reward(cafe, points)
    with tenancy.scope(cafe):
        erased = privacy.erase(jonas)
    refused(cafe, erased, wanted, "not_eligible")


def test_what_a_full_card_gives_is_not_for_sale(cafe, jonas, points):
    makers.punch_card(cafe)
    with tenancy.scope(cafe):
        wanted = Reward.objects.get(unlocked_only=True)
    refused(cafe, jonas, wanted, "not_eligible")


@pytest.mark.parametrize(("overflow", "left"), [("carry", 1), ("cap", 0)])
def test_what_a_full_card_unlocked_is_taken_once(cafe, jonas, overflow, left):
    card = makers.punch_card(cafe, stamps_required=3, overflow=overflow)
    for _ in range(4):
        makers.purchase(cafe, jonas)
    with tenancy.scope(cafe):
        wanted = Reward.objects.get()
    redemption = redeem(cafe, jonas, wanted)
    assert redemption.cost == (3 if overflow == "cap" else 0)
    assert makers.balance(cafe, jonas, card) == left
    refused(cafe, jonas, wanted, "not_eligible")


def test_a_full_card_may_give_a_reward_of_another_program(cafe, jonas, points):
    shared = reward(cafe, points, 500)
    settings = {"reward": shared.public_id, "stamps_required": 2, "overflow": "cap"}
    with tenancy.scope(cafe):
        card = catalogue.create_program(type="punch_card", name="Kaffeekarte", settings=settings)
    for _ in range(2):
        makers.purchase(cafe, jonas)
    redeem(cafe, jonas, shared)
    assert (makers.balance(cafe, jonas, card), makers.balance(cafe, jonas, points)) == (0, 100)


def test_a_cancelled_redemption_returns_points_stock_and_voucher(cafe, jonas, points):
    wanted = reward(cafe, points, stock=1)
    lots = books.open_lots(cafe, jonas, points)
    redemption = redeem(cafe, jonas, wanted, use="later")
    with tenancy.scope(cafe):
        redeeming.cancel(redemption, actor="Aylin")
        redeeming.cancel(redemption, actor="Aylin")
        assert Voucher.objects.get().status == "void"
        assert Reward.objects.get().taken == 0
    assert books.open_lots(cafe, jonas, points) == lots
    assert books.entries(cafe, jonas, points) == [("earn", 100, 0), ("redeem", -50, 0), ("restore", 50, 0)]
    redeem(cafe, jonas, wanted)


@pytest.mark.parametrize("overflow", ["carry", "cap"])
def test_a_cancelled_full_card_can_be_taken_again(cafe, jonas, overflow):
    makers.punch_card(cafe, stamps_required=2, overflow=overflow)
    for _ in range(2):
        makers.purchase(cafe, jonas)
    with tenancy.scope(cafe):
        wanted = Reward.objects.get()
        redeeming.cancel(redeeming.redeem(member=jonas, reward=wanted))
        assert Unlock.objects.get().status == "open"
        redeeming.redeem(member=jonas, reward=wanted)
        assert Unlock.objects.get().status == "taken"


def test_a_used_voucher_is_not_cancelled(cafe, jonas, points):
    redemption = redeem(cafe, jonas, reward(cafe, points), use="later")
    with tenancy.scope(cafe):
        vouchers.use(Voucher.objects.get())
    with books.refused(cafe, "code_used"):
        redeeming.cancel(redemption)


def test_where_and_by_whom(cafe, jonas, points):
    with tenancy.scope(cafe):
        here = Location.objects.get()
        redeeming.redeem(member=jonas, reward=catalogue.create_reward(program=points, name="Tee", cost=1),
                         location=here, actor="Aylin")  # fmt: skip
        found = Redemption.objects.get()
    assert (found.location_id, found.actor, found.at) == (here.id, "Aylin", NOON)


# Vouchers


@pytest.fixture
def voucher(cafe, jonas, points):
    return voucher_of(cafe, redeem(cafe, jonas, reward(cafe, points, valid_days=30), use="later"))


def test_a_voucher_is_found_however_it_is_typed(cafe, voucher):
    with tenancy.scope(cafe):
        typed = f" {voucher.code[:4].lower()}-{voucher.code[4:8]} {voucher.code[8:]}"
        assert vouchers.find(typed).id == voucher.id


@pytest.mark.parametrize("text", ["", "K7QM4WRTX9", "AAAAAAAAA"])
def test_what_is_no_voucher_is_not_found(cafe, voucher, text):
    with books.refused(cafe, "not_found"):
        vouchers.find(text)


def test_a_voucher_is_used_once(cafe, voucher):
    with tenancy.scope(cafe):
        assert vouchers.use(voucher).used_at == NOON
    with books.refused(cafe, "code_used"):
        vouchers.use(voucher)
    with books.refused(cafe, "code_used"):
        vouchers.void(voucher)


def test_a_void_voucher_stays_void(cafe, voucher):
    with tenancy.scope(cafe):
        assert vouchers.void(vouchers.void(voucher)).status == "void"
    with books.refused(cafe, "code_void"):
        vouchers.use(voucher)


def test_a_voucher_is_good_until_the_end_of_its_last_day(cafe, voucher):
    makers.turn_to(cafe, voucher.valid_until)
    with tenancy.scope(cafe):
        assert vouchers.status(voucher) == "expired"
    with books.refused(cafe, "code_expired"):
        vouchers.use(voucher)
    makers.turn_to(cafe, voucher.valid_until - timedelta(seconds=1))
    with tenancy.scope(cafe):
        assert vouchers.use(voucher).status == "used"
