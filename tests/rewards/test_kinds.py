"""Every kind of reward: what taking it makes, what it takes off, who gets a place, what the shop gives."""

from datetime import date, timedelta

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.events.models import Event
from programs.purchases import Item
from rewards import awards, catalogue, checkout, redeeming, taking_off
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
def points(cafe):
    return makers.points_program(cafe)


@pytest.fixture
def jonas(cafe, points):
    return guest(cafe, "Jonas")


def guest(cafe, name, amount_minor=10_000):
    member = makers.member(cafe, name)
    makers.purchase(cafe, member, amount_minor)
    return member


def reward(cafe, program, cost=50, **columns):
    with tenancy.scope(cafe):
        return catalogue.create_reward(program=program, name="Etwas", cost=cost, **columns)


def redeem(cafe, member, wanted, **more):
    with tenancy.scope(cafe):
        return redeeming.redeem(member=member, reward=wanted, **more)


def cancel(cafe, redemption):
    with tenancy.scope(cafe):
        return redeeming.cancel(redemption)


def vouchers(cafe):
    with tenancy.scope(cafe):
        return list(Voucher.objects.order_by("id"))


def news(cafe, kind):
    with tenancy.scope(cafe):
        return [event.payload for event in Event.objects.filter(kind=kind).order_by("id")]


def wrong(cafe, *fields, **columns):
    with tenancy.scope(cafe), pytest.raises(Invalid) as caught:
        catalogue.create_reward(**{"name": "Etwas", "cost": 5} | columns)
    assert list(caught.value.facts["field_errors"]) == list(fields)


# --- What taking it makes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "made"),
    [
        ({"kind": "product"}, 0),
        ({"kind": "service"}, 0),
        ({"kind": "free_shipping"}, 1),
        ({"kind": "experience", "capacity": 8}, 1),
        ({"kind": "partner", "partner_name": "Buchhandlung Lind", "partner_price_minor": 450}, 1),
    ],
)
def test_what_is_not_handed_over_here_and_now_is_proved_by_a_voucher(cafe, jonas, points, columns, made):
    redeem(cafe, jonas, reward(cafe, points, **columns))
    assert len(vouchers(cafe)) == made


def test_free_shipping_takes_nothing_off_and_is_told(cafe, jonas, points):
    redeem(cafe, jonas, reward(cafe, points, kind="free_shipping"))
    [voucher] = vouchers(cafe)
    bought = makers.purchase(cafe, jonas, 4000, vouchers=(voucher.code,)).purchase
    assert (bought.discount_minor, bought.net_minor) == (0, 4000)
    [row] = bought.discounts
    assert (row["voucher"], row["kind"], row["amount_minor"]) == (voucher.code, "free_shipping", 0)
    assert vouchers(cafe)[0].status == "used"


@pytest.mark.parametrize(
    "columns",
    [{"kind": "service"}, {"kind": "experience"}, {"kind": "partner", "partner_name": "Lind"}],
)
def test_what_is_handed_over_is_not_taken_off_a_purchase(cafe, jonas, points, columns):
    redeem(cafe, jonas, reward(cafe, points, **columns), use="later")
    [voucher] = vouchers(cafe)
    with books.refused(cafe, "not_a_discount"):
        taking_off.refuse_unfit(voucher, amount_minor=1000, items=())


def test_what_a_kind_needs_and_what_contradicts_itself(cafe, points):
    wrong(cafe, "partner_name", program=points, kind="partner")
    wrong(cafe, "capacity", program=points, capacity=5)
    wrong(cafe, "stock", program=points, kind="experience", stock=5)
    wrong(cafe, "cost", kind="recognition")
    wrong(cafe, "per_member", program=points, cost=0)
    wrong(cafe, "applies_to", program=points, kind="percent_off", percent=5, applies_to="items")
    wrong(
        cafe, "applies_to", program=points, kind="percent_off", percent=5, applies_to="purchase", skus=["a"]
    )


# --- Taken off ------------------------------------------------------------------------------------------------


def ring_up(cafe, member, *wanted, items=(), amount_minor=None):
    for one in wanted:
        redeem(cafe, member, one)
    codes = tuple(voucher.code for voucher in vouchers(cafe) if voucher.status == "open")
    amount = sum(item.amount_minor for item in items) if amount_minor is None else amount_minor
    return makers.purchase(cafe, member, amount, items=tuple(items), vouchers=codes).purchase


BASKET = (
    Item(800, sku="torte", category="cake", quantity=2),
    Item(350, sku="latte", category="coffee", brand="Lind"),
    Item(300, sku="brot", category="bread"),
)


