"""Gift cards on purchases: they pay and do not discount, and a full refund gives them back what they paid."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from programs.models import Purchase
from rewards import catalogue, checkout, redeeming
from rewards.gift_cards import issuing, spending
from rewards.gift_cards.models import GiftCard
from rewards.models import Voucher
from tests import makers
from tests.makers import NOON
from tests.programs import books


def paid(cafe, *recorded):
    """What gift cards paid of purchases, one after the other: [(amount, what it left)] each."""
    with tenancy.scope(cafe):
        found = spending.paid_in(one.purchase.id for one in recorded)
    told = [[(one.amount_minor, one.balance_minor) for one in found.get(x.purchase.id, [])] for x in recorded]
    return told if len(recorded) > 1 else told[0]


def give_back(cafe, recorded, **part):
    with tenancy.scope(cafe):
        return checkout.give_back(recorded.purchase, **part)


def refused(cafe, code, sale, **facts):
    with books.refused(cafe, code, **facts):
        checkout.ring_up(sale)


def test_of_100_00_with_50_00_by_gift_card_100_points_are_given(cafe, jonas, gift_card, on):
    makers.points_program(cafe)
    card = gift_card(5000, member=jonas)
    bought = makers.purchase(cafe, jonas, 10_000, gift_cards=(card.code,))
    assert (bought.purchase.net_minor, bought.purchase.discount_minor) == (10_000, 0)
    assert (bought.credits[0].amount, paid(cafe, bought), on(card)) == (100, [(5000, 0)], 0)


def test_of_20_00_and_10_00_with_25_00_due_0_and_5_00_are_left(cafe, gift_card, on):
    cards = [gift_card(2000), gift_card(1000)]
    bought = makers.purchase(cafe, None, 2500, gift_cards=tuple(card.code for card in cards))
    assert (paid(cafe, bought), on(*cards)) == ([(2000, 0), (500, 500)], [0, 500])


def test_they_pay_in_the_order_given_and_not_in_that_of_their_making(cafe, gift_card, on):
    old, new = gift_card(2000), gift_card(1000)
    bought = makers.purchase(cafe, None, 2500, gift_cards=(new.code, old.code))
    assert (paid(cafe, bought), on(old, new)) == ([(1000, 0), (1500, 500)], [500, 0])


def test_vouchers_discount_first_and_gift_cards_pay_what_is_left(cafe, jonas, gift_card, on):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 10_000)
    with tenancy.scope(cafe):
        wanted = catalogue.create_reward(program=program, name="10 %", cost=1, kind="percent_off", percent=10)
        redeeming.redeem(member=jonas, reward=wanted)
        code = Voucher.objects.get().code
    card = gift_card(20_000)
    bought = makers.purchase(cafe, jonas, 10_000, vouchers=(code,), gift_cards=(card.code,))
    assert (bought.purchase.net_minor, bought.credits[0].amount) == (9000, 90)
    assert (paid(cafe, bought), on(card)) == ([(9000, 11_000)], 11_000)


def test_an_empty_gift_card_pays_nothing_and_refuses_nothing(cafe, gift_card):
    card = gift_card(100)
    makers.purchase(cafe, None, 100, gift_cards=(card.code,))
    assert paid(cafe, makers.purchase(cafe, None, 100, gift_cards=(card.code,))) == []


def test_a_purchase_of_nothing_charges_nothing(cafe, gift_card, entries):
    card = gift_card(100)
    makers.purchase(cafe, None, 0, gift_cards=(card.code,))
    assert entries(card) == [("issue", 100, 100)]


def test_a_repeat_charges_nothing(cafe, jonas, gift_card, on):
    card, other = gift_card(5000), gift_card(5000)
    first = makers.purchase(cafe, jonas, 1000, external_id="bon-1", gift_cards=(card.code,))
    for code in (card.code, other.code):
        again = makers.purchase(cafe, jonas, 1000, external_id="bon-1", gift_cards=(code,))
        assert (again.is_repeat, again.purchase.id) == (True, first.purchase.id)
    assert (on(card, other), paid(cafe, again)) == ([4000, 5000], [(1000, 4000)])


def test_a_repeat_is_answered_when_its_gift_card_has_expired_meanwhile(cafe, gift_card):
    card = gift_card(5000, expires_at=NOON + timedelta(days=1))
    sale = {"external_id": "bon-1", "gift_cards": (card.code,)}
    makers.purchase(cafe, None, 1000, **sale)
    makers.turn_to(cafe, NOON + timedelta(days=2))
    assert makers.purchase(cafe, None, 1000, **sale).is_repeat


def test_a_preview_charges_nothing(cafe, jonas, gift_card):
    cards = [gift_card(2000), gift_card(1000)]
    sale = checkout.Sale(jonas, 2500, gift_cards=tuple(card.code for card in cards))
    before = books.rows(cafe)
    with tenancy.scope(cafe):
        recorded = checkout.ring_up(sale, preview=True)
        would = checkout.gift_cards_would_pay(sale, recorded)[recorded.purchase.id]
    assert [(one.amount_minor, one.balance_minor) for one in would] == [(2000, 0), (500, 500)]
    assert books.rows(cafe) == before


def test_an_expired_void_or_unknown_gift_card_refuses_the_sale(cafe, jonas, gift_card):
    good, void, old = gift_card(), gift_card(), gift_card(expires_at=NOON + timedelta(days=1))
    with tenancy.scope(cafe):
        issuing.void(void)
    makers.turn_to(cafe, NOON + timedelta(days=1))
    for code, card in (("code_void", void), ("code_expired", old)):
        sale = checkout.Sale(jonas, 1000, gift_cards=(good.code, card.code))
        refused(cafe, code, sale, gift_card=card.code)
    refused(cafe, "not_found", checkout.Sale(jonas, 1000, gift_cards=(good.code, "FALSCH")))


def test_one_gift_card_twice_in_a_sale_is_refused(cafe, gift_card):
    code = gift_card().code
    sale = checkout.Sale(None, 1000, gift_cards=(code, f"{code[:4]}-{code[4:]}".lower()))
    with books.refused(cafe, "invalid") as caught:
        checkout.ring_up(sale)
    assert list(caught.value.facts["field_errors"]) == ["gift_cards.1"]


def test_a_gift_card_of_the_currency_that_the_shop_had_before_is_refused(cafe, gift_card, on):
    card = gift_card(5000)
    cafe.currency = "CHF"
    cafe.save(update_fields=["currency"])
    facts = {"card_currency": "EUR", "currency": "CHF"}
    refused(cafe, "other_currency", checkout.Sale(None, 1000, gift_cards=(card.code,)), **facts)


def test_a_refused_sale_charges_nothing(cafe, gift_card):
    sale = checkout.Sale(None, -1, gift_cards=(gift_card().code,))
    refused(cafe, "invalid", sale)


def test_in_a_batch_each_row_is_paid_in_its_place(cafe, jonas, gift_card, on):
    makers.points_program(cafe)
    card = gift_card(1500)
    sales = [
        checkout.Sale(jonas, 1000),
        checkout.Sale(jonas, 1000, gift_cards=(card.code,)),
        checkout.Sale(jonas, 1000, gift_cards=("FALSCH",)),
        checkout.Sale(jonas, 1000, gift_cards=(card.code,)),
        checkout.Sale(jonas, 1000),
    ]
    with tenancy.scope(cafe):
        results = checkout.ring_up_many(sales)
        good = [result for result in results if not isinstance(result, Exception)]
        assert [getattr(result, "code", "recorded") for result in results] == [
            "recorded", "recorded", "not_found", "recorded", "recorded",
        ]  # fmt: skip
        assert Purchase.objects.count() == 4
    assert (paid(cafe, *good), on(card)) == ([[], [(1000, 500)], [(500, 0)], []], 0)


# Money back


def test_a_full_refund_gives_each_gift_card_back_what_it_paid(cafe, jonas, gift_card, on, entries):
    makers.points_program(cafe)
    cards = [gift_card(2000), gift_card(1000)]
    bought = makers.purchase(cafe, jonas, 10_000, gift_cards=tuple(card.code for card in cards))
    back = give_back(cafe, bought)
    assert [(one.code, one.amount_minor) for one in back.gift_cards] == [
        (cards[0].code, 2000), (cards[1].code, 1000),
    ]  # fmt: skip
    assert (back.refund.amount_minor, on(*cards)) == (10_000, [2000, 1000])
    assert entries(cards[0])[1:] == [("charge", -2000, 0), ("refund", 2000, 2000)]


def test_a_partial_refund_leaves_gift_cards_alone_until_the_last_cent(cafe, gift_card, on):
    card = gift_card(5000)
    bought = makers.purchase(cafe, None, 10_000, gift_cards=(card.code,))
    assert (give_back(cafe, bought, amount_minor=9999).gift_cards, on(card)) == ([], 0)
    assert [one.amount_minor for one in give_back(cafe, bought).gift_cards] == [5000]
    assert on(card) == 5000


def test_what_came_back_by_hand_does_not_come_back_again(cafe, gift_card, on):
    card = gift_card(5000)
    bought = makers.purchase(cafe, None, 5000, gift_cards=(card.code,))
    with tenancy.scope(cafe):
        spending.refund(card, amount_minor=2000)
    assert [one.amount_minor for one in give_back(cafe, bought).gift_cards] == [3000]
    assert on(card) == 5000


def test_a_void_gift_card_takes_no_money_back_and_an_expired_one_does(cafe, gift_card, on):
    void, old = gift_card(1000), gift_card(1000, expires_at=NOON + timedelta(days=1))
    bought = makers.purchase(cafe, None, 5000, gift_cards=(void.code, old.code))
    with tenancy.scope(cafe):
        issuing.void(void)
    makers.turn_to(cafe, NOON + timedelta(days=2))
    assert [(one.code, one.amount_minor) for one in give_back(cafe, bought).gift_cards] == [(old.code, 1000)]
    assert on(void, old) == [0, 1000]


# Given as a reward


@pytest.fixture
def reward(cafe, jonas):
    """A gift card of 5.00 for 100 points; Jonas has 250."""
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 25_000)
    with tenancy.scope(cafe):
        return catalogue.create_reward(
            program=program,
            name="5 € Gutscheinkarte",
            cost=100,
            kind="gift_card",
            value_minor=500,
            valid_days=30,
        )


def redeem(cafe, jonas, reward, **more):
    with tenancy.scope(cafe):
        redemption = redeeming.redeem(member=jonas, reward=reward, **more)
        return redemption, GiftCard.objects.get(redemption=redemption)


@pytest.mark.parametrize("use", ["now", "later"])
def test_a_reward_may_be_a_gift_card_and_no_voucher_is_made(cafe, jonas, reward, use):
    _redemption, card = redeem(cafe, jonas, reward, use=use)
    assert (card.balance_minor, card.member_id, card.reward_id) == (500, jonas.id, reward.id)
    assert card.expires_at.isoformat() == "2026-04-11T22:00:00+00:00"
    with tenancy.scope(cafe):
        assert Voucher.objects.count() == 0


def test_a_cancelled_redemption_voids_its_untouched_gift_card(cafe, jonas, reward, entries):
    redemption, card = redeem(cafe, jonas, reward)
    with tenancy.scope(cafe):
        redeeming.cancel(redemption)
        redeeming.cancel(redemption)
    assert entries(card) == [("issue", 500, 500), ("void", -500, 0)]
    assert makers.balance(cafe, jonas, reward.program) == 250


def test_a_redemption_whose_gift_card_was_used_is_not_cancelled(cafe, jonas, reward):
    redemption, card = redeem(cafe, jonas, reward)
    bought = makers.purchase(cafe, None, 1000, gift_cards=(card.code,))
    give_back(cafe, bought)
    with books.refused(cafe, "code_used", gift_card=card.code):
        redeeming.cancel(redemption)


def test_a_used_gift_card_that_was_voided_does_not_return_the_points(cafe, jonas, reward):
    redemption, card = redeem(cafe, jonas, reward)
    makers.purchase(cafe, None, 1, gift_cards=(card.code,))
    with tenancy.scope(cafe):
        issuing.void(card)
    with books.refused(cafe, "code_used", gift_card=card.code):
        redeeming.cancel(redemption)


def test_what_a_full_card_unlocks_may_be_a_gift_card(cafe, jonas):
    reward = {"name": "5 €", "kind": "gift_card", "value_minor": 500}
    with tenancy.scope(cafe):
        settings = {"stamps_required": 2, "reward": reward}
        catalogue.create_program(type="punch_card", name="Kaffeekarte", settings=settings)
    for _ in range(2):
        makers.purchase(cafe, jonas)
    with tenancy.scope(cafe):
        (unlock,) = redeeming.open_unlocks(jonas.id)
    redemption, card = redeem(cafe, jonas, unlock.reward)
    assert (redemption.cost, card.balance_minor, card.member_id) == (0, 500, jonas.id)


def test_a_reward_that_is_a_gift_card_says_what_is_on_it(cafe):
    program = makers.points_program(cafe)
    with books.refused(cafe, "invalid") as caught:
        catalogue.create_reward(program=program, name="Karte", cost=1, kind="gift_card")
    assert list(caught.value.facts["field_errors"]) == ["value_minor"]
