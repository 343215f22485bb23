"""Purchases are given back: what the rest deserves is computed again."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.errors import Refused
from members.models import Member
from programs import catalogue, refunding
from programs.models import Credit, Program, Purchase, Refund, Unlock
from programs.purchases import Item
from programs.refunding import Returned
from rewards import checkout, redeeming
from rewards.models import Reward, Voucher
from tests import makers
from tests.makers import NOON
from tests.programs import books

pytestmark = pytest.mark.django_db
PER_TEN = {"points": 1, "per_minor": 1000}
STAMPS = {"per_minor": 5000, "accumulate": True}


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


def back(cafe, recorded, amount_minor=None, items=None):
    """What a refund took back, per program."""
    with tenancy.scope(cafe):
        given = checkout.give_back(recorded.purchase, amount_minor=amount_minor, items=items)
    return [amount for _program, amount in given.debits]


def reward(cafe, program, cost, **columns):
    with tenancy.scope(cafe):
        return Reward.objects.create(program=program, name="Krapfen", cost=cost, **columns)


def spend(cafe, member, wanted, **more):
    with tenancy.scope(cafe):
        return redeeming.redeem(member=member, reward=wanted, **more)


@pytest.mark.parametrize(("amount_minor", "taken"), [(100, 0), (500, -1), (1000, -1), (2000, -2)])
def test_what_is_left_is_computed_again(cafe, jonas, amount_minor, taken):
    makers.points_program(cafe, earn=PER_TEN)
    bought = makers.purchase(cafe, jonas, 2190)
    assert bought.credits[0].amount == 2
    assert back(cafe, bought, amount_minor) == [taken]


def test_two_refunds_take_back_what_one_of_both_would(cafe, jonas):
    makers.points_program(cafe, earn=PER_TEN)
    bought = makers.purchase(cafe, jonas, 2190)
    assert [back(cafe, bought, 500), back(cafe, bought, 500)] == [[-1], [0]]


def test_seventy_five_of_a_hundred_back_leaves_twenty_five_points(cafe, jonas):
    program = makers.points_program(cafe)
    assert back(cafe, makers.purchase(cafe, jonas, 10_000), 7500) == [-75]
    assert makers.balance(cafe, jonas, program) == 25


def test_a_full_refund_takes_back_all_that_was_earned(cafe, jonas):
    makers.points_program(cafe)
    assert back(cafe, makers.purchase(cafe, jonas, 4995)) == [-49]


@pytest.mark.parametrize(("debt", "after", "then"), [("allow", -50, 10), ("forgive", 0, 60)])
def test_refund_takes_back_points_already_spent_or_forgives_them(cafe, jonas, debt, after, then):
    program = makers.points_program(cafe, debt=debt)
    bought = makers.purchase(cafe, jonas, 5000)
    spend(cafe, jonas, reward(cafe, program, 50))
    back(cafe, bought)
    assert makers.balance(cafe, jonas, program) == after
    makers.purchase(cafe, jonas, 6000)
    assert makers.balance(cafe, jonas, program) == then


def test_a_refund_goes_by_the_rules_of_its_purchase(cafe, jonas):
    program = makers.points_program(cafe)
    bought = makers.purchase(cafe, jonas, 5000)
    with tenancy.scope(cafe):
        catalogue.change(program, actor="", settings={"earn": {"points": 2}})
        catalogue.add_rule(program, definition={"name": "x2", "when": {"event": "purchase"},
                                                "gives": {"multiplier": "2"}})  # fmt: skip
    assert back(cafe, bought) == [-50]


def test_a_program_that_was_closed_since_takes_back_all_the_same(cafe, jonas):
    program = makers.points_program(cafe)
    bought = makers.purchase(cafe, jonas, 5000)
    with tenancy.scope(cafe):
        catalogue.change(program, actor="", status=Program.Status.CLOSED)
    assert back(cafe, bought) == [-50]


def test_pending_points_go_and_the_balance_never_sees_them(cafe, jonas):
    program = makers.points_program(cafe, pending_days=14)
    bought = makers.purchase(cafe, jonas, 5000)
    makers.turn_to(cafe, NOON + timedelta(days=10))
    assert back(cafe, bought) == [-50]
    makers.turn_to(cafe, NOON + timedelta(days=20))
    assert books.entries(cafe, jonas, program) == [("earn", 0, 50), ("refund", 0, -50)]
    assert makers.balance(cafe, jonas, program) == 0


def test_the_purchases_own_lot_is_used_first(cafe, jonas):
    program = makers.points_program(cafe, expiry={"kind": "after", "months": 1})
    makers.purchase(cafe, jonas, 5000)
    makers.turn_to(cafe, NOON + timedelta(days=1))
    bought = makers.purchase(cafe, jonas, 3000)
    back(cafe, bought, 2000)
    assert [left for left, _at in books.open_lots(cafe, jonas, program)] == [50, 10]


def test_what_has_expired_is_not_taken_twice(cafe, jonas):
    program = makers.points_program(cafe, expiry={"kind": "after", "months": 1})
    bought = makers.purchase(cafe, jonas, 10_000)
    spend(cafe, jonas, reward(cafe, program, 60))
    makers.turn_to(cafe, NOON + timedelta(days=60))
    makers.purchase(cafe, jonas, 8000)
    assert back(cafe, bought) == [-60], "40 were lost to expiry already"
    assert makers.balance(cafe, jonas, program) == 20


def test_in_parts_what_has_expired_is_excused_once(cafe, jonas):
    makers.points_program(cafe, expiry={"kind": "after", "months": 1})
    bought = makers.purchase(cafe, jonas, 10_000)
    makers.turn_to(cafe, NOON + timedelta(days=60))
    assert [back(cafe, bought, 7500), back(cafe, bought)] == [[0], [0]]
    with tenancy.scope(cafe):
        credit = Credit.objects.get()
    assert (credit.taken_back, credit.excused) == (0, 100)


def test_items_come_back_by_what_they_cost(cafe, jonas):
    makers.points_program(cafe)
    items = (Item(1001, "brot", quantity=3), Item(500, "torte"))
    bought = makers.purchase(cafe, jonas, 1501, items=items)
    returns = [back(cafe, bought, items=[Returned("brot", 1)]) for _ in range(3)]
    with tenancy.scope(cafe):
        assert list(Refund.objects.order_by("id").values_list("amount_minor", flat=True)) == [334, 333, 334]
    assert returns == [[-4], [-3], [-3]], "15 points; 11, 8 and 5 are left"
    with tenancy.scope(cafe):
        assert Purchase.objects.get().returned_at is None


def test_more_items_than_were_bought_are_refused(cafe, jonas):
    makers.points_program(cafe)
    bought = makers.purchase(cafe, jonas, 1000, items=(Item(1000, "brot", quantity=2),))
    with books.refused(cafe, "invalid") as caught:
        checkout.give_back(bought.purchase, items=[Returned("brot", 1), Returned("brot", 2)])
    assert list(caught.value.facts["field_errors"]) == ["items.1.quantity"]


def test_nothing_is_refunded_beyond_what_is_left(cafe, jonas):
    makers.points_program(cafe)
    bought = makers.purchase(cafe, jonas, 1000)
    back(cafe, bought, 600)
    with books.refused(cafe, "nothing_left", left_minor=400):
        checkout.give_back(bought.purchase, amount_minor=401)
    back(cafe, bought)
    with books.refused(cafe, "nothing_left", left_minor=0):
        checkout.give_back(bought.purchase)


def test_a_negative_refund_is_refused(cafe, jonas):
    bought = makers.purchase(cafe, jonas, 1000)
    with books.refused(cafe, "invalid"):
        checkout.give_back(bought.purchase, amount_minor=-1)


def test_of_a_purchase_that_cost_nothing_one_item_back_is_not_all(cafe, jonas):
    program = makers.punch_card(cafe, stamp_per="item")
    bought = makers.purchase(cafe, jonas, 0, items=(Item(0, "probe"), Item(0, "muster")))
    assert back(cafe, bought, items=[Returned("probe", 1)]) == [-1]
    assert makers.balance(cafe, jonas, program) == 1
    assert back(cafe, bought, items=[Returned("muster", 1)]) == [-1]
    with tenancy.scope(cafe):
        assert Purchase.objects.get().returned_at is not None


def test_a_returned_purchase_is_no_visit_any_more(cafe, jonas):
    program = makers.punch_card(cafe)
    bought = makers.purchase(cafe, jonas, 500)
    assert back(cafe, bought, 499) == [0]
    assert makers.balance(cafe, jonas, program) == 1
    assert back(cafe, bought) == [-1]
    with tenancy.scope(cafe):
        assert Member.objects.get(id=jonas.id).visits == 0


def test_without_a_member_money_goes_back_and_nothing_else(cafe):
    makers.points_program(cafe)
    bought = makers.purchase(cafe, None, 1000)
    assert back(cafe, bought) == []
    with tenancy.scope(cafe):
        assert Purchase.objects.get().refunded_minor == 1000


# The carried fraction


def test_a_carried_fraction_goes_back_too(cafe, jonas):
    program = makers.points_program(cafe, earn=STAMPS)
    first = makers.purchase(cafe, jonas, 3000)
    second = makers.purchase(cafe, jonas, 2000)
    assert [first.credits[0].amount, second.credits[0].amount] == [0, 1]
    assert back(cafe, first) == [-1], "20.00 alone deserve none"
    assert back(cafe, second) == [0]
    account = books.account(cafe, jonas, program)
    assert (account.balance, account.carry_num) == (0, 0)


def test_in_parts_the_fraction_moves_and_a_point_goes_when_it_is_not_deserved_any_more(cafe, jonas):
    makers.points_program(cafe, earn=STAMPS)
    makers.purchase(cafe, jonas, 3000)
    second = makers.purchase(cafe, jonas, 3000)
    assert [back(cafe, second, 1000), back(cafe, second, 1), back(cafe, second)] == [[0], [-1], [0]]


def test_what_rules_gave_is_taken_back_once_also_in_parts(cafe, jonas):
    program = makers.points_program(cafe, earn=STAMPS)
    with tenancy.scope(cafe):
        rule = {"name": "Dazu", "when": {"event": "purchase"}, "gives": {"points": 1, "per_minor": 1000}}
        catalogue.add_rule(program, definition=rule)
    bought = makers.purchase(cafe, jonas, 10_000)
    assert bought.credits[0].amount == 2 + 10
    assert [back(cafe, bought, 5000), back(cafe, bought, 5000)] == [[-6], [-6]]
    assert makers.balance(cafe, jonas, program) == 0


def test_what_a_limit_trimmed_is_not_taken_back(cafe, jonas):
    makers.points_program(cafe, earn={"limit": {"per_purchase": 50}})
    bought = makers.purchase(cafe, jonas, 10_000)
    assert [back(cafe, bought, 5000), back(cafe, bought, 1000)] == [[0], [-10]]


def test_what_a_multiplier_was_trimmed_by_is_not_taken_back_with_accumulate(cafe, jonas):
    program = makers.points_program(cafe, earn={"accumulate": True})
    with tenancy.scope(cafe):
        rule = {"name": "Doppelt", "when": {"event": "purchase"}, "gives": {"multiplier": "2"}}
        catalogue.add_rule(program, definition=rule | {"limit": {"per_purchase": 10}})
    bought = makers.purchase(cafe, jonas, 10_000)
    assert bought.credits[0].amount == 100 + 10
    assert [back(cafe, bought, 5000), back(cafe, bought)] == [[-50], [-60]]


# Full cards


def fill(cafe, jonas, **settings):
    program = makers.punch_card(cafe, stamps_required=3, **settings)
    return program, [makers.purchase(cafe, jonas, 500) for _ in range(3)]


def open_unlocks(cafe, jonas):
    with tenancy.scope(cafe):
        return [(one.reward.name, one.position) for one in redeeming.open_unlocks(jonas.id)]


@pytest.mark.parametrize("overflow", ["carry", "cap"])
def test_a_full_card_that_was_not_taken_is_undone(cafe, jonas, overflow):
    program, bought = fill(cafe, jonas, overflow=overflow)
    assert len(open_unlocks(cafe, jonas)) == 1
    assert back(cafe, bought[0]) == [-1]
    assert open_unlocks(cafe, jonas) == []
    assert makers.balance(cafe, jonas, program) == 2
    makers.purchase(cafe, jonas, 500)
    assert len(open_unlocks(cafe, jonas)) == 1


def test_a_full_card_that_was_taken_leaves_a_debt(cafe, jonas):
    program, bought = fill(cafe, jonas)
    with tenancy.scope(cafe):
        redeeming.redeem(member=jonas, reward=Reward.objects.get())
    assert back(cafe, bought[0]) == [-1]
    assert makers.balance(cafe, jonas, program) == -1


def test_a_reward_on_the_way_goes_with_the_stamps_that_reached_it(cafe, jonas):
    interim = [{"at": 2, "reward": {"name": "Ein Keks"}}]
    program = makers.punch_card(cafe, stamps_required=5, interim=interim)
    first = makers.purchase(cafe, jonas)
    makers.purchase(cafe, jonas)
    assert open_unlocks(cafe, jonas) == [("Ein Keks", 2)]
    back(cafe, first)
    assert (makers.balance(cafe, jonas, program), open_unlocks(cafe, jonas)) == (1, [])


def test_a_reward_on_the_way_of_a_card_that_is_full_stays(cafe, jonas):
    interim = [{"at": 2, "reward": {"name": "Ein Keks"}}]
    makers.punch_card(cafe, stamps_required=3, interim=interim)
    bought = [makers.purchase(cafe, jonas) for _ in range(4)]
    assert open_unlocks(cafe, jonas) == [("Ein Keks", 2), ("Ein Kaffee nach Wahl", 3)]
    back(cafe, bought[1])
    assert open_unlocks(cafe, jonas) == [("Ein Keks", 2), ("Ein Kaffee nach Wahl", 3)]


# What was spent on the purchase


def test_points_spent_on_a_voucher_return_with_the_last_cent_into_their_lots(cafe, jonas):
    program = makers.points_program(cafe, expiry={"kind": "after", "months": 6})
    makers.purchase(cafe, jonas, 30_000)
    lots = books.open_lots(cafe, jonas, program)
    spend(cafe, jonas, reward(cafe, program, 300, kind="amount_off", value_minor=1500))
    with tenancy.scope(cafe):
        code = Voucher.objects.get().code
    bought = makers.purchase(cafe, jonas, 10_000, vouchers=(code,))
    assert (bought.purchase.net_minor, bought.credits[0].amount) == (8500, 85)
    with tenancy.scope(cafe):
        assert checkout.give_back(bought.purchase, amount_minor=7500).returned == []
    assert makers.balance(cafe, jonas, program) == 10
    with tenancy.scope(cafe):
        (returned,) = checkout.give_back(bought.purchase).returned
    assert returned.cost == 300
    assert books.open_lots(cafe, jonas, program) == lots
    assert makers.balance(cafe, jonas, program) == 300


def test_a_refund_that_is_refused_leaves_an_unlock_as_it_was(cafe, jonas):
    _program, bought = fill(cafe, jonas)
    back(cafe, bought[0])
    with tenancy.scope(cafe), pytest.raises(Refused):
        refunding.refund(bought[0].purchase)
    with tenancy.scope(cafe):
        assert Unlock.objects.get().status == Unlock.Status.WITHDRAWN