@pytest.mark.parametrize(
    ("columns", "discounts"),
    [
        ({"categories": ["cake"]}, [80, 0, 0]),
        ({"brands": ["Lind"], "skus": ["brot"]}, [0, 35, 30]),
        ({"applies_to": "cheapest_item"}, [0, 0, 30]),
        ({"applies_to": "cheapest_item", "categories": ["cake"]}, [40, 0, 0]),
        ({}, [80, 35, 30]),
        ({"most_minor": 100}, [55, 24, 21]),
    ],
)
def test_ten_percent_off_what_it_is_for(cafe, jonas, points, columns, discounts):
    wanted = reward(cafe, points, kind="percent_off", percent=10, **columns)
    bought = ring_up(cafe, jonas, wanted, items=BASKET)
    assert [item["discount_minor"] for item in bought.items] == discounts
    assert bought.discount_minor == sum(discounts)


def test_the_answer_says_in_which_order_and_why(cafe, jonas, points):
    whole = reward(cafe, points, 10, kind="percent_off", percent=50, most_minor=300)
    cheapest = reward(cafe, points, 10, kind="percent_off", percent=100, applies_to="cheapest_item")
    amount = reward(cafe, points, 10, kind="amount_off", value_minor=500, skus=["brot"])
    bought = ring_up(cafe, jonas, whole, cheapest, amount, items=BASKET)
    told = [(row["applies_to"], row["why"], row.get("line"), row["amount_minor"]) for row in bought.discounts]
    assert told == [
        ("items", "nothing_left", 2, 300),
        ("cheapest_item", "whole", 1, 350),
        ("purchase", "most_reached", None, 300),
    ]


def test_an_exclusive_voucher_is_used_alone(cafe, jonas, points):
    alone = reward(cafe, points, 10, kind="amount_off", value_minor=100, exclusive=True)
    other = reward(cafe, points, 10, kind="amount_off", value_minor=100)
    redeem(cafe, jonas, alone)
    redeem(cafe, jonas, other)
    first, second = vouchers(cafe)
    with books.refused(cafe, "not_combinable", voucher=first.code):
        checkout.ring_up(checkout.Sale(jonas, 1000, vouchers=(second.code, first.code)))
    assert makers.purchase(cafe, jonas, 1000, vouchers=(first.code,)).purchase.discount_minor == 100


def test_a_voucher_for_the_cheapest_item_is_not_used_up_without_items(cafe, jonas, points):
    redeem(cafe, jonas, reward(cafe, points, kind="percent_off", percent=100, applies_to="cheapest_item"))
    [voucher] = vouchers(cafe)
    with books.refused(cafe, "not_eligible", reason="items"):
        taking_off.refuse_unfit(voucher, amount_minor=1000, items=())


# --- Places ---------------------------------------------------------------------------------------------------


@pytest.fixture
def tasting(cafe, points):
    return reward(cafe, points, kind="experience", capacity=1, takes_place_at=NOON + 10 * DAY)


def status(cafe, redemption):
    with tenancy.scope(cafe):
        return Redemption.objects.get(id=redemption.id).status


def test_when_all_places_are_taken_it_is_refused_or_waited_for(cafe, points, tasting):
    jonas, ines = guest(cafe, "Jonas"), guest(cafe, "Ines")
    redeem(cafe, jonas, tasting)
    with books.refused(cafe, "fully_booked"):
        redeeming.redeem(member=ines, reward=tasting)
    waits = redeem(cafe, ines, tasting, wait=True)
    assert (waits.status, waits.entry_id) == ("waiting", None)
    assert makers.balance(cafe, ines, points) == 100
    assert redeem(cafe, ines, tasting, wait=True).id == waits.id, "once on the list is enough"


def test_who_cannot_pay_is_not_put_on_the_list(cafe, points, tasting):
    redeem(cafe, guest(cafe, "Jonas"), tasting)
    poor = guest(cafe, "Ines", 4900)
    with books.refused(cafe, "insufficient_balance", missing=1):
        redeeming.redeem(member=poor, reward=tasting, wait=True)


def test_a_place_that_becomes_free_goes_to_who_waits_longest_and_is_paid_then(cafe, points, tasting):
    jonas, ines, paul = (guest(cafe, name) for name in ("Jonas", "Ines", "Paul"))
    booked = redeem(cafe, jonas, tasting)
    first, second = redeem(cafe, ines, tasting, wait=True), redeem(cafe, paul, tasting, wait=True)
    cancel(cafe, booked)
    assert [status(cafe, one) for one in (booked, first, second)] == ["cancelled", "done", "waiting"]
    assert [makers.balance(cafe, one, points) for one in (jonas, ines, paul)] == [100, 50, 100]
    with tenancy.scope(cafe):
        assert Voucher.objects.get(redemption=first).status == "open"
        assert Reward.objects.get(id=tasting.id).taken == 1
    assert [row["redemption"] for row in news(cafe, "reward.place_given")] == [first.public_id]


