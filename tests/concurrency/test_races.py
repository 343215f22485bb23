"""Many at the same moment: real connections, transactions that really commit, and the books checked afterwards."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.errors import Refused
from members.models import Member
from programs import adjusting, catalogue, purchases, settling
from programs.models import Account, ProgramVersion, Purchase, Refund, Unlock
from programs.purchases import NewPurchase
from rewards import catalogue as rewards
from rewards import checkout, redeeming, vouchers
from rewards.models import Redemption, Reward, Voucher
from tests import makers
from tests.concurrency.threads import at_once, codes
from tests.makers import NOON
from tests.programs import books


@pytest.fixture
def cafe(real_database):
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


def reward(cafe, program, cost, **columns):
    with tenancy.scope(cafe):
        return rewards.create_reward(program=program, name="Krapfen", cost=cost, **columns)


def redeem(member, wanted, **more):
    return lambda: redeeming.redeem(member=member, reward=wanted, **more)


def test_of_twenty_redemptions_of_the_whole_balance_exactly_one_is_done(cafe, jonas, points):
    results = at_once(cafe, *[redeem(jonas, reward(cafe, points, 100))] * 20)
    assert codes(results) == ["done"] + ["insufficient_balance"] * 19
    assert makers.balance(cafe, jonas, points) == 0
    with tenancy.scope(cafe):
        assert Redemption.objects.count() == 1


def test_of_a_stock_of_three_five_guests_take_three(cafe, points):
    guests = [makers.member(cafe, f"Gast {number}") for number in range(5)]
    for guest in guests:
        makers.purchase(cafe, guest, 10_000)
    wanted = reward(cafe, points, 40, stock=3)
    results = at_once(cafe, *[redeem(guest, wanted) for guest in guests])
    assert codes(results) == ["done"] * 3 + ["out_of_stock"] * 2
    assert sorted(makers.balance(cafe, guest, points) for guest in guests) == [60, 60, 60, 100, 100]


def test_what_may_be_had_once_is_had_once(cafe, jonas, points):
    wanted = reward(cafe, points, 10, per_member=1)
    assert codes(at_once(cafe, *[redeem(jonas, wanted)] * 4)) == ["done"] + ["limit_reached"] * 3


@pytest.mark.parametrize("overflow", ["carry", "cap"])
def test_what_a_full_card_unlocked_is_taken_once(cafe, jonas, overflow):
    makers.punch_card(cafe, stamps_required=2, overflow=overflow)
    for _ in range(2):
        makers.purchase(cafe, jonas)
    with tenancy.scope(cafe):
        wanted = Reward.objects.get()
    assert codes(at_once(cafe, *[redeem(jonas, wanted)] * 4)) == ["done"] + ["not_eligible"] * 3


@pytest.mark.parametrize("with_member", [True, False])
def test_the_same_external_id_at_once_is_one_purchase_and_everybody_hears_of_it(
    cafe, jonas, points, with_member
):
    sale = checkout.Sale(jonas if with_member else None, 1000, external_id="bon-1")
    results = at_once(cafe, *[lambda: checkout.ring_up(sale)] * 6)
    assert len({result.purchase.id for result in results}) == 1
    assert sorted(result.is_repeat for result in results) == [False] + [True] * 5
    if with_member:
        assert {tuple(credit.amount for credit in result.credits) for result in results} == {(10,)}
    assert makers.balance(cafe, jonas, points) == (110 if with_member else 100)


def test_the_same_external_id_for_two_guests_at_once_is_one_purchase(cafe, points):
    guests = [makers.member(cafe, name) for name in ("Ines", "Mehmet", "Olga")]
    sales = [checkout.Sale(guest, 1000, external_id="bon-1") for guest in guests]
    results = at_once(cafe, *[lambda sale=sale: checkout.ring_up(sale) for sale in sales])
    assert len({result.purchase.id for result in results}) == 1
    assert sum(makers.balance(cafe, guest, points) for guest in guests) == 10


def test_the_same_sale_with_a_voucher_at_once_uses_it_once_and_answers_everybody(cafe, jonas, points):
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=rewards.create_reward(
            program=points, name="5 €", cost=10, kind="amount_off", value_minor=500))  # fmt: skip
        code = Voucher.objects.get().code
    sale = checkout.Sale(jonas, 1000, external_id="bon-1", vouchers=(code,))
    results = at_once(cafe, *[lambda: checkout.ring_up(sale)] * 6)
    assert {(result.purchase.id, result.purchase.net_minor) for result in results} == {
        (results[0].purchase.id, 500)
    }
    with tenancy.scope(cafe):
        assert Voucher.objects.get().used_in_id == results[0].purchase.id


def test_one_voucher_in_two_sales_at_once_is_used_in_one(cafe, jonas, points):
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=rewards.create_reward(
            program=points, name="5 €", cost=10, kind="amount_off", value_minor=500))  # fmt: skip
        code = Voucher.objects.get().code
    sales = [checkout.Sale(None, 1000, external_id=f"bon-{n}", vouchers=(code,)) for n in range(4)]
    results = at_once(cafe, *[lambda sale=sale: checkout.ring_up(sale) for sale in sales])
    assert codes(results) == ["code_used"] * 3 + ["done"]
    with tenancy.scope(cafe):
        assert Purchase.objects.filter(discount_minor__gt=0).count() == 1


def test_a_voucher_handed_in_twice_at_once_is_used_once(cafe, jonas, points):
    with tenancy.scope(cafe):
        redeeming.redeem(
            member=jonas, reward=rewards.create_reward(program=points, name="Tee", cost=10), use="later"
        )
        voucher = Voucher.objects.get()
    assert codes(at_once(cafe, *[lambda: vouchers.use(voucher)] * 5)) == ["code_used"] * 4 + ["done"]


def test_a_purchase_refunded_twice_at_once_is_refunded_once(cafe, jonas, points):
    bought = makers.purchase(cafe, jonas, 5000).purchase
    results = at_once(cafe, *[lambda: checkout.give_back(bought)] * 4)
    assert codes(results) == ["done"] + ["nothing_left"] * 3
    assert makers.balance(cafe, jonas, points) == 100
    with tenancy.scope(cafe):
        assert Refund.objects.count() == 1


def test_a_purchase_without_a_member_refunded_twice_at_once_is_refunded_once(cafe):
    bought = makers.purchase(cafe, None, 5000).purchase
    assert codes(at_once(cafe, *[lambda: checkout.give_back(bought)] * 4)) == ["done"] + ["nothing_left"] * 3


def test_parts_of_a_purchase_refunded_at_once_never_exceed_it(cafe, jonas, points):
    bought = makers.purchase(cafe, jonas, 5000).purchase
    results = at_once(cafe, *[lambda: checkout.give_back(bought, amount_minor=2000)] * 4)
    assert codes(results) == ["done"] * 2 + ["nothing_left"] * 2
    assert makers.balance(cafe, jonas, points) == 110


def test_redeem_against_refund_ends_in_one_of_two_ways(cafe, jonas):
    program = makers.points_program(cafe)
    bought = makers.purchase(cafe, jonas, 10_000).purchase
    wanted = reward(cafe, program, 100)
    redeemed, _refunded = at_once(cafe, redeem(jonas, wanted), lambda: checkout.give_back(bought))
    refused = isinstance(redeemed, Refused)
    assert makers.balance(cafe, jonas, program) == (0 if refused else -100)


def test_a_redemption_cancelled_twice_at_once_returns_its_points_once(cafe, jonas, points):
    with tenancy.scope(cafe):
        redemption = redeeming.redeem(
            member=jonas, reward=rewards.create_reward(program=points, name="A", cost=60)
        )
    at_once(cafe, *[lambda: redeeming.cancel(redemption)] * 4)
    assert makers.balance(cafe, jonas, points) == 100


def test_two_batches_with_the_same_guests_in_opposite_order_do_not_wait_in_a_circle(cafe, points):
    guests = [makers.member(cafe, f"Gast {number}") for number in range(12)]
    makers.punch_card(cafe)

    def batch(order):
        return lambda: checkout.ring_up_many([checkout.Sale(guest, 1000) for guest in order] * 3)

    at_once(cafe, *[batch(guests), batch(guests[::-1])] * 3)
    assert {makers.balance(cafe, guest, points) for guest in guests} == {180}


def test_batches_with_vouchers_between_do_not_wait_in_a_circle_either(cafe, points):
    guests = [makers.member(cafe, f"Gast {number}") for number in range(6)]

    def batch(order, code):
        # The voucher parts the batch in runs that are recorded one after the other.
        sales = [checkout.Sale(guest, 1000) for guest in order]
        sales[3:3] = [checkout.Sale(None, 100, vouchers=(code,))]
        return lambda: checkout.ring_up_many(sales)

    at_once(cafe, *[batch(guests, "FALSCH"), batch(guests[::-1], "FALSCH")] * 3)
    assert {makers.balance(cafe, guest, points) for guest in guests} == {60}


def test_two_batches_with_the_same_external_ids_in_opposite_order_record_each_once(cafe):
    news = [NewPurchase(None, 1000, external_id=f"bon-{number:03}") for number in range(150)]
    results = at_once(
        cafe, *[lambda: purchases.record_many(news), lambda: purchases.record_many(news[::-1])] * 2
    )
    ids = [{one.purchase.external_id: one.purchase.id for one in result} for result in results]
    assert all(one == ids[0] for one in ids)
    with tenancy.scope(cafe):
        assert Purchase.objects.count() == 150


def test_purchases_at_once_are_all_counted_and_only_one_is_the_first(cafe, jonas, points):
    ines = makers.member(cafe, "Ines")
    rule = {
        "name": "Erster",
        "when": {"event": "purchase"},
        "if": {"first_purchase": True},
        "gives": {"amount": 50},
    }
    with tenancy.scope(cafe):
        catalogue.add_rule(points, definition=rule)
    at_once(cafe, *[lambda: checkout.ring_up(checkout.Sale(ines, 1000))] * 8)
    assert makers.balance(cafe, ines, points) == 8 * 10 + 50
    with tenancy.scope(cafe):
        assert Member.objects.get(id=ines.id).visits == 8


def test_a_limit_per_day_holds_against_purchases_at_once(cafe, jonas):
    program = makers.points_program(cafe, earn={"limit": {"per_day": 100}})
    at_once(cafe, *[lambda: checkout.ring_up(checkout.Sale(jonas, 3000))] * 6)
    assert makers.balance(cafe, jonas, program) == 100


def test_a_cooldown_lets_one_of_many_visits_at_once_have_a_stamp(cafe, jonas):
    card = makers.punch_card(cafe, cooldown_minutes=60)
    at_once(cafe, *[lambda: checkout.ring_up(checkout.Sale(jonas, 300))] * 6)
    assert makers.balance(cafe, jonas, card) == 1


def test_first_purchases_at_once_open_one_account(cafe, jonas):
    late = makers.points_program(cafe)
    at_once(cafe, *[lambda: checkout.ring_up(checkout.Sale(jonas, 1000))] * 6)
    assert makers.balance(cafe, jonas, late) == 60


def test_settling_and_buying_at_once_do_not_wait_in_a_circle(cafe):
    expiring = {"expiry": {"kind": "after", "months": 1}}
    programs = [makers.points_program(cafe, **expiring) for _ in range(3)]
    guests = [makers.member(cafe, f"Gast {number}") for number in range(6)]
    for guest in guests:
        makers.purchase(cafe, guest, 1000)
    makers.turn_to(cafe, NOON + timedelta(days=60))

    def buy(order):
        return lambda: checkout.ring_up_many([checkout.Sale(guest, 500) for guest in order])

    verbs = [
        lambda: settling.settle_due(limit=7),
        buy(guests),
        lambda: settling.settle_due(limit=7),
        buy(guests[::-1]),
    ]
    at_once(cafe, *verbs * 2)
    with tenancy.scope(cafe):
        while settling.settle_due(limit=7):
            pass
    balances = {makers.balance(cafe, guest, program) for guest in guests for program in programs}
    assert balances == {20}, "10 expired, and 4 times 5 are there"


def test_two_rules_added_at_once_are_both_kept(cafe, points):
    def add(name):
        definition = {"name": name, "when": {"event": "visit"}, "gives": {"amount": 1}}
        return lambda: catalogue.add_rule(points, definition=definition)

    at_once(cafe, *[add(f"Regel {number}") for number in range(5)])
    with tenancy.scope(cafe):
        points.refresh_from_db()
        newest = ProgramVersion.objects.get(program=points, number=points.version)
    assert (points.version, len(newest.rules)) == (6, 5)


def test_adjustments_down_at_once_stop_at_zero(cafe, jonas, points):
    def down():
        return adjusting.adjust(member=jonas, program=points, amount=-60, reason="Irrtum", actor="Aylin")

    assert codes(at_once(cafe, *[down] * 3)) == ["done"] + ["insufficient_balance"] * 2


def test_a_full_card_taken_while_its_last_visit_is_returned_leaves_the_books_in_order(cafe, jonas):
    makers.punch_card(cafe, stamps_required=2)
    bought = [makers.purchase(cafe, jonas).purchase for _ in range(2)]
    with tenancy.scope(cafe):
        wanted = Reward.objects.get()
    taken, _returned = at_once(cafe, redeem(jonas, wanted), lambda: checkout.give_back(bought[1]))
    with tenancy.scope(cafe):
        status = Unlock.objects.get().status
        (account,) = Account.objects.all()
    if isinstance(taken, Refused):
        assert (status, account.balance, account.debt) == ("withdrawn", 1, 0)
    else:
        assert (status, account.balance, account.debt) == ("taken", 0, 1)