def test_who_has_too_little_left_is_passed_over_and_keeps_waiting(cafe, points, tasting):
    jonas, ines, paul = (guest(cafe, name) for name in ("Jonas", "Ines", "Paul"))
    booked = redeem(cafe, jonas, tasting)
    first, second = redeem(cafe, ines, tasting, wait=True), redeem(cafe, paul, tasting, wait=True)
    redeem(cafe, ines, reward(cafe, points, 80))
    cancel(cafe, booked)
    assert [status(cafe, one) for one in (first, second)] == ["waiting", "done"]
    [row] = news(cafe, "reward.passed_over")
    assert (row["redemption"], row["code"]) == (first.public_id, "insufficient_balance")
    assert makers.balance(cafe, ines, points) == 20


def test_who_leaves_the_list_gets_no_place_and_frees_none(cafe, points, tasting):
    jonas, ines = guest(cafe, "Jonas"), guest(cafe, "Ines")
    booked, waits = redeem(cafe, jonas, tasting), redeem(cafe, ines, tasting, wait=True)
    cancel(cafe, waits)
    with tenancy.scope(cafe):
        assert Reward.objects.get(id=tasting.id).taken == 1
    cancel(cafe, booked)
    assert (status(cafe, waits), makers.balance(cafe, ines, points)) == ("cancelled", 100)


def test_places_that_are_added_go_to_those_who_wait(cafe, points, tasting):
    people = [guest(cafe, name) for name in ("Jonas", "Ines", "Paul", "Mia")]
    all_of_them = [redeem(cafe, one, tasting, wait=True) for one in people]
    with tenancy.scope(cafe):
        catalogue.change_reward(tasting, capacity=3)
    assert [status(cafe, one) for one in all_of_them] == ["done", "done", "done", "waiting"]


def test_after_it_took_place_nobody_gets_a_place(cafe, points, tasting):
    jonas, ines = guest(cafe, "Jonas"), guest(cafe, "Ines")
    booked, waits = redeem(cafe, jonas, tasting), redeem(cafe, ines, tasting, wait=True)
    makers.turn_to(cafe, NOON + 10 * DAY)
    cancel(cafe, booked)
    assert status(cafe, waits) == "waiting"
    with books.refused(cafe, "ended"):
        redeeming.redeem(member=jonas, reward=tasting)


# --- Recognition ----------------------------------------------------------------------------------------------


@pytest.fixture
def honour(cafe):
    with tenancy.scope(cafe):
        return catalogue.create_reward(name="Gast des Monats", kind="recognition")


def test_recognition_is_given_and_costs_nothing(cafe, jonas, points, honour):
    with tenancy.scope(cafe):
        given = awards.give(member=jonas, reward=honour, text="Der treueste Gast im März", actor="Aylin")
        found = Redemption.objects.get(id=given.id)
    assert (found.cost, found.status, found.text) == (0, "done", "Der treueste Gast im März")
    assert makers.balance(cafe, jonas, points) == 100
    assert vouchers(cafe) == []
    assert [row["text"] for row in news(cafe, "reward.awarded")] == ["Der treueste Gast im März"]


def test_recognition_cannot_be_taken(cafe, jonas, honour):
    with books.refused(cafe, "not_eligible", reason="given"):
        redeeming.redeem(member=jonas, reward=honour)


def test_nothing_else_is_given_by_the_shop(cafe, jonas, points):
    wanted = reward(cafe, points)
    with books.refused(cafe, "not_an_award"):
        awards.give(member=jonas, reward=wanted, text="Danke")


def test_a_months_figures_propose_most_visits_highest_spend_and_the_most_faithful(cafe, points, honour):
    ines, paul = makers.member(cafe, "Ines"), makers.member(cafe, "Paul")
    mia, gone = makers.member(cafe, "Mia"), makers.member(cafe, "Gone")
    makers.purchase(cafe, mia, 100, occurred_at=NOON - 60 * DAY)
    for days, member, amount in [
        (1, ines, 300),
        (2, ines, 300),
        (3, ines, 300),
        (1, paul, 5000),
        (4, mia, 200),
    ]:
        makers.purchase(cafe, member, amount, occurred_at=NOON - days * DAY)
    makers.purchase(cafe, gone, 90_000, occurred_at=NOON - 60 * DAY)
    with tenancy.scope(cafe):
        awards.give(member=paul, reward=honour, text="Februar")
        found = awards.proposals(honour, month=date(2026, 3, 1))
    told = [(one.by, one.member_id, one.visits, one.spend_minor, one.awarded) for one in found]
    assert told == [
        ("visits", ines.id, 3, 900, 0),
        ("spend", paul.id, 1, 5000, 1),
        ("faithful", mia.id, 1, 200, 0),
    ]


def test_without_a_visit_nobody_is_proposed(cafe, jonas, honour):
    with tenancy.scope(cafe):
        assert awards.proposals(honour, month=date(2026, 2, 1)) == []
        assert awards.last_month() == date(2026, 2, 1)
